"""Reading what a status page keeps of the past, however it was saved."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.incident import Status
from data.domain.past import PastIncident
from data.domain.severity import Severity
from data.history.model import History, NoHistory
from data.history.statuspage import read
from tests.status_pages import FIRST, incident, page, update

P0, P1, P2, P3 = Severity
START = FIRST + timedelta(hours=7)


def held(*entries: Any, **more: Any) -> History:
    return read(json.dumps(page(*entries) | more).encode())


def one(**other: Any) -> PastIncident:
    (found,) = held(incident(1, **other)).incidents
    return found


def test_an_incident_with_its_updates_in_the_order_they_were_told() -> None:
    found = one(name=" Elevated\terrors\u202e ", impact="critical")
    assert (found.key, found.title, found.severity) == ("x0001", "Elevated⇥errors\ufffd", P0)
    assert (found.detected_at, found.resolved_at) == (START, START + timedelta(minutes=45))
    assert found.began_at is None
    assert found.services == ("api-gateway",)
    assert [item.status for item in found.updates] == [
        Status.INVESTIGATING,
        Status.FIXING,
        Status.MONITORING,
        Status.RESOLVED,
    ]


@pytest.mark.parametrize(
    ("impact", "severity"),
    [
        ("critical", P0),
        ("major", P1),
        ("minor", P2),
        ("none", P3),
        (None, P3),
        ("purple", P3),
        (["major"], P3),
    ],
)
def test_impact_is_severity(impact: Any, severity: Severity) -> None:
    assert one(impact=impact).severity is severity


def test_instants_with_any_offset_are_the_same_instants() -> None:
    found = one(
        created_at="2025-03-01T08:30:00.000-08:00",
        started_at="2025-03-01T17:20:00+01:00",
        resolved_at="2025-03-01T17:00:00Z",
        incident_updates=[],
    )
    assert found.detected_at == START
    assert found.began_at == START - timedelta(minutes=10)
    assert found.resolved_at == START + timedelta(minutes=30)


def test_an_incident_entered_afterwards_was_detected_when_it_was_first_told_of() -> None:
    later = (START + timedelta(days=9)).isoformat()
    assert one(created_at=later).detected_at == START


@pytest.mark.parametrize(
    ("other", "minutes"),
    [
        ({"resolved_at": None}, 45),
        ({"resolved_at": "yesterday"}, 45),
        ({"resolved_at": "2025-03-01T16:31:00"}, 45),  # no offset, so no instant
        ({"resolved_at": None, "status": None}, 45),
        ({"resolved_at": None, "incident_updates": [update(START, "investigating")]}, 0),
        ({"resolved_at": None, "status": "postmortem"}, 45),
    ],
)
def test_where_no_end_is_given_the_updates_tell_it(other: dict[str, Any], minutes: int) -> None:
    assert one(**other).resolved_at == START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"impact": "maintenance"}, "maintenance"),
        ({"status": "completed"}, "maintenance"),
        ({"scheduled_for": "2025-03-01T16:31:00Z"}, "maintenance"),
        ({"status": "monitoring", "resolved_at": None}, "still_open"),
        ({"created_at": None, "started_at": None, "incident_updates": None}, "unreadable"),
    ],
)
def test_what_is_left_out_is_counted(other: dict[str, Any], field: str) -> None:
    found = held(incident(1, **other), incident(2))
    assert [item.key for item in found.incidents] == ["x0002"]
    assert getattr(found, field) == 1
    assert found.maintenance + found.still_open + found.unreadable == 1


def test_planned_maintenance_beside_the_incidents_is_counted_too() -> None:
    assert held(incident(), 7, None, scheduled_maintenances=[{}, {}]).maintenance == 2
    assert held(incident(), 7, None).unreadable == 2


def test_an_entry_without_an_id_always_gets_the_same_one() -> None:
    assert one(id=None).key == one(id="").key != one(id=None, name="another").key
    assert one(id=42).key == "42"


def test_the_same_entry_twice_in_a_file_is_one_incident() -> None:
    assert len(held(incident(1), incident(1), incident(2)).incidents) == 2


def test_a_bare_list_in_another_encoding_is_read_too() -> None:
    assert len(read(json.dumps([incident()]).encode("utf-16")).incidents) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON, line 1"),
        (b"<html>", "not JSON"),
        (b'{"incidents": 7}', "no list"),
        (b"{}", "no list"),
        (b"12", "no list"),
        (b"[" * 200_000, "too deep"),
        (b"9" * 5_000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
    ],
)
def test_a_file_without_incidents_says_so(data: bytes, said: str) -> None:
    with pytest.raises(NoHistory, match=said):
        read(data)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
stamps = st.datetimes().map(lambda at: at.isoformat() + "+14:00") | anything
updates = st.fixed_dictionaries(
    {}, optional={"status": anything, "body": anything, "display_at": stamps, "created_at": stamps}
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "id": anything,
        "name": anything,
        "status": st.sampled_from(["resolved", "monitoring"]) | anything,
        "impact": anything,
        "created_at": stamps,
        "started_at": stamps,
        "resolved_at": stamps,
        "updated_at": stamps,
        "incident_updates": st.lists(updates | anything, max_size=4) | anything,
        "components": st.lists(st.fixed_dictionaries({"name": anything}) | anything, max_size=3) | anything,
    },
)


@given(st.lists(entries | anything, max_size=5))
def test_whatever_the_file_holds_is_an_incident_in_order_or_counted(found: list[Any]) -> None:
    history = read(json.dumps({"incidents": found}).encode())
    for item in history.incidents:
        assert item.title
        assert item.detected_at <= item.resolved_at
        assert item.began_at is None or item.began_at < item.detected_at
        assert list(item.updates) == sorted(item.updates, key=lambda update: update.at)
    left_out = history.maintenance + history.still_open + history.unreadable
    assert len(history.incidents) + left_out <= len(found)


@given(st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(NoHistory):
        assert isinstance(read(data), History)
