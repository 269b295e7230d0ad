"""The post-mortem as a document: its figures, its timeline, its three forms, and nobody's name in it."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from data.domain.action_item import ActionItem, ItemKind
from data.domain.change import Change
from data.domain.incident import Role, Status
from data.domain.post_mortem import Section
from data.post_mortem.document import document
from data.post_mortem.model import Document, PostMortemView, Row
from data.post_mortem.remembered import added
from data.post_mortem.to_html import html
from data.post_mortem.to_json import as_json
from data.post_mortem.to_markdown import escape, markdown
from data.text import clean_line
from tests.domain.room import GUIDE, P0, P1, START, Room, done, minutes
from tests.domain.stories import Moment, play, rooms, stories, unhurried
from tests.hostile import TEXTS

Form = Callable[[Document], str]
READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
ATTACKS = (
    "# Fixed",
    "[docs](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "a | b | c",
    "\\| \\` \\<b>",
    "&lt;b&gt; &#60;b&#62;",
    "*bold* __bold__ ~~gone~~ `code`",
    "- item",
    "1. item",
    "1) item",
    "> quoted",
    "---",
    "===",
    "```\ncode",
    "[x]: https://evil.example",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "www.evil.example https://evil.example ada@evil.example",
)


def in_json(found: Document) -> str:
    return json.dumps(as_json(found, date(2026, 11, 24)))


FORMS: list[Form] = [markdown, html, in_json]


def view(room: Room, **more: Any) -> PostMortemView:
    return PostMortemView(1, room.incident, GUIDE, tuple(room.history()), **more)


def written(room: Room, *, blameless: bool = False, **more: Any) -> Document:
    return document(view(room, **more), room.now, blameless=blameless)


def evening(title: str = "Checkout returns 503") -> Room:
    """A P1 that became a P0: acknowledged in time, told twice in time and once too late."""
    room = Room()
    done(room.declare(title, P1, services=("checkout",), began_at=START - minutes(6)))
    done(room.at(2).acknowledge("ada", text="looking"))
    done(room.at(3).role(Role.IC, "ada"))
    done(room.at(4).note("root cause: Ada's pool was too small", "lin"))
    done(room.at(5).update("engineering", text="we look into it", by="sam"))
    done(room.at(10).severity(P0, "ada", "nobody can pay"))
    done(room.at(30).update("engineering", by="sam"))
    done(room.at(65).update("engineering", by="sam"))
    done(room.at(66).resolve(by="lin", why="Lin Chen raised the pool"))
    return room


def figures(found: Document) -> dict[str, tuple[int, int]]:
    return {item.label: (item.met, item.of) for item in found.attained}


def test_the_header_has_every_instant_and_how_long_it_took() -> None:
    found = written(evening())
    assert [(item.label, item.at - START, item.who) for item in found.moments] == [
        ("Began", minutes(-6), ""),
        ("Detected", minutes(0), "ada"),
        ("Acknowledged", minutes(2), "ada"),
        ("Update to engineering", minutes(5), "sam"),
        ("Update to engineering", minutes(30), "sam"),
        ("Update to engineering", minutes(65), "sam"),
        ("Resolved", minutes(66), "lin"),
    ]
    assert [(item.label, item.took) for item in found.spans] == [
        ("Time to detect", minutes(6)),
        ("Time to acknowledge", minutes(2)),
        ("Time to resolve", minutes(66)),
        ("Duration", minutes(72)),
    ]
    assert [(item.at - START, item.severity) for item in found.levels] == [
        (minutes(0), P1),
        (minutes(10), P0),
    ]
    assert [(item.role, item.people) for item in found.people] == [
        ("Incident commander", ("ada",)),
        ("Responders", ("lin", "sam")),
    ]


def test_attainment_counts_what_was_late_and_what_never_came() -> None:
    # engineering in time twice and late once; product, support and executives never heard of it
    assert figures(written(evening())) == {"Responses in time": (1, 1), "Updates in time": (2, 6)}


def test_a_late_response_counts_beside_the_one_after_reopening() -> None:
    room = Room()
    done(room.declare("Search slow", P1))
    done(room.at(16).acknowledge("lin"))
    done(room.at(20).resolve(by="lin"))
    done(room.at(30).status(Status.DETECTED, why="it came back"))
    done(room.at(31).acknowledge("ada"))
    found = written(room)
    assert figures(found)["Responses in time"] == (1, 2)
    assert [item.label for item in found.moments] == ["Detected", "Acknowledged", "Resolved", "Reopened"]


def test_a_live_incident_nobody_answered_in_time() -> None:
    room = Room()
    done(room.declare("Search slow", P1))
    room.at(20).keeper()
    found = written(room)
    assert figures(found) == {"Responses in time": (0, 1)}
    assert Section.SUMMARY in found.missing


def test_what_the_record_knows_is_filled_in_and_the_rest_is_to_do() -> None:
    parts = {item.part.id: item for item in written(evening()).parts}
    assert parts["cause"].text == "Ada's pool was too small"
    assert "resolved: fixed: Lin Chen raised the pool" in parts["resolution"].text
    assert "Acknowledged in time, after 2m" in parts["went-well"].text
    assert "4 of 6 stakeholder updates came too late or not at all" in parts["went-badly"].text
    assert {name for name, item in parts.items() if item.todo} == {"impact", "factors", "lucky", "actions"}
    assert written(evening()).done == 2


def test_what_people_wrote_stands_in_the_place_of_what_was_filled_in() -> None:
    found = written(evening(), written={"cause": "A leak", "timeline": "~13:41 deploy of 4.2"})
    cause = next(item for item in found.parts if item.part.id == "cause")
    assert (cause.text, cause.by_hand, cause.todo) == ("A leak", True, False)
    assert [(row.text, row.about) for row in found.timeline][:2] == [
        ("the trouble began", True),
        ("deploy of 4.2", True),
    ]


@pytest.mark.parametrize(
    ("line", "at", "about"),
    [
        ("13:40 deploy", "2026-11-24T13:40:00Z", False),
        ("~13:40Z deploy", "2026-11-24T13:40:00Z", True),
        ("- ~ 9:05:30, deploy", "2026-11-24T09:05:30Z", True),
        ("23:50 deploy", "2026-11-24T23:50:00Z", False),
        ("1:30 deploy", "2026-11-25T01:30:00Z", False),
        ("2026-11-20 13:40 deploy", "2026-11-20T13:40:00Z", False),
        ("~2026-11-20T13:40+01:00 deploy", "2026-11-20T12:40:00Z", True),
    ],
)
def test_lines_added_to_the_timeline(line: str, at: str, about: bool) -> None:
    (row,) = added(f"\n{line}\n", START)
    assert (row.at, row.text, row.about) == (datetime.fromisoformat(at), "deploy", about)


@given(some.text())
def test_any_text_is_rows_or_a_sentence(text: str) -> None:
    trouble = ""
    rows: list[Row] = []
    try:
        rows = added(text, START)
    except ValueError as error:
        trouble = str(error)
    assert all(row.at.utcoffset() == timedelta() for row in rows)
    assert not trouble or trouble.startswith("line ")


def test_the_timeline_shows_dates_once_it_spans_days() -> None:
    room = Room()
    done(room.declare("Search slow", P1))
    one_day = markdown(written(room))
    assert "| 2026-11-24 (UTC) | Who | What |" in one_day
    assert "| 13:46:11Z | ada | P1 declared" in one_day
    done(room.later(24 * 60).note())
    days = markdown(written(room))
    assert "| Time (UTC) | Who | What |" in days
    assert "| 2026-11-25 13:46:11Z | ada | pool at 100% |" in days


def test_what_was_remembered_afterwards_is_approximate() -> None:
    room = Room()
    done(room.declare("Search slow", P1, detected_at=START - minutes(50)))
    found = written(room)
    assert "| \\~12:56:11Z | ada |" in markdown(found)
    assert "nobody measured" in html(found)


@pytest.mark.parametrize("form", FORMS)
def test_the_sections_come_in_the_guides_order(form: Form) -> None:
    text = form(written(evening()))
    places = [text.rindex(section.heading) for section in Section if section is not Section.ACTIONS]
    assert places == sorted(places)


@pytest.mark.parametrize("form", FORMS)
def test_without_blame_no_name_is_anywhere(form: Form) -> None:
    items = (ActionItem(1, 1, "Ask Lin about it", ItemKind.PREVENT, START, "sam", owner="eve"),)
    more: dict[str, Any] = {"items": items, "written": {"lucky": "ADA was awake; sam@example.org was not"}}
    named = form(written(evening(), **more))
    assert re.search(r"\b(ada|lin|sam|eve)\b", named, re.IGNORECASE)
    found = form(written(evening(), blameless=True, **more))
    assert not re.search(r"\b(ada|lin|sam|eve|lovelace|chen|okafor)\b", found, re.IGNORECASE)
    assert "incident commander" in found


@pytest.mark.parametrize("text", [*ATTACKS, *TEXTS])
def test_markdown_takes_everything_from_outside_literally(text: str) -> None:
    found = markdown(written(evening(text + "x"), written={"cause": text, "lucky": f"x\n{text}\nx"}))
    plain = markdown(written(evening("x"), written={"cause": "x", "lucky": "x\nx\nx"}))
    tokens = READER.parse(found)
    inline = [token for block in tokens for token in block.children or ()]
    kinds = {token.type for token in (*tokens, *inline)}
    assert not kinds & {
        "link_open",
        "image",
        "html_block",
        "html_inline",
        "code_inline",
        "fence",
        "code_block",
    }
    assert not kinds & {"em_open", "strong_open", "s_open", "blockquote_open", "hr"}
    assert _headings(found) == _headings(plain)
    cells = [token.type for token in tokens].count("td_open")
    assert cells == [token.type for token in READER.parse(plain)].count("td_open")


def _headings(text: str) -> list[str]:
    tokens = READER.parse(text)
    return [token.tag for token in tokens if token.type == "heading_open"]


@given(some.text(max_size=60))
def test_an_escaped_line_reads_as_it_was_written(text: str) -> None:
    shown = escape(text)
    (paragraph,) = [token for token in READER.parse(f"x {shown} x") if token.type == "inline"]
    read = "".join(token.content for token in paragraph.children or () if token.type.startswith("text"))
    assert {token.type for token in paragraph.children or ()} <= {"text", "text_special"}
    assert read.split() == f"x {clean_line(text, 20_000).strip()} x".split()


class Page(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br", "line", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "br", "span", "footer"),
    *("table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "svg", "line", "polyline", "text"),
}


@pytest.mark.parametrize("text", [*ATTACKS, *TEXTS])
def test_a_page_holds_nothing_but_its_own_elements(text: str) -> None:
    items = (ActionItem(1, 1, text, ItemKind.PREVENT, START, text, owner=text, ticket=text),)
    page = Page(html(written(evening(text + "x"), written={"cause": text}, items=items)))
    assert page.tags <= TAGS
    assert not page.open
    assert not {name for name in page.attributes if name.startswith("on") or name in ("href", "src", "style")}


def test_a_page_loads_nothing_prints_and_has_its_chart() -> None:
    text = html(written(evening()))
    assert not re.search(r"https?://|url\(|@import|<script|<link|<img", text)
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert (
        'aria-label="Severity over time: P1 from 2026-11-24T13:46:11Z, P0 from 2026-11-24T13:56:11Z"' in text
    )
    points = re.search(r'<polyline class="stair" points="([^"]+)"', text)
    assert points is not None
    xs = [float(point.split(",")[0]) for point in points[1].split()]
    assert xs == sorted(xs)
    assert len(xs) == 4


@pytest.mark.parametrize("text", TEXTS)
def test_json_is_one_object_whatever_was_written(text: str) -> None:
    found = json.loads(in_json(written(evening(text + "x"), written={"cause": text})))
    assert found["complete"]["total"] == 6
    assert [section["id"] for section in found["sections"]] == list(Section)
    assert found["durations"]["time_to_resolve"] == 66 * 60


@unhurried
@given(rooms(), stories, some.booleans())
def test_any_day_can_be_written_in_every_form(room: Room, story: list[Moment], blameless: bool) -> None:
    play(room, story)
    found = written(room, blameless=blameless)
    assert all(0 <= item.met <= item.of for item in found.attained)
    assert all(item.took >= timedelta() for item in found.spans)
    assert [row.at for row in found.timeline] == sorted(row.at for row in found.timeline)
    for form in FORMS:
        assert room.incident.key in form(found)
    if blameless:
        assert not re.search(r"\b(ada|lin|sam)\b", markdown(found), re.IGNORECASE)


def test_two_thousand_events_are_all_told() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", P1))
    for number in range(2_000):
        room.later(0.1)
        room.record({1: (Change("note", facts={"text": f"look {number}"}),)}, "ada", ticks=False)
    found = written(room, blameless=True)
    assert len([row for row in found.timeline if row.text.startswith("look")]) == 2_000
    assert markdown(found).count("| look ") == 2_000
