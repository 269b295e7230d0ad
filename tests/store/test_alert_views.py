"""What a list of alerts is read from: everything that counts to something, and nothing twice."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from data.domain.alert import AlertState
from data.store.commands import incidents, proposals
from data.store.queries.alert_views import alerts_view, causes_of, firing_at, source_views, tally, worst
from data.store.queries.incidents import incident_view
from data.store.tables import DEFINITION
from data.views import AlertsView, AlertTally
from tests.console.alert_room import definition
from tests.domain.alerting import INHIBITED, PROD, SILENCED, answer, failure, sighting
from tests.store.alerting import Watched
from tests.store.room import P2, Room, done

DB = tuple(sighting(instance=f"db-{number}", zone=f"z{number % 2}") for number in range(3))
SLOW = sighting("DBSlow", severity="warning", state=SILENCED)
LAG = sighting("DBLag", severity="odd", state=INHIBITED)


@pytest.fixture
def watched(room: Room) -> Watched:
    return Watched(room)


def view(room: Room, key: str = "", seen: AlertsView | None = None) -> AlertsView:
    found = room.read(lambda connection: alerts_view(connection, key, seen))
    assert found is not None
    return found


def configured(room: Room) -> None:
    """Let the room know the source."""
    item = definition(PROD)
    room.store.work(
        lambda connection, now: connection.execute(
            insert(DEFINITION),
            [
                {
                    "kind": item.kind.value,
                    "id": item.id,
                    "spec": dict(item.spec),
                    "origin": item.origin.value,
                    "position": item.position,
                    "retired_at": None,
                }
            ],
        )
    )


def test_the_alerts_of_a_proposal_are_those_of_the_incident_it_becomes(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(*DB, SLOW))
    found = view(room, "PR-1")
    assert (found.key, found.status, found.since) == ("PR-1", "proposed", room.clock.now)
    assert [alert.labels["instance"] for alert in found.alerts] == ["db-0", "db-1", "db-2"]
    assert found.common == (("service", "checkout"),)
    assert found.varying == ("instance", "zone")
    done(room.do(proposals.confirm, "PR-1", P2))
    again = view(room, "PR-1")
    assert (again.key, again.status) == ("INC-1", "detected")
    assert again.alerts == view(room, "INC-1").alerts == found.alerts


def test_counts_and_the_worst_few(watched: Watched) -> None:
    room = watched.room
    done(room.do(incidents.declare, "Checkout is slow", P2, services=["checkout"]))
    watched.poll(answer(*DB, SLOW, LAG))
    watched.poll(answer(*DB[1:], sighting("DBSlow", severity="warning"), LAG))
    watched.poll(answer(*DB[1:], sighting("DBSlow", severity="warning", state=SILENCED), LAG), minutes=6)
    shown = room.read(lambda connection: incident_view(connection, "INC-1"))
    assert shown is not None
    assert shown.tally == AlertTally(2, 1, 0, 1)
    assert [(alert.name, alert.state) for alert in shown.alerts] == [
        ("DBDown", AlertState.ACTIVE),
        ("DBDown", AlertState.ACTIVE),
        ("DBSlow", AlertState.SILENCED),
    ]
    found = view(room, "INC-1")
    assert found.tally == shown.tally
    assert [alert.firing for alert in found.alerts] == [True, True, True, False]
    everything = view(room)
    assert everything.tally == AlertTally(2, 1, 1)
    assert len(everything.alerts) == 4
    assert room.read(lambda connection: tally(connection, ["check:api"])) == AlertTally()
    assert room.read(lambda connection: worst(connection, ["check:api", "mass"])) == ()


def test_what_has_not_changed_is_not_read_again(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(*DB))
    first = view(room, "PR-1")
    watched.poll(answer(*DB))
    assert view(room, "PR-1", first).alerts is first.alerts
    assert view(room, "", first).alerts is not first.alerts, "it is of another list"
    watched.poll(failure())
    assert view(room, "PR-1", first).alerts is first.alerts
    for shown in ((*DB, sighting(instance="db-9")), DB, DB[1:], (SLOW,)):
        watched.poll(answer(*shown), minutes=6)
        assert view(room, "PR-1", first).alerts != first.alerts
        first = view(room, "PR-1")


def test_a_silence_or_a_severity_that_changes_is_read(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(DB[0]))
    before = view(room, "PR-1")
    watched.poll(answer(sighting(instance="db-0", zone="z0", severity="fatal")))
    after = view(room, "PR-1", before)
    assert [alert.severity for alert in after.alerts] == ["P0"]


@pytest.mark.parametrize("key", ["INC-9", "PR-9", "nonsense"])
def test_what_is_not_there_has_no_alerts(room: Room, key: str) -> None:
    assert room.read(lambda connection: alerts_view(connection, key)) is None
    assert room.read(lambda connection: causes_of(connection, key)) is None


def test_a_heartbeat_counts_when_it_is_silent(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(sighting("Watchdog", "", severity="none")))
    assert view(room).tally == AlertTally()
    watched.poll(answer(), minutes=6)
    watched.poll(answer(), minutes=6)
    found = view(room, "PR-1")
    assert found.tally == AlertTally(loud=1)
    assert [alert.name for alert in found.alerts] == ["Watchdog"]


def test_what_fires_at_a_source_muted_or_not(watched: Watched) -> None:
    watched.poll(answer(*DB, SLOW, LAG))
    Watched(watched.room, replace(PROD, id="staging")).poll(answer(sighting("Else", "search")))
    found = watched.room.read(lambda connection: firing_at(connection, "prod"))
    assert sorted(alert.name for alert in found) == ["DBDown", "DBDown", "DBDown", "DBLag", "DBSlow"]


def test_a_configured_source_is_there_before_it_was_asked(room: Room) -> None:
    assert room.read(source_views) == ()
    configured(room)
    (found,) = room.read(source_views)
    assert (found.id, found.every, found.state.ok_at) == ("prod", PROD.every, None)
    watched = Watched(room)
    watched.poll(answer())
    (found,) = room.read(source_views)
    assert found.state.ok_at == room.clock.now
