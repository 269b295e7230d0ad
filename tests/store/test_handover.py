"""A shift ends while incidents are live: they are shown until somebody takes each of them over."""

from datetime import timedelta
from pathlib import Path

import pytest

from data.domain.incident import Role
from data.domain.severity import Severity
from data.glance import glance
from data.handover_sheet import as_json, sheet
from data.store.commands import incidents, telling
from data.store.commands.handover import accept, accept_all
from data.store.commands.people import take_role
from data.store.queries.board import board
from data.store.queries.people import handover_view, on_call_view
from data.store.store import is_url
from data.text_table import plain
from data.views import HandoverView
from tests.store.room import START, Room, done, refused
from tests.store.test_calendars import configure, fetched, shift

P0, P1, P2, P3 = Severity


@pytest.fixture
def evening(room: Room) -> Room:
    """ada has two incidents, nobody has the third; her shift ends in an hour, then lin's begins."""
    configure(room, "on-call")
    fetched(room, shift(-8, 1, "ada"), shift(1, 9, "lin"))
    for title in ("Checkout down", "Search slow", "Exports late"):
        done(room.do(incidents.declare, title, P1, by="sam"))
    done(room.do(incidents.acknowledge, "INC-1"))
    done(room.do(incidents.acknowledge, "INC-2"))
    return room


def view(room: Room) -> HandoverView:
    return room.read(lambda connection: handover_view(connection, room.clock()))


def due(room: Room) -> list[str]:
    return [item.key for item in view(room).due]


def leaving(room: Room) -> list[str]:
    return list(room.board.on_call[0].handing_over)


def test_until_each_is_accepted_the_outgoing_person_stands_there(evening: Room) -> None:
    assert due(evening) == []
    evening.clock.later(hours=1)
    assert due(evening) == ["INC-1", "INC-2"]
    assert leaving(evening) == ["ada"]
    assert [item.outgoing for item in evening.read(on_call_view).handover] == ["ada", "ada"]
    done(evening.do(accept, "INC-1", by="lin"))
    assert due(evening) == ["INC-2"]
    done(evening.do(accept, "INC-2", by="lin"))
    assert due(evening) == []
    assert leaving(evening) == []


def test_the_board_marks_what_nobody_has_accepted_yet(evening: Room) -> None:
    def marked() -> dict[str, str]:
        seen = evening.read(board).rows
        if not is_url(evening.store.where):
            at_once = glance(Path(evening.store.where), evening.clock())
            assert at_once is not None
            assert at_once.rows == seen
        return {row.key: row.outgoing for row in seen}

    assert marked() == {"INC-1": "", "INC-2": "", "INC-3": ""}
    evening.clock.later(hours=1)
    assert marked() == {"INC-1": "ada", "INC-2": "ada", "INC-3": ""}
    done(evening.do(accept, "INC-1", by="lin"))
    assert marked() == {"INC-1": "", "INC-2": "ada", "INC-3": ""}


def test_a_feed_that_forgets_the_past_forgets_no_handover(evening: Room) -> None:
    evening.clock.later(hours=1, minutes=20)
    fetched(evening, shift(1, 9, "lin"))
    assert due(evening) == ["INC-1", "INC-2"]


def test_taking_over_acknowledges_nothing_anew(evening: Room) -> None:
    done(evening.do(take_role, "INC-1", Role.IC, "ada"))
    evening.clock.later(hours=1)
    before = evening.incident("INC-1")
    answer = done(evening.do(accept, "INC-1", by="lin"))
    after = evening.incident("INC-1")
    assert answer.text == "INC-1: lin takes over from ada"
    assert (after.acknowledged_by, after.role(Role.IC)) == ("lin", "lin")
    assert (after.acknowledged_at, after.response, after.updates) == (
        before.acknowledged_at,
        before.response,
        before.updates,
    )
    assert after.ladder == before.ladder
    assert evening.kinds("INC-1")[-2:] == ["handover", "role"]
    latest = [line.text for line in evening.board.latest[:2]]
    assert latest == ["IC → lin, command taken from ada", "taken over from ada"]


