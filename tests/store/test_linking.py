"""Tickets, the call everybody joins, and other pages, on both databases."""

import re
import threading
from dataclasses import replace

import pytest

from data.domain.codec import decode, encode
from data.domain.incident import Disposition, StepState
from data.domain.room import Definition, Kind, RoomSettings
from data.store.commands import incidents, linking, undoing
from data.store.definitions import upsert
from data.store.queries.links import ticket_pages
from data.store.unit import Answer
from tests.store.room import P1, Room, definitions, done, refused

MEET = "https://meet.example/{id}-{random}"
NEW = "https://git.example/new?t={title}"


def furnish(room: Room, **settings: str) -> None:
    """Tell the room how its tickets and bridges are made."""
    (found,) = [item for item in definitions() if item.kind is Kind.ROOM] or [
        Definition(Kind.ROOM, "room", {})
    ]
    spec = replace(decode(RoomSettings, found.spec), **settings)
    room.store.work(lambda connection, now: upsert(connection, [replace(found, spec=encode(spec))]))


@pytest.fixture
def key(room: Room) -> str:
    return done(room.do(incidents.declare, "Checkout returns 503", P1)).key


def targets(room: Room, key: str, kind: str) -> list[str]:
    return [link.target for link in room.incident(key).links if link.kind == kind]


def test_a_ticket_by_its_link_ticks_the_step_and_undoing_takes_both_back(room: Room, key: str) -> None:
    step = next(step for step in room.incident(key).steps if step.auto == "ticket")
    answer = done(room.do(linking.add_link, key, "ticket", " <https://git.example/issues/7> "))
    assert answer.facts == {"kind": "ticket", "target": "https://git.example/issues/7", "new": True}
    ticked = room.incident(key).step(step.id)
    assert ticked is not None
    assert (ticked.state, ticked.by) == (StepState.DONE, "warroom")
    done(room.do(undoing.take_back, key))
    assert targets(room, key, "ticket") == []
    again = room.incident(key).step(step.id)
    assert again is not None
    assert again.state is StepState.TODO


@pytest.mark.parametrize("number", ["OPS-7", "#42", "acme/ops#42"])
def test_a_ticket_may_be_attached_by_its_number(room: Room, key: str, number: str) -> None:
    done(room.do(linking.add_link, key, "ticket", number))
    assert targets(room, key, "ticket") == [number]
    assert refused(room.do(linking.add_link, key, "ticket", number)) == f"{key} already has that ticket link"


@pytest.mark.parametrize(
    ("kind", "target", "reason"),
    [
        ("ticket", "", "a link needs a target"),
        ("ticket", "  <>", "a link needs a target"),
        ("ticket", "javascript:alert(1)", 'must begin with http or https and ://, found "javascript"'),
        ("ticket", "file:///etc/passwd", 'must begin with http or https and ://, found "file"'),
        ("ticket", "it is in the tracker", "a URL holds no blanks"),
        ("bridge", "42", "must begin with http or https and ://, found nothing"),
        ("bridge", "https://", "names no host"),
        ("bridge", "https://ada:hunter2@meet.example/x", "holds a user or password in clear"),
        ("doc", "https://doc.example/\x1b]0;pwned\x07", "holds U+001B"),
        ("doc", "https://doc.example/\u202egnp", "holds U+202E"),
        ("doc", "https://doc.example/" + "x" * 3000, "at most 2000 fit"),
        ("tiket", "https://git.example/7", "tiket is no kind of link"),
        ("", "https://git.example/7", "nothing is no kind of link"),
    ],
)
def test_what_is_no_link_is_refused_with_the_reason(
    room: Room, key: str, kind: str, target: str, reason: str
) -> None:
    assert reason in refused(room.do(linking.add_link, key, kind, target))
    assert room.incident(key).links == ()


def test_a_bridge_is_made_once_and_is_the_same_for_everybody(room: Room, key: str) -> None:
    furnish(room, bridge=MEET)
    first = done(room.do(linking.bridge, key, by="ada"))
    assert re.fullmatch(r"https://meet\.example/INC-1-[a-z0-9]{16}", first.facts["target"])
    assert first.facts["new"] is True
    second = done(room.do(linking.bridge, key, by="lin"))
    assert (second.facts["target"], second.facts["new"]) == (first.facts["target"], False)
    assert targets(room, key, "bridge") == [first.facts["target"]]
    assert room.kinds(key).count("link") == 1
    other = done(room.do(incidents.declare, "Search is slow", P1)).key
    assert done(room.do(linking.bridge, other)).facts["target"][-16:] != first.facts["target"][-16:]


def test_two_people_who_press_at_once_get_the_same_call(room: Room, key: str) -> None:
    furnish(room, bridge=MEET)
    ready = threading.Barrier(4)
    got: list[str] = []

    def press(who: str) -> None:
        ready.wait()
        answer = room.store.write(lambda write: linking.bridge(write, key), by=who)
        assert isinstance(answer, Answer)
        got.append(answer.facts["target"])

    people = [threading.Thread(target=press, args=(who,)) for who in ("ada", "lin", "sam", "tess")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(got) == 4
    assert set(got) == set(targets(room, key, "bridge"))
    assert len(set(got)) == 1


def test_without_a_template_a_bridge_is_pasted_and_the_first_one_wins(room: Room, key: str) -> None:
    answer = room.do(linking.bridge, key)
    assert refused(answer) == "INC-1 has no bridge yet"
    assert getattr(answer, "code", "") == linking.NO_BRIDGE
    assert "a URL holds no blanks" in refused(room.do(linking.bridge, key, "call me please"))
    first = done(room.do(linking.bridge, key, "https://meet.example/ops", by="ada"))
    assert first.facts["new"] is True
    late = done(room.do(linking.bridge, key, "https://meet.example/other", by="lin"))
    assert (late.facts["target"], late.facts["new"]) == ("https://meet.example/ops", False)
    done(room.do(linking.add_link, key, "bridge", "https://meet.example/better"))  # said outright, it counts
    assert done(room.do(linking.bridge, key)).facts["target"] == "https://meet.example/better"


def test_nobody_is_called_together_over_what_has_ended(room: Room, key: str) -> None:
    furnish(room, bridge=MEET)
    other = done(room.do(incidents.declare, "Search is slow", P1)).key
    done(room.do(linking.bridge, other))
    for ended in (key, other):
        done(room.do(incidents.resolve, ended, Disposition.FIXED))
    assert refused(room.do(linking.bridge, key)) == "INC-1 is resolved and had no bridge"
    assert done(room.do(linking.bridge, other)).facts["new"] is False
    assert "there is no incident" in refused(room.do(linking.bridge, "INC-99"))


def test_the_page_of_a_new_ticket_is_filled_in(room: Room, key: str) -> None:
    assert room.read(lambda connection: ticket_pages(connection, key)) == ("", "")
    furnish(room, ticket=NEW)
    done(room.do(linking.add_link, key, "ticket", "OPS-7"))
    pages = room.read(lambda connection: ticket_pages(connection, key))
    assert pages == ("OPS-7", "https://git.example/new?t=Checkout%20returns%20503")
    assert room.read(lambda connection: ticket_pages(connection, "INC-99")) == ("", "")
