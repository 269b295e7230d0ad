"""A drill's score and its scenario as lines of text and as JSON."""

from collections.abc import Iterator
from datetime import timedelta
from textwrap import wrap
from typing import Any

from data.domain.drill import Kept, Scenario, Score
from data.domain.durations import brief, spoken
from data.domain.words import count
from data.text_table import Line, Part, line

_WORDS = {Kept.KEPT: ("kept", "good"), Kept.MISSED: ("MISSED", "late"), Kept.OPEN: ("open", "soon")}
_INDENT = 8


def score_lines(scenario: Scenario, score: Score, width: int | None = None) -> Iterator[Line]:
    """Yield a score: the points, then every rule that was kept or missed, and where the guide has it.

    ``width`` is how many columns there are; None wraps nothing.
    """
    kept, missed = len(score.of(Kept.KEPT)), len(score.of(Kept.MISSED))
    hints = f"{score.hints} of {count(score.hints_of, 'hint')} taken"
    yield line(Part(f"{scenario.title}: {score.points} of 100 points", "strong"))
    yield line(f"{kept} kept, {missed} missed, {hints}")
    for mark in score.marks:
        word, tone = _WORDS[mark.state]
        first, *more = _wrapped(mark.text, width)
        yield line(Part(f"{word:<{_INDENT}}", tone), first)
        yield from (line(" " * _INDENT + text) for text in more)
        if mark.state is not Kept.KEPT:
            yield from (line(Part(" " * _INDENT + text, "head")) for text in _wrapped(mark.rule, width))


def _wrapped(text: str, width: int | None) -> list[str]:
    return [text] if width is None else wrap(text, max(20, width - _INDENT)) or [""]


def score_json(scenario: Scenario, score: Score) -> dict[str, Any]:
    """Return a score for scripts."""
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "points": score.points,
        "hints": {"taken": score.hints, "of": score.hints_of},
        "marks": [
            {"what": mark.what, "state": mark.state.value, "text": mark.text, "rule": mark.rule}
            for mark in score.marks
        ],
        "missed": [mark.text for mark in score.of(Kept.MISSED)],
    }


def facilitator_lines(scenario: Scenario) -> Iterator[Line]:
    """Yield everything the facilitator knows and the responders do not."""
    expected = scenario.expected
    yield line(
        Part(scenario.title, "strong"), f", about {spoken(scenario.lasts)}. Not for those who respond."
    )
    for head, text in (("They are told", scenario.brief), ("The cause", scenario.cause)):
        yield ()
        yield line(Part(head, "head"))
        for row in text.splitlines():
            yield line(row)
    yield ()
    yield line(Part("What happens", "head"))
    for turn in scenario.turns:
        slow = f" {spoken(turn.latency)}" if turn.latency else ""
        yield line(f"  {_at(turn.after)}  {turn.service} {turn.mode}{slow}: {turn.why}")
    yield ()
    yield line(Part("What they should make of it", "head"))
    yield line(f"  {expected.severity} {expected.severity.word}: {expected.why or expected.severity.meaning}")
    yield line(f"  on {', '.join(expected.services)}, by the runbook {expected.runbook}")
    yield ()
    yield line(Part("What they can do", "head"))
    for remedy in scenario.remedies:
        yield line(f"  {remedy.do}{' (this heals it)' if remedy.heals else ''}: {remedy.says}")
    yield ()
    yield line(Part("Hints, in this order", "head"))
    for number, hint in enumerate(scenario.hints, start=1):
        yield line(f"  {number} {hint}")


def _at(after: timedelta) -> str:
    return f"T+{brief(after)}"
