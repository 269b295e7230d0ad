"""Severities as the guide words them, and the questions that propose one (design 3.1)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.policy import GUIDE_TIMES, Policy
from data.domain.severity import QUESTIONS, UNSURE, Severity, classify, worse
from tests.domain.stories import unhurried

P0, P1, P2, P3 = Severity


@pytest.mark.parametrize(
    ("severity", "word", "meaning", "major"),
    [
        (P0, "critical", "Service completely down, data loss, security breach", True),
        (P1, "high", "Major feature unavailable, significant performance degradation", True),
        (P2, "medium", "Minor feature unavailable, moderate performance impact", False),
        (P3, "low", "Cosmetic issues, minor bugs", False),
    ],
)
def test_severity_levels_of_the_guide(severity: Severity, word: str, meaning: str, major: bool) -> None:
    assert severity.word == word
    assert severity.meaning == meaning
    assert severity.major is major


@pytest.mark.parametrize(
    ("severity", "response", "update"),
    [
        (P0, timedelta(minutes=5), timedelta(minutes=30)),
        (P1, timedelta(minutes=15), timedelta(hours=1)),
        (P2, timedelta(hours=1), timedelta(hours=4)),
        (P3, timedelta(hours=4), timedelta(days=1)),
    ],
)
def test_response_times_and_update_frequency_of_the_guide(
    severity: Severity, response: timedelta, update: timedelta
) -> None:
    assert GUIDE_TIMES[severity].response == response
    assert GUIDE_TIMES[severity].update == update
    assert Policy().response(severity) == response
    assert Policy().cadence(severity, "anybody") == update


def test_the_worse_of_several() -> None:
    assert worse(P2, P0, P3) is P0
    assert worse(P3) is P3
    assert sorted((P3, P1, P0, P2)) == [P0, P1, P2, P3]


@pytest.mark.parametrize(
    ("answers", "severity", "because"),
    [
        ({"loss": "yes"}, P0, "Data loss or a security breach? yes"),
        ({"loss": "no", "down": "completely"}, P0, "Is the service down? completely"),
        ({"loss": "no", "down": "no", "feature": "a major one"}, P1, "Is a feature unavailable? a major one"),
        ({"down": "badly degraded"}, P1, "Is the service down? badly degraded"),
        ({"down": "somewhat slow"}, P2, "Is the service down? somewhat slow"),
        ({"feature": "a minor one", "affected": "nobody outside"}, P2, "a minor one"),
        ({"feature": "cosmetic only"}, P3, "cosmetic only"),
        ({"feature": "a minor one", "affected": "most customers"}, P1, "Who is affected? most customers"),
        ({}, P2, "nothing answered yet"),
    ],
)
def test_the_worst_answer_proposes_the_level_and_says_why(
    answers: dict[str, str], severity: Severity, because: str
) -> None:
    proposed = classify(answers)
    assert proposed.severity is severity
    assert because in proposed.reason


@pytest.mark.parametrize("question", [item.id for item in QUESTIONS])
def test_doubt_takes_the_higher_level_and_never_hides_a_worse_answer(question: str) -> None:
    worst = next(item.answers[0][1] for item in QUESTIONS if item.id == question)
    assert classify({question: UNSURE}).severity is worst
    assert (
        classify({question: UNSURE, "loss": "yes"} if question != "loss" else {"loss": "yes"}).severity is P0
    )


@unhurried
@given(
    st.fixed_dictionaries({}, optional={q.id: st.sampled_from([*dict(q.answers), UNSURE]) for q in QUESTIONS})
)
def test_one_more_answer_never_makes_it_less_severe_than_the_worst_of_them(answers: dict[str, str]) -> None:
    if answers:
        alone = [classify({key: answer}).severity for key, answer in answers.items()]
        assert classify(answers).severity is min(alone)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"weather": "bad"}, "no such question: weather"),
        ({"loss": "perhaps"}, "'perhaps' is not one of yes, no"),
    ],
)
def test_an_answer_nobody_offered_is_an_error(answers: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        classify(answers)
