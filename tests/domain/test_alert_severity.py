"""What labels say of how severe an alert is, and what it is for."""

from dataclasses import replace

import pytest

from data.domain.alert import AlertRole
from data.domain.alert_severity import propose_severity, role_of
from data.domain.room import Source
from data.domain.severity import Severity
from tests.domain.alerting import PROD

P0, P1, P2, P3 = Severity
ALERT, HEARTBEAT, IGNORED = AlertRole
OPSGENIE = replace(PROD, priority_base=1)


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("p0 sev0 s0 s1 sev1 emergency fatal disaster blocker", P0),
        ("critical p1 s2 sev2 high major page error", P1),
        ("p2 s3 sev3 medium minor average warning", P2),
        ("p3 p4 p5 s4 sev4 s5 low info notice debug", P3),
        ("CRITICAL Crit Sev-2 SEV_2 p1", P1),
    ],
)
def test_the_table(words: str, severity: Severity) -> None:
    for word in words.split():
        assert propose_severity(PROD, {"severity": word}) == (severity, False), word


@pytest.mark.parametrize(
    "labels",
    [
        {},
        {"severity": ""},
        {"severity": "pineapple"},
        {"severity": "p"},
        {"severity": "10"},
        {"team": "critical"},
    ],
)
def test_what_nobody_knows_is_p2_with_a_mark(labels: dict[str, str]) -> None:
    assert propose_severity(PROD, labels) == (P2, True)


@pytest.mark.parametrize(
    ("word", "severity"),
    [("p0", P0), ("P1", P0), ("p2", P1), ("p3", P2), ("p4", P3), ("p5", P3), ("sev2", P1)],
)
def test_priorities_that_begin_at_one(word: str, severity: Severity) -> None:
    assert propose_severity(OPSGENIE, {"priority": word}) == (severity, False)


@pytest.mark.parametrize(
    ("source", "labels", "severity"),
    [
        (PROD, {"priority": "p1", "severity": "warning"}, P2),
        (PROD, {"priority": "p1", "severity": "pineapple"}, P1),
        (PROD, {"level": "fatal"}, P0),
        (replace(PROD, severity_labels=("tier",)), {"tier": "high", "severity": "info"}, P1),
        (replace(PROD, severity_table=(("Pineapple", P0),)), {"severity": "pineapple"}, P0),
        (replace(PROD, severity_table=(("critical", P2),)), {"severity": "critical"}, P2),
        (replace(PROD, severity_table=(("p1", P3),), priority_base=1), {"severity": "p1"}, P3),
        (replace(PROD, severity_table=(("none", P2),)), {"severity": "none"}, P2),
    ],
)
def test_the_first_label_with_a_word_that_is_known_decides_and_the_rooms_words_come_first(
    source: Source, labels: dict[str, str], severity: Severity
) -> None:
    assert propose_severity(source, labels) == (severity, False)


@pytest.mark.parametrize(
    ("labels", "role"),
    [
        ({"alertname": "DBDown", "severity": "critical"}, ALERT),
        ({"alertname": "DBDown"}, ALERT),
        ({"alertname": "Watchdog", "severity": "none"}, HEARTBEAT),
        ({"alertname": "watchdog", "severity": "critical"}, HEARTBEAT),
        ({"alertname": "DeadMansSwitch"}, HEARTBEAT),
        ({"alertname": "InfoInhibitor", "severity": "none"}, IGNORED),
        ({"severity": "None"}, IGNORED),
        ({"alertname": "DBDown", "severity": "none", "priority": "p1"}, ALERT),
        ({}, ALERT),
    ],
)
def test_what_an_alert_is_for(labels: dict[str, str], role: AlertRole) -> None:
    assert role_of(PROD, labels) is role


def test_which_alerts_are_heartbeats_is_the_rooms_choice() -> None:
    source = replace(PROD, heartbeats=("EndToEnd",))
    assert role_of(source, {"alertname": "endtoend"}) is HEARTBEAT
    assert role_of(source, {"alertname": "Watchdog", "severity": "none"}) is IGNORED
    assert propose_severity(source, {"alertname": "Watchdog", "severity": "none"}) == (P3, False)
