"""Post-mortems and action items in the store: what the events tell is what the rows say."""

from datetime import date

import pytest

from data.domain.action_item import ActionItem, ItemKind, ItemState
from data.domain.change import ACTION, SECTION
from data.domain.describe import describe
from data.domain.incident import Disposition, Status
from data.domain.post_mortem import PARTS
from data.post_mortem.document import document
from data.post_mortem.model import PostMortemView
from data.store.commands import incidents, post_mortems
from data.store.queries import post_mortems as queries
from tests.hostile import TEXTS
from tests.store.room import P1, Clock, Room, done, refused

KEY = "INC-1"


@pytest.fixture
def over(room: Room, clock: Clock) -> Room:
    """A room whose only incident has just been resolved."""
    done(room.do(incidents.declare, "Checkout down", P1, services=["checkout"]))
    clock.later(minutes=4)
    done(room.do(incidents.acknowledge, KEY))
    done(room.do(incidents.note, KEY, "root cause: the pool was too small"))
    clock.later(minutes=20)
    done(room.do(incidents.resolve, KEY, Disposition.FIXED, why="pool raised to 40"))
    return room


def view(room: Room) -> PostMortemView:
    found = room.read(lambda connection: queries.post_mortem_view(connection, KEY))
    assert found is not None
    return found


def told(room: Room) -> dict[str, str]:
    """Return every part as the events tell it."""
    parts: dict[str, str] = {}
    for event in room.history(KEY):
        if event.kind == "section":
            name = event.subject.removeprefix(SECTION)
            assert parts.get(name, "") == event.before["text"]
            parts[name] = event.after["text"]
    return {name: text for name, text in parts.items() if text}


def write_all(room: Room) -> None:
    for part in PARTS:
        if not part.optional:
            done(room.do(post_mortems.write_part, KEY, part.id, f"About the {part.title}"))


def test_written_finished_locked_reopened(over: Room) -> None:
    done(over.do(post_mortems.write_part, KEY, "cause", "the pool", by="lin"))
    assert over.incident(KEY).post_mortem == "draft"
    assert "2 of 6" in refused(over.do(post_mortems.finish, KEY))
    write_all(over)
    assert told(over) == view(over).written
    assert "still to do: Action items" in refused(over.do(post_mortems.finish, KEY))
    done(over.do(post_mortems.add_item, KEY, "Alert at 80 %", kind=ItemKind.DETECT))
    assert "needs its post-mortem" in refused(over.do(incidents.set_status, KEY, Status.CLOSED))
    done(over.do(post_mortems.finish, KEY))
    done(over.do(incidents.set_status, KEY, Status.CLOSED))
    assert "is final" in refused(over.do(post_mortems.write_part, KEY, "cause", "another"))
    assert "needs a reason" in refused(over.do(post_mortems.reopen, KEY))
    done(over.do(post_mortems.reopen, KEY, why="the cause was another"))
    done(over.do(post_mortems.write_part, KEY, "cause", "another"))
    assert told(over) == view(over).written
    lines = [describe(event) for event in over.history(KEY)]
    assert "post-mortem: root cause changed" in lines
    assert "post-mortem reopened: the cause was another" in lines


def test_final_ticks_the_step_of_the_guide(over: Room) -> None:
    write_all(over)
    done(over.do(post_mortems.write_part, KEY, "actions", "Nothing is to be done"))
    done(over.do(post_mortems.finish, KEY))
    step = next(step for step in over.incident(KEY).steps if step.auto == "post-mortem")
    assert (step.state, step.by) == ("done", "warroom")


def test_what_the_record_filled_in_stays_as_it_was_when_final(over: Room) -> None:
    for part in ("impact", "factors", "went-badly", "lucky", "actions"):
        done(over.do(post_mortems.write_part, KEY, part, "written"))
    before = document(view(over), over.clock.now).parts
    done(over.do(post_mortems.finish, KEY))
    done(over.do(incidents.note, KEY, "root cause: no, something else"))
    after = document(view(over), over.clock.now).parts
    assert [item.text for item in after] == [item.text for item in before]
    assert told(over) == view(over).written


def test_none_is_needed(over: Room) -> None:
    assert "needs a reason" in refused(over.do(post_mortems.waive, KEY))
    done(over.do(post_mortems.waive, KEY, why="the drill went as planned"))
    done(over.do(incidents.set_status, KEY, Status.CLOSED))
    assert over.incident(KEY).status is Status.CLOSED
    assert over.kinds(KEY)[-2:] == ["post-mortem", "closed"]


