"""A drill is judged by the guide: what was kept, what was missed, and what is still open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.domain.drill import HINT_COSTS, Expected, Kept, Mark, Played, Scenario, Score
from data.domain.drill_score import score
from data.domain.incident import PHASES, Disposition, Status, Step, StepState
from data.domain.severity import Severity
from tests.domain.room import GUIDE, Room, done

P0, P1, P2, P3 = Severity
SCENARIO = Scenario(
    id="database",
    title="Orders cannot be written",
    brief="",
    cause="",
    lasts=timedelta(minutes=20),
    expected=Expected(P0, ("checkout-db",), "database-issues", "the shop is down"),
    turns=(),
    hints=("one", "two", "three"),
)
STEPS = (
    *(Step(f"p{n}", "process", phase, f"step of {phase}") for n, phase in enumerate(PHASES)),
    Step("db1", "database-issues", "Database Issues", "Check connection pools"),
)


def opened(severity: Severity = P0, **known: Any) -> Room:
    """Return a room in which the incident was declared."""
    room = Room()
    done(
        room.declare(
            "checkout-db is down", severity, **{"services": ("checkout-db",), "steps": STEPS} | known
        )
    )
    return room


def judged(room: Room, *, final: bool = True, hints: int = 0) -> Score:
    played = Played(room.incident, tuple(room.history()), hints)
    return score(SCENARIO, played, GUIDE, room.now, final=final)


def marks(room: Room, what: str, *, final: bool = True) -> list[Mark]:
    return [mark for mark in judged(room, final=final).marks if mark.what == what]


def only(room: Room, what: str, *, final: bool = True) -> tuple[str, str]:
    (mark,) = marks(room, what, final=final)
    return mark.state.value, mark.text


def handled() -> Room:
    """Return the room of a team that does everything right."""
    room = opened().later(2)
    done(room.acknowledge())
    done(room.update())
    for step in STEPS[:-2]:
        done(room.step(step.id, StepState.DONE))
    done(room.later(20).step("db1", StepState.SKIPPED, why="pools are fine"))
    done(room.resolve())
    done(room.update())
    return room


def test_who_does_everything_right_gets_every_point() -> None:
    found = judged(handled())
    assert {mark.state for mark in found.marks} == {Kept.KEPT}
    assert found.points == 100
    assert [mark.what for mark in found.marks] == [
        *("acknowledge", "severity", "service", "update", "update", "update", "update"),
        *("steps", "steps", "steps", "steps", "steps", "runbook", "resolve"),
    ]
    assert all(mark.rule.startswith("guide: ") for mark in found.marks)


@pytest.mark.parametrize(
    ("at", "final", "says"),
    [
        (4.9, False, ("open", "not acknowledged: due in 00:06")),
        (4.9, True, ("open", "not acknowledged when the drill ended: due in 00:06")),
        (5, False, ("missed", "not acknowledged: it was due 00:00 ago")),
        (9, True, ("missed", "not acknowledged: it was due 04:00 ago")),
    ],
)
def test_nobody_acknowledges(at: float, final: bool, says: tuple[str, str]) -> None:
    assert only(opened().at(at), "acknowledge", final=final) == says


@pytest.mark.parametrize(
    ("severity", "at", "says"),
    [
        (P0, 2, ("kept", "acknowledged after 02:00, there were 5m")),
        (P0, 5, ("missed", "acknowledged after 05:00, there were 5m")),
        (P1, 15, ("kept", "acknowledged after 15:00, there were 15m")),
        (P1, 16, ("missed", "acknowledged after 16:00, there were 15m")),
    ],
)
def test_the_acknowledgement_is_held_against_its_due(
    severity: Severity, at: float, says: tuple[str, str]
) -> None:
    room = opened(severity).at(at)
    done(room.acknowledge())
    assert only(room, "acknowledge") == says


def _confirms(room: Room) -> None:
    done(room.acknowledge())


def _raises(room: Room) -> None:
    done(room.at(3).severity(P0))


def _lowers(room: Room) -> None:
    done(room.severity(P1))


@pytest.mark.parametrize(
    ("severity", "confirmed", "does", "final", "says"),
    [
        (P0, True, None, True, ("kept", "P0 critical, as it should be")),
        (P0, False, None, True, ("missed", "P0 critical fits, but nobody confirmed it")),
        (P0, False, None, False, ("open", "P0 critical fits, but nobody confirmed it")),
        (P0, False, _confirms, True, ("kept", "P0 critical, as it should be")),
        (P2, True, _raises, True, ("kept", "P0 critical, as it should be, from 03:00 on")),
        (P2, True, None, True, ("missed", "left at P2, where P0 critical fits: the shop is down")),
        (P2, True, None, False, ("open", "P2 so far")),
        (P0, True, _lowers, True, ("missed", "left at P1, where P0 critical fits: the shop is down")),
    ],
)
def test_the_severity(
    severity: Severity,
    confirmed: bool,
    does: Callable[[Room], None] | None,
    final: bool,
    says: tuple[str, str],
) -> None:
    room = opened(severity, confirmed=confirmed)
    if does is not None:
        does(room)
    assert only(room, "severity", final=final) == says


def test_before_the_end_nothing_gives_the_answer_away() -> None:
    room = opened(P2, services=("checkout",), steps=())
    said = " ".join(f"{mark.text} {mark.rule}" for mark in judged(room, final=False).marks)
    for secret in ("P0", "checkout-db", "database-issues", "the shop is down"):
        assert secret not in said
    after = " ".join(mark.text for mark in judged(room).marks)
    assert "it names checkout, not checkout-db" in after
    assert "the runbook database-issues was not attached" in after


def _engineering(room: Room, *, final: bool = True) -> tuple[str, str]:
    mark = marks(room, "update", final=final)[0]
    return mark.state.value, mark.text


def test_every_audience_is_counted_by_itself() -> None:
    room = opened().later(10)
    done(room.update("engineering"))
    done(room.at(45).update("engineering"))
    assert _engineering(room) == ("missed", "Engineering teams: 1 of 2 updates late, by 05:00 at most")
    said = [mark.text for mark in marks(room, "update")][1:]
    assert said == [
        "Product management: an update is overdue by 15:00",
        "Customer support: an update is overdue by 15:00",
        "Executive leadership: an update is overdue by 15:00",
    ]
    assert marks(room, "update")[0].rule == "guide: Update Frequency, P0 every 30m"


def test_who_was_not_told_by_the_end_was_never_told() -> None:
    room = opened().later(10)
    assert _engineering(room, final=False) == ("open", "Engineering teams: not told yet, due in 20:00")
    assert _engineering(room) == ("missed", "Engineering teams: never told")
    done(room.update())
    assert _engineering(room) == ("kept", "Engineering teams: 1 update, each in time")


def test_a_final_update_does_not_make_up_for_one_that_was_missing() -> None:
    room = opened().at(50)
    done(room.acknowledge())
    done(room.resolve())
    assert _engineering(room) == ("missed", "Engineering teams: an update is overdue by 20:00")
    done(room.at(70).update())
    assert _engineering(room) == ("missed", "Engineering teams: 1 of 1 update late, by 20:00 at most")


def test_a_snoozed_update_is_no_late_one() -> None:
    room = opened().later(20)
    done(room.snooze(40))
    done(room.at(55).update())
    assert _engineering(room)[0] == "kept"


def test_the_checklist_is_told_by_phase_and_without_what_comes_after() -> None:
    room = opened()
    done(room.step("p2", StepState.DONE))
    found = {mark.text: (mark.state.value, mark.rule) for mark in marks(room, "steps")}
    assert found == {
        "Detection & Alerting: 0 of 1 step done; left: step of Detection & Alerting": (
            "missed",
            "guide: Detection & Alerting",
        ),
        "Initial Response: 0 of 1 step done; left: step of Initial Response": (
            "missed",
            "guide: Initial Response",
        ),
        "Investigation: 1 of 1 step done": ("kept", "guide: Investigation"),
        "Resolution: 0 of 1 step done; left: step of Resolution": ("missed", "guide: Resolution"),
        "Database Issues: 0 of 1 step done; left: Check connection pools": (
            "missed",
            "guide: Common Scenarios, Database Issues",
        ),
    }
    assert {mark.state for mark in marks(room, "steps", final=False)} == {Kept.OPEN, Kept.KEPT}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (Disposition.FIXED, ("kept", "resolved after 12:00")),
        (Disposition.WORKAROUND, ("kept", "resolved after 12:00")),
        (Disposition.FALSE_ALARM, ("missed", "called a false alarm, and it was none")),
    ],
)
def test_how_it_ended(how: Disposition, says: tuple[str, str]) -> None:
    room = opened()
    assert only(room, "resolve", final=False) == ("open", "not resolved yet")
    assert only(room, "resolve") == ("missed", "not resolved when the drill ended")
    done(room.at(12).resolve(how))
    assert only(room, "resolve") == says


def test_resolved_while_it_still_failed() -> None:
    from data.domain import lifecycle

    room = opened().at(12)
    done(
        room.do(
            lambda it: lifecycle.resolve(
                it, Disposition.FIXED, "ada", room.now, why="looks fine", still=("checkout-db",)
            )
        )
    )
    assert only(room, "resolve") == ("missed", "resolved after 12:00 while checkout-db still failed")


def test_a_lapse_is_missed() -> None:
    room = opened()
    assert marks(room, "held") == []
    done(room.acknowledge())
    room.at(70).keeper()
    assert only(room, "held")[0] == "missed"


@pytest.mark.parametrize(
    ("dismissed", "final", "says"),
    [
        ((), False, ("open", "no incident was opened: nobody declared or confirmed one")),
        ((), True, ("missed", "no incident was opened: nobody declared or confirmed one")),
        (("PR-1",), False, ("missed", "PR-1 was dismissed as a false alarm, and it was none")),
    ],
)
def test_no_incident_at_all(dismissed: tuple[str, ...], final: bool, says: tuple[str, str]) -> None:
    found = score(SCENARIO, Played(None, dismissed=dismissed), GUIDE, Room().now, final=final)
    assert [(mark.state.value, mark.text) for mark in found.marks] == [says]
    assert found.points == 0


def test_hints_cost_points_and_never_more_than_there_are() -> None:
    assert judged(handled(), hints=2).points == 100 - 2 * HINT_COSTS
    assert judged(opened(P2).at(90), hints=3).points == 0


def test_a_reopened_incident_is_not_over() -> None:
    room = handled()
    done(room.later(1).status(Status.FIXING, why="it is back"))
    assert only(room, "resolve", final=False) == ("open", "not resolved yet")
