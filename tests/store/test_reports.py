"""A room's figures, read from what people did in it, on both databases."""

from datetime import timedelta

from sqlalchemy import insert

from data.domain.incident import Disposition, Status
from data.domain.kept import Attainment
from data.domain.report import By, Report
from data.store.commands import incidents, proposals, telling
from data.store.commands.findings import Finding
from data.store.queries.reports import report_of
from data.store.tables_after import ACTION_ITEM
from tests.store.room import P1, P2, Room, done

ITEM = {
    **{"incident": 1, "title": "Raise the pool", "owner": "ada", "kind": "prevent"},
    **{"ticket": "", "runbook": "", "ended_at": None, "by": "ada"},
}


def figures(room: Room, by: By = By.SEVERITY) -> Report:
    return room.read(lambda connection: report_of(connection, room.clock.now, None, by))


def test_a_quiet_room_has_a_report(room: Room) -> None:
    found = figures(room)
    assert (found.all.incidents, found.all.response.share, found.noisiest) == (0, None, ())


def test_a_night_from_the_first_page_to_the_last_update(room: Room) -> None:
    key = done(room.do(incidents.declare, "Checkout down", P1, services=["checkout"])).key
    room.clock.later(minutes=5)
    done(room.do(incidents.acknowledge, key))
    room.clock.later(minutes=20)
    done(room.do(telling.send_update, key, "We are on it.", ["engineering"]))
    room.clock.later(hours=3)
    done(room.do(telling.send_update, key, "Still on it.", ["engineering"]))
    applying = [clock.audience for clock in room.incident(key).updates if clock.applies]
    room.clock.later(minutes=1)
    done(room.do(incidents.resolve, key, Disposition.FIXED))
    found = figures(room).all
    assert (found.acknowledge.mean, found.response) == (timedelta(minutes=5), Attainment(1, 0))
    assert found.resolve.mean == timedelta(hours=3, minutes=26)
    # in time once, late once; whoever else was to be told never heard anything
    assert found.updates == Attainment(1, 1 + len(applying) - 1)


def test_a_snooze_before_the_due_is_a_promise_and_one_after_it_is_an_excuse(room: Room) -> None:
    def told() -> Attainment:
        return figures(room).all.updates

    key = done(room.do(incidents.declare, "Search slow", P2)).key
    (audience, *others) = (clock for clock in room.incident(key).updates if clock.applies)
    for other in others:
        done(room.do(telling.switch_audience, key, other.audience, False))
    until = audience.due + timedelta(hours=1)
    done(room.do(telling.snooze, key, until, "vendor is on the phone"))
    room.clock.now = audience.due + timedelta(minutes=30)
    assert told() == Attainment()
    room.clock.now = until + timedelta(minutes=1)
    assert told() == Attainment(0, 1)
    done(room.do(telling.snooze, key, until + timedelta(hours=1), "still on the phone"))
    assert told() == Attainment(0, 1)
    done(room.do(telling.send_update, key, "The vendor mended it.", [audience.audience]))
    assert told() == Attainment(1, 1)
    done(room.do(incidents.resolve, key, Disposition.FIXED))
    assert told() == Attainment(1, 1)


def test_a_reopened_incident_keeps_the_figures_of_its_first_time(room: Room) -> None:
    key = done(room.do(incidents.declare, "Checkout down", P1)).key
    room.clock.later(hours=1)
    done(room.do(incidents.acknowledge, key))
    done(room.do(incidents.resolve, key, Disposition.FIXED))
    room.clock.later(hours=5)
    done(room.do(incidents.set_status, key, Status.INVESTIGATING, "it is back"))
    room.clock.later(minutes=30)
    done(room.do(incidents.resolve, key, Disposition.FIXED))
    found = figures(room).all
    assert found.incidents == 1
    assert found.response == Attainment(1, 1)
    assert found.resolve.mean == timedelta(hours=1, minutes=30)


def test_a_past_incident_has_no_response_and_a_duplicate_none_of_its_own(room: Room) -> None:
    began = room.clock.now - timedelta(hours=2)
    past = done(room.do(incidents.declare, "Mail was late", P1, detected_at=began, backfill=True)).key
    done(room.do(incidents.resolve, past, Disposition.FIXED))
    one, two = (done(room.do(incidents.declare, "Checkout down", P1)).key for _ in range(2))
    done(room.do(incidents.resolve, two, Disposition.DUPLICATE, of=one))
    found = figures(room)
    assert (found.all.incidents, found.backfilled, found.duplicates) == (2, 1, 1)
    assert found.all.resolve.mean == timedelta(hours=2)
    assert (found.all.acknowledge.count, found.all.updates) == (0, Attainment())


def test_action_items_are_followed_up(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout down", P1))
    rows = [
        {**ITEM, "number": number, "state": state, "due": due, "created_at": room.clock.now}
        for number, (state, due) in enumerate([("open", "2026-11-20"), ("open", ""), ("done", "")], start=1)
    ]
    room.store.work(lambda connection, _: connection.execute(insert(ACTION_ITEM), rows))
    found = figures(room).follow_up
    assert (found.total, found.done, found.overdue) == (3, 1, 1)


def test_checks_that_cried_wolf_are_named(room: Room) -> None:
    for _ in range(2):
        key = room.found(Finding("check:search-api", "search-api is DOWN", P2, "refused", ("search",))).key
        done(room.do(proposals.dismiss, key, "the probe was wrong"))
        room.cleared("check:search-api")
        room.clock.later(hours=5)
    key = room.found(Finding("check:checkout-api", "checkout-api is DOWN", P2, "refused", ("checkout",))).key
    done(room.do(proposals.confirm, key))
    first, second = figures(room, By.SERVICE).noisiest
    assert (first.cause, first.found, first.opened, first.false_alarms) == ("check:search-api", 2, 0, 2)
    assert (second.cause, second.found, second.opened, second.false_alarms) == ("check:checkout-api", 1, 1, 0)
