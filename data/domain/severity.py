"""Severities and the classification questions (guide: Severity Levels)."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """P0 critical to P3 low; smaller is worse, so ``min`` picks the worse one."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"

    @property
    def word(self) -> str:
        """The guide's word: critical, high, medium, low."""
        return _WORDS[self]

    @property
    def meaning(self) -> str:
        """What the guide says belongs here."""
        return _MEANINGS[self]

    @property
    def major(self) -> bool:
        """P0 and P1: what people are woken for."""
        return self <= Severity.P1


_WORDS = {Severity.P0: "critical", Severity.P1: "high", Severity.P2: "medium", Severity.P3: "low"}
_MEANINGS = {
    Severity.P0: "Service completely down, data loss, security breach",
    Severity.P1: "Major feature unavailable, significant performance degradation",
    Severity.P2: "Minor feature unavailable, moderate performance impact",
    Severity.P3: "Cosmetic issues, minor bugs",
}


def worse(first: Severity, *others: Severity) -> Severity:
    """Return the most severe of those given."""
    return min((first, *others))


@dataclass(frozen=True, slots=True)
class Question:
    """One classification question with its answers, worst first: (answer, severity)."""

    id: str
    text: str
    answers: tuple[tuple[str, Severity], ...]


UNSURE = "not sure"

QUESTIONS: tuple[Question, ...] = (
    Question(
        "loss",
        "Data loss or a security breach?",
        (("yes", Severity.P0), ("no", Severity.P3)),
    ),
    Question(
        "down",
        "Is the service down?",
        (
            ("completely", Severity.P0),
            ("badly degraded", Severity.P1),
            ("somewhat slow", Severity.P2),
            ("no", Severity.P3),
        ),
    ),
    Question(
        "feature",
        "Is a feature unavailable?",
        (
            ("a major one", Severity.P1),
            ("a minor one", Severity.P2),
            ("cosmetic only", Severity.P3),
            ("no", Severity.P3),
        ),
    ),
    Question(
        "affected",
        "Who is affected?",
        (("most customers", Severity.P1), ("some customers", Severity.P2), ("nobody outside", Severity.P3)),
    ),
)


@dataclass(frozen=True, slots=True)
class Classification:
    """A proposed severity and the answer that decided it."""

    severity: Severity
    reason: str


def classify(answers: dict[str, str]) -> Classification:
    """Propose a level from answers by question id; in doubt the higher one.

    "not sure" counts as the worst answer of its question: a breach that cannot be ruled out is
    handled as one until it is.
    An unknown question or answer raises ValueError.
    """
    known = {question.id: question for question in QUESTIONS}
    best: Classification | None = None
    for key, answer in answers.items():
        question = known.get(key)
        if question is None:
            raise ValueError(f"no such question: {key}")
        if answer == UNSURE:
            severity = question.answers[0][1]
        else:
            by_answer = dict(question.answers)
            if answer not in by_answer:
                raise ValueError(f"{key}: {answer!r} is not one of {', '.join(by_answer)}")
            severity = by_answer[answer]
        if best is None or severity < best.severity:
            best = Classification(severity, f"{question.text} {answer}")
    return best or Classification(Severity.P2, "nothing answered yet")
