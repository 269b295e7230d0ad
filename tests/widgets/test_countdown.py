"""The two clocks in words, at the instants where a responder looks at them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.clocks import Reading, ResponseState, UpdateState
from data.views import BoardRow
from tests.widgets.room import CHECKOUT, EXPORT, NOW, PAYMENTS, SEARCH, span
from widgets.countdown import (
    CLOCK_WIDTH,
    NARROW_CLOCK_WIDTH,
    is_late,
    opens_text,
    response_text,
    update_text,
)

DUE = NOW + span("15:00")
OPEN = SEARCH._replace(response_due=DUE, response_warn_at=NOW + span("12:00"), response_took=None)


@pytest.mark.parametrize(
    ("row", "at", "says", "tone"),
    [
        (OPEN, NOW, "in 15:00", ""),
        (OPEN, NOW + span("11:59"), "in 03:01", ""),
        (OPEN, NOW + span("12:00"), "soon 03:00", "soon"),
        (OPEN, DUE, "soon 00:00", "soon"),
        (OPEN, DUE + span("00:01"), "LATE 00:01", "late"),
        (OPEN, DUE + span("1:02:03"), "LATE 1:02:03", "late"),
        (OPEN._replace(response_strict=True), DUE, "LATE 00:00", "late"),
        (OPEN._replace(response_took=span("02:10")), DUE + span("09:00"), "met 02:10", "met"),
        (
            OPEN._replace(response_took=span("17:02"), response_breached=True),
            DUE + span("09:00"),
            "breached 17:02",
            "breached",
        ),
        (
            OPEN._replace(response_took=span("1:17:02"), response_breached=True),
            DUE,
            "breached 1h17m",
            "breached",
        ),
        (OPEN._replace(response_due=None), NOW, "—", "muted"),
    ],
)
def test_the_response_clock_says_how_it_stands(row: BoardRow, at: datetime, says: str, tone: str) -> None:
    assert response_text(row, at) == (says, tone)


@pytest.mark.parametrize(
    ("row", "at", "says", "tone"),
    [
        (CHECKOUT, NOW, "in 12:44", ""),
        (CHECKOUT, NOW + span("12:44"), "in 00:00", ""),
        (CHECKOUT, NOW + span("15:54"), "LATE 03:10", "late"),
        (EXPORT, NOW, "in 2:51:09", ""),
        (CHECKOUT._replace(update_due=NOW + timedelta(days=3, hours=4)), NOW, "in 3d 04h", ""),
        (
            CHECKOUT._replace(update_snoozed=True, update_due=NOW + span("05:00")),
            NOW,
            "snoozed 05:00",
            "snoozed",
        ),
        (CHECKOUT._replace(update_snoozed=True), NOW + span("12:45"), "LATE 00:01", "late"),
        (CHECKOUT._replace(update_due=None), NOW, "stopped", "muted"),
    ],
)
def test_the_update_clock_says_when_people_hear_next(
    row: BoardRow, at: datetime, says: str, tone: str
) -> None:
    assert update_text(row, at) == (says, tone)


@pytest.mark.parametrize(
    ("reading", "says", "tone"),
    [
        (None, "—", "muted"),
        (Reading(ResponseState.RUNNING, DUE), "in 15:00", ""),
        (Reading(ResponseState.WARNING, NOW + span("00:48")), "soon 00:48", "soon"),
        (Reading(ResponseState.LATE, NOW - span("01:22")), "LATE 01:22", "late"),
        (Reading(ResponseState.MET, DUE, span("02:10")), "met 02:10", "met"),
        (Reading(ResponseState.BREACHED, DUE, span("17:02")), "breached 17:02", "breached"),
    ],
)
def test_a_reading_of_the_rules_says_the_same_as_a_row(reading: Reading | None, says: str, tone: str) -> None:
    assert response_text(reading, NOW) == (says, tone)


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (Reading(UpdateState.RUNNING, DUE, audience="support"), "in 15:00"),
        (Reading(UpdateState.RUNNING, DUE, snoozed=True), "snoozed 15:00"),
        (Reading(UpdateState.OVERDUE, NOW - span("03:10")), "LATE 03:10"),
        (Reading(UpdateState.STOPPED, None), "stopped"),
    ],
)
def test_a_reading_of_an_audience_says_when_it_hears_next(reading: Reading, says: str) -> None:
    assert update_text(reading, NOW).text == says


@pytest.mark.parametrize(
    ("row", "at", "width", "says"),
    [
        (PAYMENTS, NOW, CLOCK_WIDTH, "opens in 01:40"),
        (PAYMENTS, NOW, NARROW_CLOCK_WIDTH, "opens 01:40"),
        (PAYMENTS, NOW + span("01:40"), CLOCK_WIDTH, "opens now"),
        (PAYMENTS._replace(opens_at=None), NOW, CLOCK_WIDTH, "waits"),
    ],
)
def test_a_proposal_says_when_it_opens_by_itself(row: BoardRow, at: datetime, width: int, says: str) -> None:
    assert opens_text(row, at, width).text == says


def test_late_counts_incidents_with_either_clock_past_its_due() -> None:
    assert [is_late(row, NOW) for row in (CHECKOUT, SEARCH, PAYMENTS, EXPORT)] == [False, True, False, False]
    assert is_late(CHECKOUT, NOW + span("12:45"))


@given(
    st.integers(-40_000_000, 40_000_000),
    st.sampled_from([CLOCK_WIDTH, NARROW_CLOCK_WIDTH]),
    st.booleans(),
    st.booleans(),
)
def test_whatever_the_span_a_clock_fits_its_column(
    seconds: int, width: int, stopped: bool, flag: bool
) -> None:
    due = NOW + timedelta(seconds=seconds)
    took = timedelta(seconds=abs(seconds)) if stopped else None
    row = OPEN._replace(
        response_due=due,
        response_took=took,
        response_breached=flag,
        update_due=due,
        update_snoozed=flag,
    )
    for said in (response_text(row, NOW, width), update_text(row, NOW, width)):
        assert len(said.text) <= width
    assert len(opens_text(PAYMENTS._replace(opens_at=due), NOW, width).text) <= width