def test_two_people_write_the_same_part(over: Room) -> None:
    shown = "the pool was too small"
    done(over.do(post_mortems.write_part, KEY, "cause", "lin's words", seen=shown, by="lin"))
    reason = refused(over.do(post_mortems.write_part, KEY, "cause", "ada's words", seen=shown))
    assert reason == "somebody has changed this part since"
    assert view(over).written["cause"] == "lin's words"


def test_an_emptied_part_is_the_records_again(over: Room) -> None:
    done(over.do(post_mortems.write_part, KEY, "cause", "the pool"))
    done(over.do(post_mortems.write_part, KEY, "cause", ""))
    assert view(over).written == {}
    cause = next(item for item in document(view(over), over.clock.now).parts if item.part.id == "cause")
    assert (cause.text, cause.by_hand) == ("the pool was too small", False)


@pytest.mark.parametrize("text", ["deploy began", "25:00 deploy", "13:40"])
def test_a_line_of_the_timeline_needs_its_time(over: Room, text: str) -> None:
    assert "line 1" in refused(over.do(post_mortems.write_part, KEY, "timeline", text))


def items(room: Room) -> tuple[ActionItem, ...]:
    return room.read(queries.action_items)


def test_action_items_from_open_to_done(over: Room) -> None:
    done(over.do(post_mortems.add_item, KEY, "Raise the pool", owner="lin", due="14d"))
    done(
        over.do(
            post_mortems.add_item,
            KEY,
            "Describe it",
            kind=ItemKind.PROCESS,
            runbook="database-issues",
            due="today",
        )
    )
    done(over.do(post_mortems.change_item, KEY, 1, due="2026-12-24", ticket="OPS-7"))
    done(over.do(post_mortems.end_item, KEY, 1, ItemState.DONE, by="lin"))
    done(over.do(post_mortems.end_item, KEY, 2, ItemState.DROPPED, why="the service goes"))
    first, second = items(over)
    assert (first.title, first.owner, first.due, first.ticket) == (
        "Raise the pool",
        "lin",
        date(2026, 12, 24),
        "OPS-7",
    )
    assert (first.state, first.ended_at) == (ItemState.DONE, over.clock.now)
    assert (second.state, second.why, second.runbook) == (
        ItemState.DROPPED,
        "the service goes",
        "database-issues",
    )
    assert over.read(queries.open_items) == ()
    facts: dict[int, dict[str, object]] = {}
    for event in over.history(KEY):
        if event.kind == "action":
            known = facts.setdefault(int(event.subject.removeprefix(ACTION)), {})
            assert {name: known[name] for name in event.before} == dict(event.before)
            known.update(event.after)
    assert facts[1] == {
        "title": "Raise the pool",
        "owner": "lin",
        "due": "2026-12-24",
        "kind": "prevent",
        "state": "done",
        "ticket": "OPS-7",
        "runbook": "",
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": "  "}, "needs a title"),
        ({"due": "soon"}, "is no date"),
        ({"runbook": "nowhere"}, "there is no runbook nowhere"),
    ],
)
def test_an_item_that_cannot_be_is_refused(over: Room, given: dict[str, str], words: str) -> None:
    assert words in refused(over.do(post_mortems.add_item, KEY, **{"title": "Add an alert", **given}))
    assert "has no action item 7" in refused(over.do(post_mortems.end_item, KEY, 7, ItemState.DONE))
    assert "there is no incident" in refused(over.do(post_mortems.add_item, "INC-9", "Add an alert"))


def test_the_list_of_what_is_over_is_newest_first(over: Room, clock: Clock) -> None:
    clock.later(hours=1)
    done(over.do(incidents.declare, "Search slow", P1))
    clock.later(hours=1)
    done(over.do(incidents.resolve, "INC-2", Disposition.FIXED))
    done(over.do(incidents.declare, "Still on", P1))
    done(over.do(post_mortems.add_item, KEY, "One"))
    done(over.do(post_mortems.add_item, KEY, "Two"))
    done(over.do(post_mortems.end_item, KEY, 1, ItemState.DONE))
    found = over.read(queries.over)
    assert [row.key for row in found] == ["INC-2", KEY]
    assert (found[1].items, found[1].open_items) == (2, 1)


def test_hostile_words_are_kept_clean(over: Room) -> None:
    for text in TEXTS:
        over.do(post_mortems.write_part, KEY, "cause", text)
        over.do(post_mortems.add_item, KEY, text, owner=text, ticket=text)
    stored = "".join((*view(over).written.values(), *(item.title + item.owner for item in items(over))))
    assert not any(ord(character) < 32 and character != "\n" for character in stored)
