"""What is stored reads back as it was (design 6)."""

import json
from datetime import UTC, datetime, time, timedelta, timezone
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.codec import decode, encode
from data.domain.incident import Cause, Incident, Ladder, Link, Response, Role, Step, UpdateClock
from data.domain.policy import Audience, Hours, Policy
from data.domain.proposal import Proposal
from data.domain.severity import Severity
from tests.domain.room import AUDIENCES, CONTACTS, LEVELS
from tests.domain.stories import unhurried

OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda count: timezone(timedelta(minutes=count)))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC) | OFFSETS)  # noqa: DTZ001 - bounds
words = st.text(st.characters(codec="utf-8"), max_size=20)
st.register_type_strategy(datetime, instants)
st.register_type_strategy(str, words)


def some(kind: type, most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.from_type(kind), max_size=most).map(tuple)


incidents = st.builds(
    Incident,
    updates=some(UpdateClock),
    ladder=st.none() | st.from_type(Ladder),
    response=st.none() | st.from_type(Response),
    roles=st.lists(st.tuples(st.sampled_from(Role), words), max_size=3).map(tuple),
    causes=some(Cause),
    links=some(Link),
    steps=some(Step),
)


@unhurried
@given(incidents)
def test_any_incident_survives_json(incident: Incident) -> None:
    stored = json.loads(json.dumps(encode(incident)))
    assert decode(Incident, stored) == incident
    assert encode(decode(Incident, stored)) == stored


@unhurried
@given(st.from_type(Proposal))
def test_any_proposal_survives_json(proposal: Proposal) -> None:
    assert decode(Proposal, json.loads(json.dumps(encode(proposal)))) == proposal


@unhurried
@given(st.timedeltas(timedelta(0), timedelta(days=366)), st.times())
def test_spans_and_wall_times_are_exact(span: timedelta, wall: time) -> None:
    assert decode(timedelta, encode(span)) == span
    assert decode(time, encode(wall)) == wall


def test_a_whole_policy_survives_json() -> None:
    office = Hours((0, 1, 2, 3, 4), time(9), time(17, 30), "Europe/Berlin")
    audience = Audience("night", "Night shift", hours=office, cadence=((Severity.P0, timedelta(hours=1)),))
    policy = Policy(audiences=(*AUDIENCES, audience), levels=LEVELS, contacts=CONTACTS)
    assert decode(Policy, json.loads(json.dumps(encode(policy)))) == policy


@unhurried
@given(instants)
def test_an_instant_is_stored_in_utc(instant: datetime) -> None:
    stored = encode(instant)
    assert stored.endswith("+00:00")
    assert decode(datetime, stored) == instant


def test_a_naive_instant_is_no_instant() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        encode(datetime(2026, 11, 24, 13, 46))  # noqa: DTZ001 - the naive one is the case


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes"])
def test_what_has_no_json_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot encode"):
        encode(value)


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        (str | None, None, None),
        (Severity | None, "P1", Severity.P1),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[Severity, timedelta], ["P0", 60], (Severity.P0, timedelta(minutes=1))),
        (dict[Severity, timedelta], {"P2": 5}, {Severity.P2: timedelta(seconds=5)}),
        (int | str, 7, 7),
        (Any, {"free": [1, 2]}, {"free": [1, 2]}),
    ],
)
def test_values_read_back_by_their_type(kind: Any, stored: object, value: object) -> None:
    assert decode(kind, stored) == value


def test_unknown_fields_of_a_newer_program_are_passed_over() -> None:
    assert decode(Link, {"kind": "ticket", "target": "T-1", "mood": "tense"}) == Link("ticket", "T-1")


def test_keys_and_enums_become_plain_text() -> None:
    class Rank(IntEnum):
        FIRST = 1

    assert json.dumps(encode({Severity.P0: Severity.P1, "rank": Rank.FIRST})) == '{"P0": "P1", "rank": 1}'
