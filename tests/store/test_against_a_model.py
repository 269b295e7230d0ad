"""Three operators at two consoles, against a small model: what was answered is what both consoles read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from data.domain.change import Refused
from data.domain.incident import Disposition, Role, Status, StepState
from data.domain.severity import Severity
from data.store.commands import incidents, people, steps
from data.store.store import open_store
from data.store.unit import Answer
from data.text import clean, clean_line
from tests.store.room import Clock, Room
from tests.store.test_any_order import TEXT, WHO, Fresh, on_postgres, on_sqlite

__all__ = ["on_postgres", "on_sqlite"]

NUMBERS = st.integers(1, 3)
SEVERITIES = st.sampled_from(list(Severity))
CONSOLES = st.integers(0, 1)
STEPS = st.sampled_from(["ir1", "ir2", "ir7"])
OPEN = st.sampled_from(["detected", "acknowledged", "investigating", "fixing", "monitoring"]).map(Status)
HOW = st.sampled_from([Disposition.FIXED, Disposition.WORKAROUND, Disposition.FALSE_ALARM])


@dataclass
class Told:
    """What somebody who has heard everything knows of an incident."""

    title: str
    severity: Severity
    status: Status = Status.DETECTED
    holder: str = ""
    commander: str = ""
    notes: list[str] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)  # a step, and who was first


class Model(RuleBasedStateMachine):
    """Each rule says what must come of it before it looks at what did."""

    fresh: Fresh

    @initialize()
    def open(self) -> None:
        where, self.forget = self.fresh()
        self.clock = Clock()
        self.rooms = [Room(open_store(where, self.clock, f"laptop{n}"), self.clock) for n in range(2)]
        self.told: list[Told] = []
        self.given = 0
        self.last: tuple[Callable[[int], Answer | Refused], Answer] | None = None
        self.declare(0, "ada", "Checkout down", Severity.P1)  # most commands are about one that is there

    def teardown(self) -> None:
        if hasattr(self, "rooms"):
            for room in self.rooms:
                room.store.close()
            self.forget()

    def do(self, console: int, good: bool, command: Callable[..., Any], *args: Any, by: str) -> None:
        """Give a command at one console; it is carried out exactly when the model says so."""
        self.clock.later(seconds=1)
        self.given += 1
        name = f"command-{self.given}"

        def give(at: int) -> Answer | Refused:
            return self.rooms[at].do(command, *args, by=by, command_id=name)

        answer = give(console)
        assert isinstance(answer, Answer) == good, answer
        if isinstance(answer, Answer):
            self.last = give, answer

    def known(self, number: int) -> Told | None:
        return self.told[number - 1] if number <= len(self.told) else None

    @rule(console=CONSOLES, by=WHO, title=TEXT, severity=SEVERITIES)
    def declare(self, console: int, by: str, title: str, severity: Severity) -> None:
        words = clean_line(title).strip()
        self.do(console, bool(words), incidents.declare, title, severity, by=by)
        if words:
            self.told.append(Told(words, severity))

    @rule(console=CONSOLES, by=WHO, number=NUMBERS)
    def acknowledge(self, console: int, by: str, number: int) -> None:
        told = self.known(number)
        good = told is not None and not told.status.over and not told.holder
        self.do(console, good, incidents.acknowledge, f"INC-{number}", by=by)
        if told and good:
            told.holder = by
            told.status = Status.ACKNOWLEDGED if told.status is Status.DETECTED else told.status

    @rule(console=CONSOLES, by=WHO, number=NUMBERS, severity=SEVERITIES)
    def severity(self, console: int, by: str, number: int, severity: Severity) -> None:
        told = self.known(number)
        good = told is not None and told.status is not Status.CLOSED and told.severity is not severity
        self.do(console, good, incidents.set_severity, f"INC-{number}", severity, by=by)
        if told and good:
            told.severity = severity

    @rule(console=CONSOLES, by=WHO, number=NUMBERS, status=OPEN)
    def status(self, console: int, by: str, number: int, status: Status) -> None:
        told = self.known(number)
        good = told is not None and told.status not in (status, Status.CLOSED)
        self.do(console, good, incidents.set_status, f"INC-{number}", status, "so it is", by=by)
        if told and good:
            if status is Status.DETECTED:
                told.holder = ""
            elif told.status is Status.RESOLVED or not told.holder:
                told.holder = by
            told.status = status

    @rule(console=CONSOLES, by=WHO, number=NUMBERS, how=HOW)
    def resolve(self, console: int, by: str, number: int, how: Disposition) -> None:
        told = self.known(number)
        good = told is not None and not told.status.over
        self.do(console, good, incidents.resolve, f"INC-{number}", how, by=by)
        if told and good:
            told.status, told.holder = Status.RESOLVED, told.holder or by

    @rule(console=CONSOLES, by=WHO, number=NUMBERS)
    def close(self, console: int, by: str, number: int) -> None:
        told = self.known(number)
        good = told is not None and told.status is Status.RESOLVED
        self.do(console, good, incidents.set_status, f"INC-{number}", Status.CLOSED, "no use", by=by)
        if told and good:
            told.status = Status.CLOSED

    @rule(console=CONSOLES, by=WHO, number=NUMBERS, text=TEXT)
    def note(self, console: int, by: str, number: int, text: str) -> None:
        told, words = self.known(number), clean(text).strip()
        self.do(console, told is not None and bool(words), incidents.note, f"INC-{number}", text, by=by)
        if told and words:
            told.notes.append(words)

    @rule(console=CONSOLES, by=WHO, number=NUMBERS, person=WHO | st.just(""))
    def command(self, console: int, by: str, number: int, person: str) -> None:
        told = self.known(number)
        good = told is not None and told.commander != person
        self.do(console, good, people.take_role, f"INC-{number}", Role.IC, person, by=by)
        if told and good:
            told.commander = person

    @rule(console=CONSOLES, by=WHO, number=NUMBERS, some=st.lists(STEPS, min_size=1, max_size=2))
    def tick(self, console: int, by: str, number: int, some: list[str]) -> None:
        told = self.known(number)
        before = self.rooms[console].seq
        self.do(console, told is not None, steps.set_steps, f"INC-{number}", some, StepState.DONE, by=by)
        new = [step for step in dict.fromkeys(some) if told and step not in told.done]
        assert self.rooms[1 - console].seq == before + len(new), "who is second leaves no event"
        if told:
            told.done |= dict.fromkeys(new, by)

    @rule(console=CONSOLES)
    def again(self, console: int) -> None:
        """Somebody asks anew, at any console, whether the last command was carried out."""
        if self.last is not None:
            give, answer = self.last
            before = self.rooms[console].seq
            assert give(console) == answer
            assert self.rooms[console].seq == before

    @invariant()
    def both_consoles_read_what_was_told(self) -> None:
        for room in self.rooms if hasattr(self, "rooms") else ():
            for number, told in enumerate(self.told, 1):
                key = f"INC-{number}"
                found = room.incident(key)
                notes = [event.data["text"] for event in room.history(key) if event.kind == "note"]
                done = {step.id: step.by for step in found.steps if step.state is StepState.DONE}
                assert {step: by for step, by in done.items() if by != "warroom"} == told.done
                assert notes == told.notes
                assert (found.title, found.severity, found.status) == (told.title, told.severity, told.status)
                assert (found.acknowledged_by, found.role(Role.IC) or "") == (told.holder, told.commander)
            live = {f"INC-{n}" for n, told in enumerate(self.told, 1) if not told.status.over}
            assert live == {row.key for row in room.board.rows}


def run(fresh: Fresh, examples: int, steps_each: int) -> None:
    """Run the machine on stores that ``fresh`` makes."""
    run_state_machine_as_test(
        type("ModelHere", (Model,), {"fresh": staticmethod(fresh)}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps_each,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_two_consoles_and_the_model_agree(on_sqlite: Fresh) -> None:
    run(on_sqlite, examples=3, steps_each=15)


@pytest.mark.slow
def test_two_consoles_and_the_model_agree_for_longer(on_sqlite: Fresh) -> None:
    run(on_sqlite, examples=12, steps_each=40)


@pytest.mark.slow
def test_two_consoles_and_the_model_agree_on_postgres(on_postgres: Fresh) -> None:
    run(on_postgres, examples=6, steps_each=30)
