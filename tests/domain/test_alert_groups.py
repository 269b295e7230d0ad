"""What alerts count to: their group, a storm, or what already fired."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.alert import AlertRole, AlertState
from data.domain.alert_groups import group_of, is_alert, source_of
from data.domain.alerting import Sighting
from data.domain.severity import Severity
from tests.domain.alerting import (
    ACTIVE,
    INHIBITED,
    OLD,
    PROD,
    SILENCED,
    Polled,
    answer,
    sighting,
)

MINUTE = timedelta(minutes=1)


def groups(
    first: int, last: int, *, state: AlertState = ACTIVE, severity: str = "critical"
) -> tuple[Sighting, ...]:
    """An alert in each of so many groups."""
    names = (f"Alert{number}" for number in range(first, last))
    return tuple(sighting(name, state=state, severity=severity) for name in names)


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        ({"alertname": "DBDown", "service": "checkout"}, "alert:prod:DBDown/checkout"),
        ({"alertname": "DBDown"}, "alert:prod:DBDown"),
        ({"alertname": "DBDown", "service": ""}, "alert:prod:DBDown"),
        ({"service": "checkout"}, "alert:prod:-/checkout"),
        ({"alertname": "High CPU usage", "service": "a.b-c"}, "alert:prod:High CPU usage/a.b-c"),
        ({}, "alert:prod:-"),
    ],
)
def test_a_groups_key_can_be_read(labels: dict[str, str], key: str) -> None:
    assert group_of(PROD, labels) == key


VALUES = st.text(max_size=6) | st.sampled_from(
    ["", "-", "a", "a/b", "b", "~", "x" * 90, "x" * 91, "~0123456789"]
)
LABELS = st.fixed_dictionaries({}, optional={"alertname": VALUES, "service": VALUES, "zone": VALUES})
BY_ZONE = replace(PROD, group_by=("alertname", "service", "zone"))


@given(LABELS, LABELS)
def test_different_values_are_different_groups_whatever_is_in_them(
    one: dict[str, str], other: dict[str, str]
) -> None:
    same = [one.get(name, "") == other.get(name, "") for name in BY_ZONE.group_by]
    first, second = group_of(BY_ZONE, one), group_of(BY_ZONE, other)
    assert (first == second) is all(same)
    assert len(first) <= len("alert:prod:") + 91
    assert is_alert(first)
    assert source_of(first) == "prod"


def test_labels_that_are_not_asked_for_make_no_group() -> None:
    room = Polled()
    room.poll(answer(sighting(instance="db-1"), sighting(instance="db-2", team="x")))
    assert room.causes == {"alert:prod:DBDown/checkout"}


def test_what_fires_when_the_source_is_first_seen_is_one_group_of_its_own() -> None:
    room = Polled(quiet=False)
    room.poll(answer(*groups(0, 30), sighting("Known", state=SILENCED)))
    assert room.causes == {"already:prod"}
    assert {alert.group_key for alert in room.known.values()} >= {"alert:prod:Alert0/checkout"}
    room.poll(answer(*groups(0, 31), sighting("Known", state=SILENCED)))
    assert room.one("Alert30").cause == "alert:prod:Alert30/checkout"


def test_a_second_alert_of_what_already_fired_is_no_news_but_one_that_comes_back_is() -> None:
    room = Polled(quiet=False)
    room.poll(answer(sighting(instance="db-1")))
    room.poll(answer(sighting(instance="db-1"), sighting(instance="db-2")))
    assert room.causes == {"already:prod"}
    room.polls(2, answer())
    room.poll(answer(sighting(instance="db-1")))
    assert room.causes == {"alert:prod:DBDown/checkout"}


def test_what_was_muted_when_the_source_was_first_seen_is_news_once_it_is_loud() -> None:
    room = Polled(quiet=False)
    room.poll(answer(sighting(state=SILENCED)))
    room.poll(answer(sighting(state=ACTIVE)))
    assert room.causes == {"alert:prod:DBDown/checkout"}
    room.poll(answer(sighting(state=SILENCED)))
    assert room.causes == {"alert:prod:DBDown/checkout"}


@pytest.mark.parametrize(("number", "causes"), [(10, 10), (11, 1)])
def test_more_than_ten_new_groups_are_a_storm(number: int, causes: int) -> None:
    room = Polled()
    room.poll(answer(*groups(0, number)))
    assert len(room.causes) == causes


def test_a_storm_takes_along_the_groups_of_its_minute_and_others_while_it_grows() -> None:
    room = Polled()
    room.poll(answer(*groups(0, 2)), after=MINUTE)
    room.poll(answer(*groups(0, 8)), after=2 * MINUTE)
    assert len(room.causes) == 8
    room.poll(answer(*groups(0, 20)), after=MINUTE)
    (storm,) = {cause for cause in room.causes if cause.startswith("storm:")}
    assert storm == "storm:prod:2026-11-24T13:04:00Z"
    old = {"alert:prod:Alert0/checkout", "alert:prod:Alert1/checkout"}
    assert room.causes == {storm, *old}, "those of its minute belong to it, older ones do not"
    room.poll(answer(*groups(0, 21)))
    assert room.causes == {storm, *old}
    room.poll(answer(*groups(0, 22)), after=MINUTE)
    assert room.causes == {storm, *old, "alert:prod:Alert21/checkout"}, "it grows no more"


def test_a_groups_later_alerts_share_its_storm() -> None:
    room = Polled()
    room.poll(answer(*groups(0, 12)))
    room.poll(answer(*groups(0, 12), sighting("Alert3", instance="db-9")), after=10 * MINUTE)
    assert len(room.causes) == 1


def test_many_alerts_of_one_group_are_no_storm() -> None:
    room = Polled()
    room.poll(answer(*(sighting(instance=f"db-{number}") for number in range(500))))
    assert room.causes == {"alert:prod:DBDown/checkout"}


@pytest.mark.parametrize("state", [SILENCED, INHIBITED])
def test_muted_ones_are_no_storm_until_they_speak_up(state: AlertState) -> None:
    room = Polled()
    room.poll(answer(*groups(0, 40, state=state)), after=MINUTE)
    assert len(room.causes) == 40
    room.poll(answer(*groups(0, 10), *groups(10, 40, state=state)), after=10 * MINUTE)
    assert len(room.causes) == 40, "a silence over ten of them ran out"
    room.poll(answer(*groups(0, 40)), after=10 * MINUTE)
    assert len(room.causes) == 11, "a silence over thirty ran out"


def test_what_opens_nothing_makes_no_storm() -> None:
    room = Polled()
    room.poll(answer(*groups(0, 10), sighting("Watchdog"), *groups(10, 20, severity="none")))
    assert not any(cause.startswith("storm:") for cause in room.causes)


def test_a_member_that_flaps_stays_with_its_storm() -> None:
    room = Polled()
    room.poll(answer(*groups(0, 12)))
    (storm,) = room.causes
    room.polls(2, answer(*groups(1, 12)), after=10 * MINUTE)
    assert "Alert0" not in room.firing
    room.poll(answer(*groups(0, 12)), after=10 * MINUTE)
    assert room.causes == {storm}


def test_a_storm_that_comes_back_is_the_same_and_one_of_its_alerts_alone_is_none() -> None:
    room = Polled()
    room.poll(answer(*groups(0, 12)))
    (storm,) = room.causes
    room.polls(2, answer(), after=MINUTE)
    room.poll(answer(*groups(0, 1)), after=10 * MINUTE)
    assert room.causes == {"alert:prod:Alert0/checkout"}
    room.polls(2, answer(), after=MINUTE)
    room.poll(answer(*groups(0, 11)), after=10 * MINUTE)
    assert room.causes == {storm}
    room.polls(2, answer(), after=MINUTE)
    room.poll(answer(*groups(100, 150)), after=10 * MINUTE)
    assert len(room.causes) == 1
    assert room.causes != {storm}, "others than those"


def test_labels_decide_the_severity_also_after_the_rooms_words_have_changed() -> None:
    room = Polled()
    room.poll(answer(sighting(severity="pineapple")))
    assert (room.one().severity, room.one().guessed) == (Severity.P2, True)
    room.source = replace(PROD, severity_table=(("pineapple", Severity.P0),), heartbeats=("DBDown",))
    room.poll(answer(sighting(severity="pineapple")))
    assert (room.one().severity, room.one().guessed) == (Severity.P0, False)
    assert room.one().role is AlertRole.HEARTBEAT
    assert room.one().cause == "heartbeat:prod:DBDown-checkout-db-1"
    room.polls(2, answer())
    room.source = PROD
    room.poll(answer())
    assert room.one().role is AlertRole.ALERT, "nobody waits for it any more"


def test_a_heartbeat_is_remembered_for_a_week_after_it_fell_silent() -> None:
    room = Polled(quiet=False)
    room.poll(answer(sighting("Watchdog", severity="none")))
    assert room.one("Watchdog").cause == "heartbeat:prod:Watchdog-checkout-db-1"
    room.polls(2, answer(started=OLD))
    room.poll(answer(), after=timedelta(days=6))
    assert room.known
    room.polls(2, answer(), after=timedelta(days=1))
    assert not room.known


def test_a_source_that_makes_ever_new_alerts_does_not_fill_the_store() -> None:
    room = Polled()
    for number in range(5):
        room.poll(answer(*(sighting(instance=f"db-{number}-{each}") for each in range(6000))))
    assert len(room.known) <= 10_000 + 3 * 6000
    room.polls(4, answer())
    assert len(room.known) == 10_000
