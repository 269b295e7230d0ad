"""A status page's past in a room's record, on both databases."""

import json
from datetime import timedelta

from sqlalchemy import func, select

from data.domain.describe import describe
from data.domain.incident import Disposition, Status
from data.domain.past import PastIncident
from data.domain.report import By
from data.domain.severity import Severity
from data.history.statuspage import NAME, read
from data.store.commands import duties, incidents
from data.store.commands.history import import_history
from data.store.queries.reports import report_of
from data.store.tables_outside import DELIVERY
from tests.status_pages import FIRST, incident, page, update
from tests.store.room import P1, Room, done

NUMBERS = range(1, 6)


def past(*entries: object) -> tuple[PastIncident, ...]:
    return read(json.dumps(page(*entries)).encode()).incidents


def test_each_comes_in_once_with_its_own_instants_and_nobody_is_paged(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    queued = select(func.count()).select_from(DELIVERY)
    before = room.read(lambda connection: connection.execute(queued).scalar_one())
    some = past(*map(incident, NUMBERS))
    answer = done(room.do(import_history, NAME, some))
    assert answer.facts["keys"] == [f"INC-{number + 1}" for number in NUMBERS]
    assert (answer.facts["updates"], answer.facts["here"], answer.facts["refused"]) == (20, 0, [])
    found = room.incident("INC-2")
    start = FIRST + timedelta(hours=7)
    assert (found.title, found.severity, found.status) == ("Elevated errors 1", Severity.P1, Status.CLOSED)
    assert (found.detected_at, found.resolved_at) == (start, start + timedelta(minutes=45))
    assert (found.backfilled, found.disposition, found.response) == (True, Disposition.FIXED, None)
    assert (found.updates, found.ladder, found.steps) == ((), None, ())
    told = [(event.at - start, describe(event)) for event in room.history("INC-2")]
    assert told == [
        (timedelta(0), "P1 recorded afterwards: Elevated errors 1"),
        (timedelta(0), "status → investigating (was detected)"),
        (timedelta(0), "update → status page: We are looking into it."),
        (timedelta(minutes=15), "status → fixing (was investigating)"),
        (timedelta(minutes=15), "update → status page: We are looking into it."),
        (timedelta(minutes=30), "status → monitoring (was fixing)"),
        (timedelta(minutes=30), "update → status page: We are looking into it."),
        (timedelta(minutes=45), "final update → status page: We are looking into it."),
        (timedelta(minutes=45), "resolved: fixed"),
        (timedelta(minutes=45), "closed without post-mortem"),
    ]
    assert room.read(lambda connection: connection.execute(queued).scalar_one()) == before
    assert not room.read(lambda connection: duties.due(connection, room.clock.now))


def test_what_is_here_stays_as_it_is_and_what_is_new_comes_in(room: Room) -> None:
    done(room.do(import_history, NAME, past(incident(1), incident(2))))
    seq = room.seq
    again = done(room.do(import_history, NAME, past(incident(1, name="renamed"), incident(2))))
    assert (again.facts["keys"], again.facts["here"]) == ([], 2)
    assert room.seq == seq
    assert room.incident("INC-1").title == "Elevated errors 1"
    third = done(room.do(import_history, NAME, past(incident(1), incident(2), incident(3))))
    assert (third.facts["keys"], third.facts["here"]) == (["INC-3"], 2)


def test_what_lies_ahead_is_refused_by_name_and_the_rest_comes_in(room: Room) -> None:
    soon = (room.clock.now + timedelta(hours=1)).isoformat()
    answer = done(room.do(import_history, NAME, past(incident(1, resolved_at=soon), incident(2))))
    assert answer.facts["keys"] == ["INC-1"]
    assert [item["why"] for item in answer.facts["refused"]] == ["it ends in the future"]


def test_what_was_told_after_the_end_does_not_open_it_again(room: Room) -> None:
    end = FIRST + timedelta(hours=8)
    later = [
        update(end, "resolved"),
        update(end + timedelta(days=2), "investigating", "More on what it was."),
    ]
    done(
        room.do(import_history, NAME, past(incident(1, resolved_at=end.isoformat(), incident_updates=later)))
    )
    assert room.incident("INC-1").status is Status.CLOSED
    assert room.kinds("INC-1") == ["declared", "update", "resolved", "closed", "update"]


def test_the_report_counts_it_in_mttr_alone(room: Room) -> None:
    done(room.do(import_history, NAME, past(*map(incident, NUMBERS))))
    found = room.read(lambda connection: report_of(connection, room.clock.now, None, By.SERVICE))
    assert [(group.name, group.incidents) for group in found.groups] == [("api-gateway", 5)]
    assert found.all.resolve.mean == timedelta(minutes=45)
    assert (found.backfilled, found.all.response.total, found.all.updates.total) == (5, 0, 0)
