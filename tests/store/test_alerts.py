"""Alerts on both databases: what a poll leaves is what is read, and what is over is forgotten."""

from datetime import timedelta

import pytest

from data.domain.alert import Instance, SourceState
from data.domain.alerting import InstanceAnswer
from data.store.commands.alerts import read_source, retire, strangers
from data.store.queries.alerts import AlertCounts, alerts_of, counted, counts, firing, sources
from tests.domain.alerting import INHIBITED, PROD, SILENCED, START, A, B, answer, failure, sighting
from tests.hostile import TEXTS
from tests.store.alerting import OLD, Watched
from tests.store.room import Room

DOWN = sighting(annotations={"summary": "db-1 is down"})
MINUTE = timedelta(minutes=1)


@pytest.fixture
def watched(room: Room) -> Watched:
    return Watched(room)


def test_what_a_poll_leaves_is_what_the_next_one_reads(watched: Watched) -> None:
    left = watched.take(answer(DOWN, sighting("Slow", state=SILENCED)), failure(B, "HTTP \x1b[2J502"))
    state, known = watched.room.read(lambda connection: read_source(connection, "prod"))
    assert known == left.alerts
    assert state.instances == (Instance(A, OLD, True), Instance(B, None, False, "HTTP �[2J502"))
    assert (state.ok_at, state.failing_since) == (watched.room.clock.now, None)
    again = watched.take(answer(DOWN, sighting("Slow", state=SILENCED)), failure(B, "HTTP 502"))
    assert again.changed == ()
    watched.room.clock.later(seconds=15)
    gone = watched.take(answer(sighting("Slow")))
    _, known = watched.room.read(lambda connection: read_source(connection, "prod"))
    assert known == gone.alerts
    assert {alert.name: alert.missing for alert in gone.changed} == {"DBDown": 1, "Slow": 0}


def test_a_source_that_was_never_asked_is_empty(room: Room) -> None:
    assert room.read(lambda connection: read_source(connection, "prod")) == (SourceState("prod"), {})
    assert room.read(sources) == ()
    assert room.read(counts) == AlertCounts()


def test_cleared_ones_are_forgotten_after_a_day(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    watched.gone()
    assert not watched.kept()["DBDown"].firing
    watched.room.clock.later(hours=24, seconds=1)
    watched.take(answer())
    assert not watched.kept()


def test_alerts_of_causes_come_firing_first_worst_first_oldest_first(watched: Watched) -> None:
    old, young = START - 9 * MINUTE, START
    watched.poll(answer(sighting("Over", severity="fatal")))
    watched.gone()
    watched.poll(
        answer(
            sighting(instance="young", starts_at=young),
            sighting(instance="old", starts_at=old),
            sighting("Slow", severity="warning", starts_at=old),
            sighting("Other", "search"),
        )
    )
    causes = ["alert:prod:DBDown/checkout", "alert:prod:Slow/checkout", "alert:prod:Over/checkout", "check:x"]
    found = watched.room.read(lambda connection: alerts_of(connection, causes))
    assert [alert.labels["instance"] + alert.name for alert in found] == [
        "oldDBDown",
        "youngDBDown",
        "db-1Slow",
        "db-1Over",
    ]
    few = watched.room.read(lambda connection: alerts_of(connection, causes, limit=1))
    assert few == found[:1]
    assert watched.room.read(lambda connection: alerts_of(connection, [])) == ()
    assert watched.room.read(lambda connection: counted(connection, causes)) == {
        "alert:prod:DBDown/checkout": 2,
        "alert:prod:Slow/checkout": 1,
    }


def test_what_fires_loud_ones_first(watched: Watched) -> None:
    watched.poll(
        answer(
            sighting("Muted", severity="fatal", state=SILENCED),
            sighting("Behind", severity="fatal", state=INHIBITED),
            sighting("Low", severity="info"),
            sighting("Watchdog", severity="none"),
            sighting("InfoInhibitor", severity="none"),
        )
    )
    found = watched.room.read(firing)
    assert [alert.name for alert in found][:3] == ["Low", "Behind", "Muted"]
    assert {alert.name for alert in found[3:]} == {"Watchdog", "InfoInhibitor"}
    told = watched.room.read(counts)
    assert told == AlertCounts(loud=1, silenced=1, inhibited=1)
    assert told.firing == 3
    assert len(watched.room.read(lambda connection: firing(connection, 2))) == 2


def test_a_quiet_poll_writes_no_alert_and_still_tells_when_it_was_seen(watched: Watched) -> None:
    watched.poll(answer(DOWN))
    first = watched.room.clock.now
    for _ in range(3):
        watched.poll(answer(DOWN))
    assert watched.kept()["DBDown"].last_seen == first
    (shown,) = watched.room.read(firing)
    assert shown.last_seen == watched.room.clock.now
    watched.poll(failure(), minutes=5)
    (shown,) = watched.room.read(firing)
    assert shown.last_seen == watched.room.clock.now - 5 * MINUTE


def test_a_source_that_is_no_more_takes_its_alerts_along(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(DOWN, sighting("Watchdog", severity="none")))
    assert room.read(lambda connection: strangers(connection, ["prod"])) == frozenset()
    assert room.read(lambda connection: strangers(connection, ["staging"])) == {"prod"}
    room.store.work(lambda connection, now: retire(connection, now, ["prod"]))
    assert set(watched.kept()) == {"DBDown"}
    assert watched.kept()["DBDown"].cleared_at == room.clock.now
    assert room.read(sources) == ()
    assert room.read(lambda connection: strangers(connection, [])) == {"prod"}, "its past is kept for a day"
    room.clock.later(hours=25)
    room.store.work(lambda connection, now: retire(connection, now, ["prod"]))
    assert room.read(lambda connection: strangers(connection, [])) == frozenset()
    room.store.work(lambda connection, now: retire(connection, now, []))


def test_sources_are_kept_apart(watched: Watched) -> None:
    other = Watched(watched.room, type(PROD)("staging", "alertmanager", ("https://am.example",)))
    watched.poll(answer(DOWN))
    other.poll(answer(DOWN))
    other.gone()
    assert watched.kept()["DBDown"].firing
    assert not other.kept()["DBDown"].firing
    assert [state.id for state in watched.room.read(sources)] == ["prod", "staging"]


def test_thousands_are_kept_in_one_write(watched: Watched) -> None:
    told = answer(*(sighting(f"A{each % 500}", instance=f"db-{each}") for each in range(3000)))
    assert len(watched.take(told).changed) == 3000
    assert watched.room.read(counts).loud == 3000
    assert watched.take(told).changed == ()
    watched.room.clock.later(seconds=15)
    assert len(watched.take(answer()).changed) == 3000
    watched.room.clock.later(seconds=15)
    watched.take(answer())
    watched.room.clock.later(days=2)
    watched.take(answer())
    assert watched.kept() == {}


def test_hostile_troubles_are_kept_clean(watched: Watched) -> None:
    for text in TEXTS:
        watched.take(InstanceAnswer(A, None, None, text))
        (state,) = watched.room.read(sources)
        assert "\x1b" not in state.trouble + state.instances[0].trouble
        assert "\x00" not in state.trouble
