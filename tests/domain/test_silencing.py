"""Writing a silence: what people type, what it catches, when it ends."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import alert_links
from data.domain.alert import Alert
from data.domain.silence import Matcher, matchers_for
from data.domain.silencing import caught, holds, parse_end, parse_matcher
from tests.domain.alerting import START, Polled, answer, sighting

BERLIN = ZoneInfo("Europe/Berlin")
LABELS = st.text(st.characters(codec="utf-8"), max_size=20)


def alerts(*instances: str) -> tuple[Alert, ...]:
    room = Polled()
    room.poll(answer(*(sighting(instance=name) for name in instances)))
    return tuple(room.known.values())


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ("service=checkout", Matcher("service", "checkout")),
        (' service = "checkout" ', Matcher("service", "checkout")),
        ('service=~"check.*"', Matcher("service", "check.*", regex=True)),
        ("service!=checkout", Matcher("service", "checkout", equal=False)),
        ("service!~check.*", Matcher("service", "check.*", regex=True, equal=False)),
        (r'path="a \"b\" c\\d\n"', Matcher("path", 'a "b" c\\d\n')),
        ("empty=", Matcher("empty", "")),
        ('empty=""', Matcher("empty", "")),
        ("expr=a=b", Matcher("expr", "a=b")),
    ],
)
def test_a_matcher_as_people_type_it(text: str, matcher: Matcher) -> None:
    assert parse_matcher(text) == matcher


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("checkout", "'checkout' is no matcher: write one like service=\"checkout\""),
        ("=checkout", "is no matcher"),
        ('service="checkout', "lacks its second quotation mark"),
        ('service="', "lacks its second quotation mark"),
        ('service="a"b"', "lacks its second quotation mark"),
        (r'service="a\"', "lacks its second quotation mark"),
        ("service=~(", "'(' is no regular expression"),
        ("service=~" + "a" * 1001, "at most 1000 characters"),
        ("x" * 500, "…"),
    ],
)
def test_what_is_no_matcher_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as caught_error:
        parse_matcher(text)
    assert len(str(caught_error.value)) < 120


@given(LABELS, st.booleans())
def test_what_is_written_is_read_again(value: str, equal: bool) -> None:
    matcher = Matcher("name", value, equal=equal)
    assert parse_matcher(matcher.text) == matcher


@pytest.mark.parametrize(
    ("matcher", "value", "fits"),
    [
        (Matcher("a", "x"), "x", True),
        (Matcher("a", "x"), "xy", False),
        (Matcher("a", "x", equal=False), "y", True),
        (Matcher("a", "x.*", regex=True), "xyz", True),
        (Matcher("a", "x", regex=True), "xyz", False),
        (Matcher("a", "x|y", regex=True), "y", True),
        (Matcher("a", "x.*", regex=True, equal=False), "abc", True),
        (Matcher("a", ""), "", True),
        (Matcher("a", ".+", regex=True), "", False),
    ],
)
def test_a_matcher_holds_of_the_whole_value(matcher: Matcher, value: str, fits: bool) -> None:
    assert holds(matcher, value) is fits


def test_a_silence_catches_what_fires_and_fits_all_of_it() -> None:
    one, two, three = alerts("db-1", "db-2", "db-3")
    two = replace(two, cleared_at=START)
    assert caught((Matcher("service", "checkout"),), (one, two, three)) == (one, three)
    assert caught((Matcher("service", "checkout"), Matcher("instance", "db-1")), (one, two, three)) == (one,)
    assert caught((Matcher("zone", "", equal=True),), (one,)) == (one,), "a label it lacks is empty"
    assert caught((Matcher("service", "search"),), (one, two, three)) == ()


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=4))
def test_what_is_proposed_for_alerts_catches_every_one_of_them(pairs: list[tuple[str, str]]) -> None:
    (one,) = alerts("db-1")
    found = [
        replace(one, fingerprint=str(number), labels={"alertname": name or "A", "x": value})
        for number, (name, value) in enumerate(pairs)
    ]
    matchers = matchers_for(item.labels for item in found)
    assert caught(matchers, found) == tuple(found)
    assert caught([parse_matcher(item.text) for item in matchers], found) == tuple(found)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("1h", START + timedelta(hours=1)),
        ("90m", START + timedelta(minutes=90)),
        ("15:30", datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
        ("13:30", datetime(2026, 11, 25, 12, 30, tzinfo=UTC)),
        ("15:30Z", datetime(2026, 11, 24, 15, 30, tzinfo=UTC)),
        ("2026-11-24T16:00:00Z", datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
    ],
)
def test_its_end_is_a_span_or_a_time_of_day(text: str, ends: datetime) -> None:
    assert parse_end(text, START, BERLIN) == ends


@pytest.mark.parametrize(
    ("text", "says"), [("", "is not a duration"), ("soon", "is not a duration"), ("25:00", "time of day")]
)
def test_what_is_no_end_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_end(text, START, BERLIN)


def test_the_pages_of_an_alert() -> None:
    (one,) = alerts("db-1")
    notes = {
        "summary": "see https://x.example for more",
        "runbook_url": "https://runbooks.example/db",
        "dashboard": "https://grafana.example/d/1",
        "panelURL": "https://grafana.example/d/1?panel=2",
        "wiki": "http://wiki.example/DB",
        "silenceURL": "https://runbooks.example/db",
        "evil": "javascript:alert(1)",
        "spaces": "https://a.example/ x",
        "broken": "http://[",
        "empty": "",
    }
    found = alert_links.pages(replace(one, url="http://prometheus.example/graph", annotations=notes))
    assert [(page.kind, page.words) for page in found] == [
        ("source", "source"),
        ("runbook", "runbook"),
        ("dashboard", "dashboard"),
        ("dashboard", "dashboard"),
        ("page", "wiki"),
    ]
    assert alert_links.pages(one) == ()
