"""What a silence must say before it may hide anything, and what it is prefilled with."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.change import Refused
from data.domain.silence import LONGEST, Matcher, matchers_for, refusal

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
DISK = Matcher("alertname", "DiskFull")
HOUR = timedelta(hours=1)


def refused(
    *matchers: Matcher,
    starts: datetime = NOW,
    ends: datetime = NOW + HOUR,
    comment: str = "known, lin is on it",
) -> str:
    found = refusal(matchers, starts=starts, ends=ends, comment=comment, now=NOW)
    assert isinstance(found, Refused)
    assert found.hint
    return found.reason


@pytest.mark.parametrize(
    ("matchers", "fields", "reason"),
    [
        ((DISK,), {"comment": ""}, "a silence needs a reason"),
        ((DISK,), {"comment": " \n"}, "a silence needs a reason"),
        ((), {}, "a silence needs at least one matcher"),
        ((Matcher("alert name", "x"),), {}, "'alert name' is not the name of a label"),
        ((Matcher("", "x"),), {}, "'' is not the name of a label"),
        ((Matcher("team", ""),), {}, "these matchers hide every alert that lacks the labels"),
        ((Matcher("team", "a", equal=False),), {}, "these matchers hide every alert that lacks the labels"),
        ((Matcher("team", ".*", regex=True),), {}, "these matchers hide every alert that lacks the labels"),
        ((DISK,), {"ends": NOW}, "the end of the silence has passed"),
        ((DISK,), {"ends": NOW - HOUR}, "the end of the silence has passed"),
        ((DISK,), {"ends": NOW + LONGEST + timedelta(seconds=1)}, "may reach 24 h ahead"),
        ((DISK,), {"starts": NOW + 2 * HOUR, "ends": NOW + HOUR}, "ends before it begins"),
    ],
)
def test_a_silence_that_says_too_little_is_refused(
    matchers: tuple[Matcher, ...], fields: dict[str, Any], reason: str
) -> None:
    assert reason in refused(*matchers, **fields)


@pytest.mark.parametrize(
    "matchers",
    [
        (DISK,),
        (Matcher("team", "", equal=False),),
        (Matcher("team", ".+", regex=True),),
        (Matcher("team", ""), DISK),
        (Matcher("name", r"\pL+", regex=True),),  # Alertmanager's expressions are not Python's
    ],
)
def test_one_that_says_what_why_and_until_when_may_be_made(matchers: tuple[Matcher, ...]) -> None:
    ends = NOW + LONGEST
    assert refusal(matchers, starts=NOW, ends=ends, comment="known", now=NOW) is None


def test_it_is_prefilled_with_what_the_group_has_in_common() -> None:
    one = {"alertname": "DiskFull", "service": "search", "instance": "a", "cluster": "prod", "empty": ""}
    two = {"cluster": "prod", "alertname": "DiskFull", "instance": "b", "service": "search", "empty": ""}
    assert [matcher.text for matcher in matchers_for([one, two])] == [
        'alertname="DiskFull"',
        'cluster="prod"',
        'service="search"',
    ]
    assert matchers_for([]) == ()


def test_different_names_are_each_named_so_that_nothing_else_is_hidden() -> None:
    made = matchers_for([{"alertname": "A.b", "service": "s"}, {"alertname": "C", "service": "s"}])
    assert [matcher.text for matcher in made] == ['alertname=~"A\\\\.b|C"', 'service="s"']


LABELS = st.dictionaries(
    st.sampled_from(["alertname", "service", "job"]), st.text(st.characters(codec="utf-8"), max_size=5)
)


@given(st.lists(LABELS, min_size=1, max_size=6))
def test_what_is_prefilled_hides_every_alert_of_the_group(alerts: list[dict[str, str]]) -> None:
    for matcher in matchers_for(alerts):
        for labels in alerts:
            value = labels.get(matcher.name, "")
            holds = re.fullmatch(matcher.value, value, re.DOTALL) if matcher.regex else value == matcher.value
            assert holds, (matcher, labels)
