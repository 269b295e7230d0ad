"""What follows from alerts, whatever was polled and whatever is spoken for; and in which words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.alert import Alert, AlertRole, AlertState
from data.domain.alert_words import Services, title_of, why_of, worst_first
from data.domain.room import MaintenanceWindow
from data.domain.severity import Severity
from data.store.commands.alert_steps import Step, alert_steps
from data.store.commands.opening import Finding
from data.store.commands.reconcile import Ended, Together
from data.store.queries.watching import Spoken
from tests.domain.alerting import (
    ACTIVE,
    INHIBITED,
    OLD,
    PROD,
    SILENCED,
    START,
    Polled,
    answer,
    failure,
    sighting,
)

NAMES = (*(f"A{number}" for number in range(14)), "Watchdog", "Quiet")
SHOWN = st.dictionaries(st.sampled_from(NAMES), st.sampled_from((ACTIVE, ACTIVE, SILENCED, INHIBITED)))
POLLS = st.lists(
    st.none() | st.tuples(SHOWN, st.booleans(), st.sampled_from((15, 70))), min_size=1, max_size=12
)


def polled(polls: Iterable[tuple[dict[str, AlertState], bool, int] | None], *, quiet: bool) -> Polled:
    """A source after some polls: None is a failure, True a restart."""
    room = Polled(quiet=quiet)
    for told in polls:
        if told is None:
            room.poll(failure())
            continue
        shown, restart, seconds = told
        after = timedelta(seconds=seconds)
        sightings = (
            replace(sighting(name, severity="none" if name == "Quiet" else "critical"), state=state)
            for name, state in shown.items()
        )
        started = room.now + after if restart else OLD
        room.poll(answer(*sightings, started=started), after=after)
    return room


def found(steps: Iterable[Step]) -> set[str]:
    return {
        step.finding.key if isinstance(step, Together) else step.key
        for step in steps
        if not isinstance(step, Ended)
    }


def ended(steps: Iterable[Step]) -> set[str]:
    return {step.key for step in steps if isinstance(step, Ended)}


@given(POLLS, st.booleans())
def test_what_is_loud_is_found_and_nothing_else(
    polls: list[tuple[dict[str, AlertState], bool, int] | None], quiet: bool
) -> None:
    room = polled(polls, quiet=quiet)
    alerts = room.known.values()
    loud = {alert.cause for alert in alerts if alert.loud and alert.role is AlertRole.ALERT}
    silent = {alert.cause for alert in alerts if alert.role is AlertRole.HEARTBEAT and not alert.firing}
    assert found(alert_steps(PROD, alerts, {}, room.now)) == loud | silent
    everything = loud | silent | {alert.group_key for alert in alerts} | {alert.cause for alert in alerts}
    everything |= {"check:a", "mass", "alert:staging:A0/checkout"}
    for spoken in (
        Spoken(incident=1),
        Spoken(proposal=1, severity=Severity.P0),
        Spoken(muted_until=room.now),
    ):
        steps = alert_steps(PROD, alerts, dict.fromkeys(everything, spoken), room.now)
        grows = {key for key in found(steps) if key.startswith("storm:")}
        assert found(steps) == (grows if spoken.proposal else set())
        assert not ended(steps) & (loud | silent)
        for key in ended(steps):
            counted = [alert for alert in alerts if key in (alert.cause, alert.group_key)]
            assert not any(alert.loud for alert in counted if alert.role is AlertRole.ALERT)
            firing = any(alert.firing for alert in counted if alert.role is AlertRole.ALERT)
            assert spoken.proposal or not firing
    again = dict.fromkeys(everything, Spoken(clear=True, incident=1))
    assert alert_steps(PROD, alerts, again, room.now) == alert_steps(PROD, alerts, {}, room.now)


def test_a_storm_is_told_again_only_while_it_grows_or_has_left_a_member_behind() -> None:
    room = Polled()
    room.poll(answer(*(sighting(f"A{number}") for number in range(14))))
    (storm,) = room.causes
    alerts = list(room.known.values())
    (first,) = alert_steps(PROD, alerts, {}, room.now)
    assert isinstance(first, Together)
    assert len(first.members) == 14
    spoken = {storm: Spoken(proposal=1, severity=Severity.P1)}
    later = room.now + timedelta(minutes=3)
    assert alert_steps(PROD, alerts, spoken, later) == []
    left = {**spoken, first.members[3]: Spoken(proposal=2, severity=Severity.P1)}
    assert alert_steps(PROD, alerts, left, later) == [first]
    assert alert_steps(PROD, alerts, {**left, storm: Spoken(incident=1)}, later) == [first]
    taken = {**spoken, first.members[3]: Spoken(proposal=1, severity=Severity.P1)}
    assert alert_steps(PROD, alerts, taken, later) == []


def test_a_storm_half_in_maintenance_is_found_for_the_other_half() -> None:
    room = Polled()
    told = [sighting(f"A{number}", "search" if number else "checkout") for number in range(14)]
    room.poll(answer(replace(told[0], labels={**told[0].labels, "severity": "fatal"}), *told[1:]))
    begins, ends = START - timedelta(hours=1), START + timedelta(hours=1)
    windows = [MaintenanceWindow(name, name, begins, ends) for name in ("checkout", "search")]
    (step,) = alert_steps(PROD, room.known.values(), {}, room.now, windows=windows[:1])
    assert isinstance(step, Together)
    assert (step.finding.severity, step.finding.services) == (Severity.P1, ("search",))
    assert alert_steps(PROD, room.known.values(), {}, room.now, windows=windows) == []


def test_the_worst_is_found_first() -> None:
    room = Polled()
    words = ("info", "critical", "fatal", "warning")
    room.poll(answer(*(sighting(f"A{number}", severity=word) for number, word in enumerate(words))))
    steps = alert_steps(PROD, room.known.values(), {}, room.now)
    assert [step.severity for step in steps if isinstance(step, Finding)] == list(Severity)


@pytest.mark.parametrize(
    ("labels", "service"),
    [
        ({"service": "checkout"}, "checkout"),
        ({"service": "Checkout"}, "checkout"),
        ({"service": "shop/checkout"}, "checkout"),
        ({"service": "unknown", "job": "checkout"}, "checkout"),
        ({"job": "monitoring/checkout"}, "checkout"),
        ({"service": "checkout", "job": "search"}, "checkout"),
        ({"service": "unknown", "job": "node"}, "unknown"),
        ({"job": "node"}, ""),
        ({}, ""),
    ],
)
def test_its_service_is_one_of_the_rooms_or_what_it_says(labels: dict[str, str], service: str) -> None:
    alert = replace(one(), labels=labels)
    assert Services(("checkout", "search")).of(alert) == service
    assert Services(("checkout", "search")).of_all([alert, alert]) == ((service,) if service else ())


def one(**annotations: str) -> Alert:
    room = Polled()
    room.poll(
        answer(sighting(annotations=annotations, zone="eu", pod="db-1-x", job="pg", cluster="c", rack="r"))
    )
    return room.one()


@pytest.mark.parametrize(
    ("annotations", "title"),
    [
        ({"summary": "db-1 is down"}, "DBDown: db-1 is down"),
        ({"summary": " ", "description": "It is down.\nSee the page."}, "DBDown: It is down."),
        ({"message": "down"}, "DBDown: down"),
        ({"summary": "x" * 300}, "DBDown: " + "x" * 109 + "…"),
        ({}, "DBDown on checkout"),
    ],
)
def test_titles(annotations: dict[str, str], title: str) -> None:
    alert = one(**annotations)
    assert title_of([alert], "checkout") == title
    assert title_of([alert] * 12, "checkout") == f"{title} (+11)"


def test_reasons_name_a_few_labels_and_a_guess_is_never_cut_off() -> None:
    alert = one()
    assert why_of(PROD, [alert]) == (
        "fires at prod since 2026-11-24T13:00:00Z; cluster=c, instance=db-1, job=pg, pod=db-1-x …"
    )
    long = replace(alert, guessed=True, labels=dict.fromkeys("abcdef", "y" * 300))
    said = why_of(PROD, [long])
    assert said.startswith("severity guessed: no label says it; fires at prod")
    assert len(said) <= 200
    sure = replace(alert, severity=Severity.P2)
    assert "guessed" not in why_of(PROD, worst_first([long, replace(sure, severity=Severity.P1)]))
