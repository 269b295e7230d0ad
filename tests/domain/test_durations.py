"""Durations in the configuration and on the command line, and spans on screen."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.durations import LONGEST, age, brief, format_duration, parse_duration, spoken

durations = st.integers(1, 366 * 86_400_000).map(lambda count: timedelta(milliseconds=count))
spans = st.timedeltas()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("250ms", timedelta(milliseconds=250)),
        ("1d2h3m4s5ms", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)),
        ("1m250ms", timedelta(seconds=60, milliseconds=250)),
        (" 1H 30M ", timedelta(hours=1, minutes=30)),
        ("0h5m", timedelta(minutes=5)),
        ("366d", LONGEST),
        ("8784h", LONGEST),
    ],
)
def test_a_duration_as_people_write_it(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("soon", "'soon' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("30", "'30' is not a duration (a number needs a unit): write 90s, 5m, 1h30m or 2d"),
        ("-5m", "'-5m' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("1.5h", "'1.5h' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("30m1h", "'30m1h' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("5m5m", "'5m5m' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("٣m", "'٣m' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("0s", "'0s' is no time at all: a duration must be longer than zero"),
        ("366d1ms", "'366d1ms' is too long: a duration is at most 366 days"),
        ("999999999d", "'999999999d' is too long: a duration is at most 366 days"),
        ("\x1b[2J", r"'\x1b[2J' is not a duration: write 90s, 5m, 1h30m or 2d"),
        ("9" * 5000 + "s", f"'{'9' * 39}…' is not a duration: write 90s, 5m, 1h30m or 2d"),
    ],
)
def test_anything_else_is_answered_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(seconds=90), "1m30s"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(hours=24), "1d"),
        (timedelta(days=3, milliseconds=20), "3d20ms"),
        (timedelta(milliseconds=1250), "1s250ms"),
        (timedelta(seconds=1, microseconds=999), "1s"),
    ],
)
def test_a_duration_in_an_exported_configuration(duration: timedelta, expected: str) -> None:
    assert format_duration(duration) == expected


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(seconds=-1), timedelta(microseconds=999)])
def test_no_duration_is_written_that_could_not_be_read(duration: timedelta) -> None:
    with pytest.raises(ValueError, match="longer than zero"):
        format_duration(duration)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(seconds=1.5), "1.5s"),
        (timedelta(seconds=1, milliseconds=50), "1.05s"),
        (timedelta(milliseconds=250), "250ms"),
        (timedelta(seconds=5), "5s"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(minutes=2, seconds=5.25), "2m5.25s"),
        (timedelta(days=2), "2d"),
        (timedelta(0), "0s"),
        (timedelta(microseconds=999), "0s"),
        (timedelta(seconds=-1), "0s"),
    ],
)
def test_a_duration_on_a_screen(duration: timedelta, expected: str) -> None:
    assert spoken(duration) == expected


@given(st.integers(1, LONGEST // timedelta(seconds=1)).map(lambda count: timedelta(seconds=count)))
def test_whole_seconds_look_the_same_on_a_screen_and_in_a_file(duration: timedelta) -> None:
    assert spoken(duration) == format_duration(duration)


@given(durations)
def test_an_exported_duration_reads_back_the_same(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@given(st.one_of(st.text(), st.text("0123456789dhms -", max_size=12)))
def test_whatever_is_typed_is_a_positive_duration_or_a_sentence(text: str) -> None:
    answer: timedelta | str
    try:
        answer = parse_duration(text)
    except ValueError as refused:
        answer = str(refused)
    assert answer.isprintable() if isinstance(answer, str) else timedelta(0) < answer <= LONGEST


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(0), "00:00"),
        (timedelta(minutes=4, seconds=40), "04:40"),
        (timedelta(minutes=59, seconds=59, milliseconds=999), "59:59"),
        (timedelta(hours=1), "1:00:00"),
        (timedelta(hours=2, minutes=51, seconds=9), "2:51:09"),
        (timedelta(hours=23, minutes=59, seconds=59), "23:59:59"),
        (timedelta(days=1), "1d 00h"),
        (timedelta(days=3, hours=4, minutes=59), "3d 04h"),
        (timedelta(minutes=-4, seconds=-40), "04:40"),
    ],
)
def test_a_clock_on_screen(span: timedelta, expected: str) -> None:
    assert brief(span) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(milliseconds=400), "0s"),
        (timedelta(seconds=48), "48s"),
        (timedelta(seconds=60), "1m"),
        (timedelta(minutes=16, seconds=59), "16m"),
        (timedelta(minutes=119), "1h"),
        (timedelta(days=3, hours=23), "3d"),
        (timedelta(days=400), "400d"),
        (timedelta(seconds=-3), "0s"),
    ],
)
def test_an_age_in_its_largest_unit(span: timedelta, expected: str) -> None:
    assert age(span) == expected


@given(spans)
def test_any_span_can_be_shown(span: timedelta) -> None:
    assert brief(span) == brief(abs(span))
    assert len(age(span)) <= len("999999999d")
