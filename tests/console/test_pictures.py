"""What README and docs show is what the program draws."""

import html
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from console.evening import NOW, SetClock, evening
from console.pictures import NARROW, VIEWS, WIDE, draw, picture
from data.domain.severity import Severity
from data.store.queries.board import board
from data.store.store import Store
from widgets.countdown import is_late

pytestmark = pytest.mark.slow  # real processes, sockets and intervals

SVG = "{http://www.w3.org/2000/svg}"


Evening = tuple[Store, SetClock]


@pytest.fixture(scope="module")
def told() -> Iterator[Evening]:
    """The evening, kept in memory where there is one: waiting for a disk proves nothing here."""
    memory = "/dev/shm"  # noqa: S108 - only folders of its own are made in it
    with pytest.MonkeyPatch.context() as patch:
        if os.access(memory, os.W_OK):
            patch.setattr(tempfile, "tempdir", memory)
        with evening() as evening_told:
            yield evening_told


def words(svg: str) -> str:
    """What a reader of the picture reads, line by line."""
    lines: dict[float, list[str]] = {}
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):  # noqa: S314 - our own
        lines.setdefault(float(text.get("y", "0")), []).append(html.unescape(text.text or ""))
    return "\n".join("".join(lines[y]) for y in sorted(lines)).replace("\xa0", " ")


def test_the_evening_has_something_of_everything(told: Evening) -> None:
    rows = told[0].read(board).rows
    live = [row for row in rows if not row.proposed]
    assert {row.severity for row in live} == set(Severity)
    assert len(live) == 5
    assert len({row.status for row in live}) >= 4
    assert [row.key for row in rows if row.proposed] == ["PR-3"]
    assert [row.key for row in live if is_late(row, NOW)] == ["INC-4"]
    assert [row.key for row in live if row.unconfirmed] == ["INC-5"]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("board", ["5 live", "1 LATE", "1 proposed", "checkout-db is down", "unconfirmed", "y confirm"]),
        ("incident", ["INC-3", "Checklist", "Timeline", "Escalation", "acknowledged: on it", "IC ada"]),
        ("health", ["DOWN", "masked", "slow", "flapping", "ok"]),
        ("on-call", ["Ada Lovelace", "Eva Lindqvist", "once a person has confirmed it"]),
        ("declare", ["Declare an incident", "P0 critical"]),
        ("update", ["Update on INC-3", "Executive leadership"]),
        ("runbooks", ["Database Issues", "Payments are failing", "trusted", "INC-3"]),
        ("run", ["Find out whether the database takes connections", "in /:", "/healthz", "F2"]),
        ("post-mortem", ["2 of 6 sections complete", "Root cause analysis", "TODO"]),
    ],
)
def test_a_picture_shows_its_view_and_names_no_host(told: Evening, view: str, said: list[str]) -> None:
    drawn = draw(*told, view)
    read = words(drawn)
    assert [text for text in said if text not in read] == []
    asked = set(re.findall(r"https?://[^/\"<]*", drawn)) - {"http://www.w3.org"}
    assert all(re.fullmatch(r"http://127\.0\.0\.1:80\d\d", host) for host in asked)
    assert "url(" not in drawn.replace("url(#", "")


def test_every_view_is_drawn_for_the_docs() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    assert {path.stem for path in docs.glob("*.svg")} == set(VIEWS)


def test_a_second_evening_is_drawn_the_same_also_where_colour_is_refused(
    told: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = draw(*told, "incident")
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture("incident") == first


def test_a_picture_has_the_size_asked_for(told: Evening) -> None:
    wide, narrow = draw(*told, "board", WIDE), draw(*told, "board", NARROW)
    for drawn in (wide, narrow):
        assert "NEXT UPDATE" in words(drawn)
    assert "On call" in words(wide)
    assert "On call" not in words(narrow)
