"""Ticket, bridge and other pages in a responder's hands, with a browser and over ssh."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from console.pages import can_open
from data.domain.codec import decode, encode
from data.domain.incident import Disposition
from data.domain.room import Kind, RoomSettings
from data.domain.severity import Severity
from data.store.commands import incidents, linking
from tests.console.room import House, User, using
from tests.store.room import definitions, done

P0, P1, P2, P3 = Severity
NEW = "https://git.example/new?title={id}:%20{title}&body={body}"
MEET = "https://meet.example/{id}-{random}"


def house_with(folder: Path, **settings: str) -> House:
    """Return a room told how its tickets and bridges are made."""
    defined = [
        replace(item, spec=encode(replace(decode(RoomSettings, item.spec), **settings)))
        if item.kind is Kind.ROOM
        else item
        for item in definitions()
    ]
    return House(folder, tuple(defined))


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that writes down what it was asked to open, where a person would see it."""
    pages = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport sys\nprint('noise')\nopen({str(pages)!r}, 'a').write(sys.argv[1])\n"
    )
    browser.chmod(0o700)
    for name in ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("BROWSER", str(browser))
    return pages


@pytest.fixture
def _over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def links(house: House, key: str = "INC-1") -> dict[str, str]:
    return {link.kind: link.target for link in house.others.incident(key).links}


@pytest.mark.parametrize(
    ("environ", "platform", "opens"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "a b c d"}, "darwin", False),
        ({"SSH_TTY": "/dev/pts/1"}, "linux", False),
        ({"SSH_CONNECTION": "a b c d", "DISPLAY": "localhost:10.0"}, "linux", True),
    ],
)
def test_a_browser_opens_only_where_the_person_is(
    environ: dict[str, str], platform: str, opens: bool
) -> None:
    assert can_open(environ, platform) is opens


@pytest.mark.usefixtures("_over_ssh")
async def test_without_a_template_the_ticket_is_pasted(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist")
        await user.press("T")
        await user.sees("Link of the ticket for INC-1, or its number")
        await user.paste("it is in the tracker")
        await user.press("enter")
        await user.sees("That is no link: a URL holds no blanks. Give its address")
        await user.press("T")
        await user.press("ctrl+u")
        await user.paste("https://git.example/issues/7\n")
        await user.press("enter")
        await user.sees("INC-1: ticket linked", "[x] Create incident ticket")
        await user.press("T")
        await user.sees("1  open https://git.example/issues/7", "2  attach a ticket")
        await user.press("1")
        await user.sees("Copied, since no browser opens here: https://git.example/issues/7")
        assert user.app.clipboard == "https://git.example/issues/7"


async def test_the_page_of_a_new_ticket_opens_filled_in_and_its_number_is_attached(
    tmp_path: Path, opened: Path
) -> None:
    house = house_with(tmp_path, ticket=NEW)
    house.declare("Checkout returns 503 & more")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist")
        await user.press("T")
        await user.sees("Ticket of INC-1", "1  open the page of a new ticket", "2  attach a ticket")
        await user.press("1")
        await user.sees("Opened: the page of a new ticket for INC-1. Link or number of what it")
        assert _read(opened).startswith(
            "https://git.example/new?title=INC-1:%20Checkout%20returns%20503%20%26%20more&body=INC-1%20P1"
        )
        await user.type("OPS-7")
        await user.press("enter")
        await user.sees("INC-1: ticket linked", "[x] Create incident ticket")
    assert links(house) == {"ticket": "OPS-7"}


@pytest.mark.usefixtures("_over_ssh")
async def test_over_ssh_the_page_of_a_new_ticket_is_copied(tmp_path: Path) -> None:
    house = house_with(tmp_path, ticket=NEW)
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist")
        await user.press("T", "1")
        await user.sees("Copied, since no browser opens here: the page of a new")
        assert user.app.clipboard.startswith(
            "https://git.example/new?title=INC-1:%20Checkout%20returns%20503&"
        )
        await user.press("escape")
        assert links(house) == {}


@pytest.mark.usefixtures("_over_ssh")
async def test_b_makes_one_call_for_everybody_and_the_head_says_so(tmp_path: Path) -> None:
    house = house_with(tmp_path, bridge=MEET)
    house.declare("Checkout returns 503", services=["checkout", "payments"])
    async with using(house, (64, 24)) as user:
        await user.press("b")  # from the board as well
        await user.sees("New bridge of INC-1. Copied, since no browser opens here")
        made = links(house)["bridge"]
        assert user.app.clipboard == made
        await user.press("enter")
        await user.sees("bridge: b")
        user.app.copy_to_clipboard("something else")
        await user.press("b")
        await user.sees("Bridge of INC-1. Copied", made)
        assert user.app.clipboard == made
    assert house.others.kinds("INC-1").count("link") == 1


async def test_a_bridge_opens_in_the_browser_and_its_noise_is_not_drawn(tmp_path: Path, opened: Path) -> None:
    house = House(tmp_path)
    key = house.declare("Checkout returns 503")
    done(house.others.do(linking.add_link, key, "bridge", "https://meet.example/ops", by="lin"))
    async with using(house) as user:
        await user.press("b")
        await user.sees("Bridge of INC-1. Opened: https://meet.example/ops")
        await user.sees_not("noise")
    assert _read(opened) == "https://meet.example/ops"


@pytest.mark.usefixtures("_over_ssh")
async def test_without_a_template_the_bridge_is_pasted_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    key = house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist")
        await user.press("b")
        await user.sees("INC-1 has no bridge yet. Address of the call everybody joins?")
        await user.press("escape")
        await user.sees_not("has no bridge yet")
        assert links(house) == {}
        await user.press("b")
        await user.sees("INC-1 has no bridge yet")
        # somebody else was quicker: everybody joins the same call
        done(house.others.do(linking.bridge, key, "https://meet.example/lins", by="lin"))
        await user.type("https://meet.example/mine")
        await user.press("enter")
        await user.sees("Bridge of INC-1. Copied", "https://meet.example/lins")
        assert user.app.clipboard == "https://meet.example/lins"
    assert links(house) == {"bridge": "https://meet.example/lins"}


async def test_b_says_why_there_is_nothing_to_join(tmp_path: Path) -> None:
    house = house_with(tmp_path, bridge=MEET)
    async with using(house) as user:
        await said(user, "b", "There is no incident under the cursor.")
        key = house.declare("Checkout returns 503")
        await user.sees("INC-1")
        await user.press("enter")
        await user.sees("Checklist")
        done(house.others.do(incidents.resolve, key, Disposition.FIXED, by="lin"))
        await user.sees("resolved")
        await said(user, "b", "INC-1 is resolved and had no bridge.")


async def said(user: User, key: str, words: str) -> None:
    await user.press(key)
    await user.sees(words)
