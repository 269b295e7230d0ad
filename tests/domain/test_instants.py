"""Points in time as responders type them at three in the morning, and as the record shows them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.instants import format_instant, parse_instant, t_plus, utc

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 14, 3, 27, tzinfo=UTC)  # 15:03:27 in Berlin

earliest, latest = NOW.replace(year=1, tzinfo=None), NOW.replace(year=9999, tzinfo=None)
instants = st.datetimes(earliest, latest, timezones=st.timezones())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T13:46:11Z", "2026-11-24T13:46:11+00:00"),
        ("2026-11-24t13:46:11z", "2026-11-24T13:46:11+00:00"),
        ("2026-11-24 13:46:11Z", "2026-11-24T13:46:11+00:00"),
        ("2026-11-24T13:46Z", "2026-11-24T13:46:00+00:00"),
        ("2026-12-01T22:00:00+01:00", "2026-12-01T21:00:00+00:00"),
        ("2026-12-01T22:00:00-0530", "2026-12-02T03:30:00+00:00"),
        ("2026-11-24T13:46:11.123456789Z", "2026-11-24T13:46:11.123456+00:00"),
        ("2026-11-24T13:46:11.5Z", "2026-11-24T13:46:11.500000+00:00"),
        ("15:30", "2026-11-24T14:30:00+00:00"),
        ("15:03", "2026-11-25T14:03:00+00:00"),
        ("9:05", "2026-11-25T08:05:00+00:00"),
        ("15:03:28", "2026-11-24T14:03:28+00:00"),
        ("14:30Z", "2026-11-24T14:30:00+00:00"),
        ("00:00", "2026-11-24T23:00:00+00:00"),
        ("-20m", "2026-11-24T13:43:27+00:00"),
        ("20m ago", "2026-11-24T13:43:27+00:00"),
        ("1h 30m ago", "2026-11-24T12:33:27+00:00"),
        ("+30m", "2026-11-24T14:33:27+00:00"),
        ("in 2h", "2026-11-24T16:03:27+00:00"),
        (" now ", "2026-11-24T14:03:27+00:00"),
    ],
)
def test_what_people_write_for_an_instant(text: str, expected: str) -> None:
    parsed = parse_instant(text, NOW, BERLIN)
    assert parsed == at(expected)
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:46", "2026-11-24T13:46:00+00:00"),
        ("15:04", "2026-11-23T14:04:00+00:00"),
        ("14:03:27Z", "2026-11-24T14:03:27+00:00"),
    ],
)
def test_when_it_began_lies_in_the_past(text: str, expected: str) -> None:
    assert parse_instant(text, NOW, BERLIN, past=True) == at(expected)


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        # 02:30 is skipped on 28 March: half an hour after the change, 03:30 on the wall.
        ("02:30", "2027-03-28T00:00:00+00:00", "2027-03-28T01:30:00+00:00"),
        # 02:30 comes twice on 31 October; the next one counts.
        ("02:30", "2027-10-31T00:00:00+00:00", "2027-10-31T00:30:00+00:00"),
        ("02:30", "2027-10-31T00:45:00+00:00", "2027-10-31T01:30:00+00:00"),
        ("02:30", "2027-10-31T01:45:00+00:00", "2027-11-01T01:30:00+00:00"),
        # Across the change the wall counts, not 24 hours.
        ("09:00", "2027-10-30T20:00:00+00:00", "2027-10-31T08:00:00+00:00"),
    ],
)
def test_wall_clock_times_around_the_clock_changes(text: str, now: str, expected: str) -> None:
    assert parse_instant(text, at(now), BERLIN) == at(expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "2026-11-24T13:46:11",
            "'2026-11-24T13:46:11' names no zone: end it with Z or an offset like +01:00",
        ),
        ("2026-11-24", "'2026-11-24' needs a time of day and a zone: write 2026-11-24T13:46:11Z"),
        (
            "2026-02-30T00:00:00Z",
            "'2026-02-30T00:00:00Z' is not in the calendar: check the date, the time and the offset",
        ),
        (
            "0001-01-01T00:00:00Z",  # New York has no such day
            "'0001-01-01T00:00:00Z' is not in the calendar: check the date, the time and the offset",
        ),
        (
            "0001-01-01T00:00:00+23:00",
            "'0001-01-01T00:00:00+23:00' is not in the calendar: check the date, the time and the offset",
        ),
        ("25:00", "'25:00' is not a time of day: the last one is 23:59:59"),
        ("5 ago", "'5' is not a duration (a number needs a unit): write 90s, 5m, 1h30m or 2d"),
        ("20m", "'20m' is not an instant: write 2026-11-24T13:46:11Z, 13:46, 20m ago or now"),
        ("yesterday", "'yesterday' is not an instant: write 2026-11-24T13:46:11Z, 13:46, 20m ago or now"),
        ("", "'' is not an instant: write 2026-11-24T13:46:11Z, 13:46, 20m ago or now"),
        ("1767225600", "'1767225600' is not an instant: write 2026-11-24T13:46:11Z, 13:46, 20m ago or now"),
    ],
)
def test_anything_else_is_answered_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_instant(text, NOW, BERLIN)


@given(st.one_of(st.text(), st.text("0123456789-:TZ+. agoinmhs", max_size=26)))
def test_whatever_is_typed_is_an_instant_or_a_sentence(text: str) -> None:
    answer: datetime | str
    try:
        answer = parse_instant(text, NOW, BERLIN)
    except ValueError as refused:
        answer = str(refused)
    assert answer.isprintable() if isinstance(answer, str) else answer.tzinfo is UTC


@given(
    instants,
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_a_time_of_day_is_within_a_day_of_now(now: datetime, hour: int, minute: int, zone: str) -> None:
    text = f"{hour:02}:{minute:02}"
    following = parse_instant(text, now, ZoneInfo(zone))
    before = parse_instant(text, now, ZoneInfo(zone), past=True)
    assert before <= now < following
    assert max(following - now, now - before) <= timedelta(hours=26)


@given(instants)
def test_the_written_form_reads_back_to_the_second(instant: datetime) -> None:
    written = format_instant(instant)
    parsed = parse_instant(written, NOW, BERLIN)
    assert len(written) == len("2026-11-24T13:46:11Z")
    assert parsed == utc(instant).replace(microsecond=0)


def test_an_instant_in_another_zone_is_written_in_utc() -> None:
    local = datetime(2026, 11, 24, 14, 46, 11, 900_000, tzinfo=timezone(timedelta(hours=1)))
    assert format_instant(local) == "2026-11-24T13:46:11Z"
    assert utc(local).tzinfo is UTC


def test_a_naive_time_is_no_instant() -> None:
    naive = NOW.replace(tzinfo=None)
    for use in (utc, format_instant, lambda instant: parse_instant("now", instant, BERLIN)):
        with pytest.raises(ValueError, match="an instant needs a time zone"):
            use(naive)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(0), "T+00:00"),
        (timedelta(minutes=17, seconds=16), "T+17:16"),
        (timedelta(hours=2, minutes=3, seconds=11), "T+2:03:11"),
        (timedelta(days=3, hours=4), "T+3d 04h"),
        (timedelta(minutes=-2), "T-02:00"),
        (timedelta(milliseconds=-400), "T+00:00"),
    ],
)
def test_time_since_detection(span: timedelta, expected: str) -> None:
    assert t_plus(span) == expected