def test_somebody_who_is_not_on_call_may_and_it_says_so(evening: Room) -> None:
    evening.clock.later(hours=1)
    answer = done(evening.do(accept, "inc-1", by="sam"))
    assert answer.text == "INC-1: sam takes over from ada; sam is not on call now"
    assert evening.board.latest[0].text == "taken over from ada, though not on call"
    assert due(evening) == ["INC-2"]


def test_it_is_refused_with_the_reason(evening: Room) -> None:
    assert refused(evening.do(accept, "INC-1")) == "INC-1 is already yours"
    assert refused(evening.do(accept, "INC-3", by="lin")) == "nobody has acknowledged INC-3 yet"
    assert refused(evening.do(accept, "INC-9", by="lin")) == "there is no incident INC-9"
    done(evening.do(accept, "INC-1", by="lin"))
    assert refused(evening.do(accept, "INC-1", by="lin")) == "INC-1 is already yours"


def test_several_are_taken_together_or_not_at_all(evening: Room) -> None:
    assert (
        refused(evening.do(accept_all, ["INC-1", "INC-3"], by="lin")) == "nobody has acknowledged INC-3 yet"
    )
    assert evening.incident("INC-1").acknowledged_by == "ada"
    answer = done(evening.do(accept_all, ["INC-1", "INC-2", "INC-1"], by="lin"))
    assert answer.facts["accepted"] == ["INC-1", "INC-2"]
    assert [evening.incident(key).acknowledged_by for key in ("INC-1", "INC-2")] == ["lin", "lin"]


def test_who_took_it_counts_as_somebody_at_work(evening: Room) -> None:
    """Accepting is doing: the acknowledgement does not lapse for the silence of the one who left."""
    evening.clock.later(hours=1, minutes=55)
    evening.keep()
    assert evening.incident("INC-1").lapse_warned
    done(evening.do(accept, "INC-1", by="lin"))
    evening.clock.later(minutes=10)
    evening.keep()
    assert evening.incident("INC-1").lapsed_at is None
    assert evening.incident("INC-2").lapsed_at is not None
    assert refused(evening.do(accept, "INC-2", by="lin")) == "the acknowledgement of INC-2 has lapsed"


def test_the_sheet_says_what_the_next_person_has_to_know(evening: Room) -> None:
    until = START + timedelta(hours=3)
    done(evening.do(telling.snooze, "INC-1", until, "waiting for the vendor", ("engineering",)))
    evening.clock.later(hours=1)
    told = plain(sheet(view(evening), evening.clock(), None))
    for words in (
        "1 On-call engineer    Lin Chen to 22:46:11Z",
        "P1 !  INC-1  Checkout down",
        "ada, whose shift ended 14:46:11Z; Lin Chen has to accept it",
        "engineering until 16:46:11Z: waiting for the vendor",
        "holder    nobody has acknowledged it",
        "open: ",
        "warroom handover --accept INC-1 --accept INC-2",
    ):
        assert words in told, told
    wide = max(len(line) for line in plain(sheet(view(evening), evening.clock(), 72)).splitlines())
    assert wide <= 72


def test_scripts_get_the_same_as_values(evening: Room) -> None:
    evening.clock.later(hours=1)
    found = as_json(view(evening), evening.clock())
    assert found["on_call"][0]["now"] == [{"name": "Lin Chen", "until": "2026-11-24T22:46:11Z"}]
    assert found["on_call"][0]["calendar"]["stale"] is True
    by_key = {item["id"]: item for item in found["incidents"]}
    one, three = by_key["INC-1"], by_key["INC-3"]
    assert one["holder"] == "ada"
    assert one["handover"] == {
        "from": "ada",
        "to": ["Lin Chen"],
        "level": "on-call",
        "shift_ended": "2026-11-24T14:46:11Z",
    }
    assert (three["holder"], three["handover"]) == (None, None)
    assert one["open_steps"][0].keys() == {"id", "title", "by"}
