"""Hard and soft states of a check (design 3.6)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.check import Outcome
from data.domain.codec import decode, encode
from data.domain.health import CheckState, Health, ShiftKind, observe, shown, stale, stale_after
from tests.domain.probing import T0, check, look, second, tell

UP, DEGRADED, DOWN, UNKNOWN = CheckState.UP, CheckState.DEGRADED, CheckState.DOWN, CheckState.UNKNOWN
stories = st.text("PWFE?", max_size=60)


@pytest.mark.parametrize(
    ("letters", "state", "tally"),
    [
        ("", UNKNOWN, ""),
        ("P", UP, ""),  # the first answer says what it is
        ("W", DEGRADED, ""),
        ("F", UNKNOWN, "1/3"),
        ("FF", UNKNOWN, "2/3"),
        ("FFP", UP, ""),
        ("FFF", DOWN, "3/3"),
        ("PF", UP, "1/3"),
        ("PFF", UP, "2/3"),
        ("PFFP", UP, ""),  # soft only
        ("PFFPFF", UP, "2/3"),  # not in a row
        ("PFFF", DOWN, "3/3"),
        ("PFEF", DOWN, "3/3"),  # whatever each failure was
        ("PFFFF", DOWN, "3/3"),
        ("PFFFP", DOWN, "1/2"),
        ("PFFFPF", DOWN, "3/3"),  # the pass alone was not enough
        ("PFFFPP", UP, ""),
        ("PFFFPFP", DOWN, "1/2"),  # two passes, but not in a row
        ("PFFFW", DOWN, "1/2"),
        ("PFFFWW", DEGRADED, ""),  # a warning brings it back, as degraded
        ("PFFFWP", DEGRADED, "1/2"),
        ("PFFFWPP", UP, ""),
        ("PFFFPW", DEGRADED, ""),
        ("PW", UP, "1/3"),  # one slow answer is not a slow service
        ("PWWP", UP, ""),
        ("PWWW", DEGRADED, ""),
        ("PFWF", DEGRADED, "1/3"),  # never right, never three failures: degraded
        ("PWWWP", DEGRADED, "1/2"),
        ("PWWWPP", UP, ""),
        ("PWWWFF", DEGRADED, "2/3"),
        ("PWWWFFF", DOWN, "3/3"),
        ("?", UNKNOWN, ""),
        ("P???", UP, ""),
        ("PF?F?F", DOWN, "3/3"),  # inconclusive neither counts nor interrupts
        ("PFFF?????", DOWN, "3/3"),
        ("PFFFP?P", UP, ""),
    ],
)
def test_states_are_soft_until_enough_results_in_a_row(letters: str, state: CheckState, tally: str) -> None:
    health, _ = tell(check(), letters)
    assert (health.state, health.tally(check())) == (state, tally)


@pytest.mark.parametrize(
    ("letters", "kinds"),
    [
        ("P", ""),  # nothing to tell: it works
        ("W", "degraded"),
        ("PFF", ""),
        ("PFFF", "down"),
        ("PFFFFFF", "down"),
        ("PFFFPP", "down up"),
        ("PFFFWWPP", "down degraded up"),
        ("PWWWPP", "degraded up"),
        ("FFF", "down"),
        ("PFPFPFP", "flapping"),
        ("PFPFPFP" + "P" * 18, "flapping steady"),
    ],
)
def test_each_change_is_told_once(letters: str, kinds: str) -> None:
    _, shifts = tell(check(), letters)
    assert [shift.kind for shift in shifts] == kinds.split()


def test_a_shift_says_when_the_trouble_began_and_how_long_it_lasted() -> None:
    health, (down, up) = tell(check(), "PPFFFFWW")
    assert down.kind is ShiftKind.DOWN
    assert (down.began, down.at) == (second(20), second(40))
    assert down.lasted == timedelta(seconds=40)  # it had been up
    assert down.fails
    assert not down.clears
    assert (up.kind, up.after) == (ShiftKind.DEGRADED, DEGRADED)
    assert up.clears
    assert not up.fails
    assert up.lasted == timedelta(seconds=30)
    assert health.since == up.at == second(70)


def test_a_check_may_ask_for_other_counts() -> None:
    strict = check(fail_after=1, ok_after=1)
    assert tell(strict, "PF")[0].state is DOWN
    assert tell(strict, "PFP")[0].state is UP
    patient = check(fail_after=25, ok_after=30)
    assert tell(patient, "P" + "F" * 24)[0].state is UP
    assert tell(patient, "P" + "F" * 25 + "P" * 29)[0].state is DOWN
    assert tell(patient, "P" + "F" * 25 + "P" * 30)[0].state is UP


def test_the_health_of_another_check_is_refused() -> None:
    with pytest.raises(ValueError, match="search-api"):
        observe(check(), Health("search-api"), look("P"))


@given(stories)
def test_a_health_survives_its_store_row(letters: str) -> None:
    health, _ = tell(check(), letters)
    assert decode(Health, json.loads(json.dumps(encode(health)))) == health


@given(stories, st.integers(1, 5))
def test_an_inconclusive_look_moves_nothing(letters: str, times: int) -> None:
    before, _ = tell(check(), letters)
    after, shifts = tell(check(), "?" * times, before, second(1000))
    assert shifts == []
    assert replace(after, last=before.last) == before


@given(stories, st.integers(1, 6))
def test_never_down_without_enough_failures_in_a_row(letters: str, fail_after: int) -> None:
    of = check(fail_after=fail_after)
    health = Health(of.id)
    for number, letter in enumerate(letters):
        health, shifts = tell(of, letter, health, second(10 * number))
        counted = letters[: number + 1].replace("?", "").replace("E", "F")
        if any(shift.fails for shift in shifts):
            assert counted.endswith("F" * fail_after)
        if counted.endswith("F" * fail_after):
            assert health.down


@given(stories, st.integers(1, 6))
def test_down_until_enough_passes_in_a_row(letters: str, ok_after: int) -> None:
    of = check(ok_after=ok_after)
    health, _ = tell(of, "FFF")
    for number, letter in enumerate(letters):
        was_down = health.down
        health, _ = tell(of, letter, health, second(100 + 10 * number))
        counted = "FFF" + letters[: number + 1].replace("?", "").replace("W", "P")
        if was_down:
            assert health.down is not counted.endswith("P" * ok_after)


@given(stories, st.text("PWFE?", min_size=1, max_size=5), st.floats(0, 1000))
def test_a_late_or_repeated_result_changes_nothing(letters: str, late: str, behind: float) -> None:
    health, _ = tell(check(), letters or "P")
    assert health.last is not None
    for letter in late:
        stray = look(letter, health.last.at - timedelta(seconds=behind))
        assert observe(check(), health, stray) == (health, ())


@given(stories)
def test_the_state_follows_from_the_shifts(letters: str) -> None:
    health, shifts = tell(check(), "P" + letters)
    state = UP
    for shift in shifts:
        assert shift.before is state or shift.kind in (ShiftKind.FLAPPING, ShiftKind.STEADY)
        state = shift.after
    assert state is health.state


def test_a_result_too_old_is_unknown_never_fine() -> None:
    of = check(every=timedelta(seconds=30), timeout=timedelta(seconds=5))
    health, _ = tell(of, "P")
    assert stale_after(of) == timedelta(seconds=65)
    assert shown(of, health, second(65)) is UP
    assert shown(of, health, second(65.001)) is UNKNOWN
    assert health.state is UP  # hidden from the eye, not forgotten


@pytest.mark.parametrize(
    ("letters", "seen"),
    [("", UNKNOWN), ("P", UP), ("P?", UNKNOWN), ("PFFF?", UNKNOWN), ("P?P", UP), ("PFF", UP), ("F", UNKNOWN)],
)
def test_what_the_eye_sees_right_after_the_last_look(letters: str, seen: CheckState) -> None:
    health, _ = tell(check(), letters)
    assert shown(check(), health, second(10 * len(letters))) is seen


def test_failed_looks_do_not_keep_an_old_answer_fresh() -> None:
    health, _ = tell(check(), "P" + "?" * 10)
    assert health.known is not None
    assert health.known.outcome is Outcome.PASS
    assert stale(check(), health, second(100))


def test_a_result_from_a_clock_far_ahead_says_nothing_about_now() -> None:
    health, _ = observe(check(), Health("checkout-api"), look("P", T0 + timedelta(days=1)))
    assert stale(check(), health, T0)
