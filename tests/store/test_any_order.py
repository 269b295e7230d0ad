"""Several operators and machines doing anything in any order: what must be true stays true."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from data.domain.change import Refused
from data.domain.incident import Disposition, Role, Status, StepState
from data.domain.severity import Severity
from data.store.commands import (
    climbing,
    incidents,
    linking,
    mass,
    merges,
    people,
    proposals,
    rooms,
    steps,
    telling,
    undoing,
)
from data.store.commands.findings import Finding
from data.store.store import open_store
from data.store.unit import Answer
from tests.hostile import TEXTS
from tests.store.postgres import Postgres
from tests.store.room import Clock, Room

Fresh = Callable[[], tuple[str, Callable[[], None]]]

WHO = st.sampled_from(["ada", "lin", "sam"])
KEYS = st.sampled_from(["INC-1", "INC-2", "INC-3", "INC-4"])
PROPOSALS = st.sampled_from(["PR-1", "PR-2", "PR-3", "PR-4"])
SEVERITIES = st.sampled_from(list(Severity))
SERVICES = st.sampled_from(["checkout", "search", "payments"])
CAUSES = st.sampled_from(["check:checkout-api", "check:search-api", "check:pay", "alert:prod:1", "mass"])
_SHORT = [text for text in TEXTS if len(text) < 200]
TEXT = st.one_of(st.sampled_from([*_SHORT, "", " ", "pool at 100 %"]), st.text(max_size=40))
STEPS = st.sampled_from(["ir1", "ir2", "ir3", "da1", "inv2", "af1", "af2"])
HOW = st.sampled_from(["", "opens", "waits"])
AUDIENCES = st.sampled_from(["engineering", "executives", "customers"])


class AnyOrder(RuleBasedStateMachine):
    """Commands of people, findings of machines, and time that jumps; a room per example."""

    fresh: Fresh

    @initialize()
    def open(self) -> None:
        where, self.forget = self.fresh()
        self.clock = Clock()
        self.room = Room(open_store(where, self.clock, "laptop"), self.clock)

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.room.store.close()
            self.forget()

    def do(self, command: Callable[..., Answer | Refused], *args: Any, by: str, **named: Any) -> None:
        self.clock.later(seconds=1)
        self.room.do(command, *args, by=by, **named)

    @rule(by=WHO, title=TEXT, severity=SEVERITIES, services=st.lists(SERVICES, max_size=2), old=st.booleans())
    def declare(self, by: str, title: str, severity: Severity, services: list[str], old: bool) -> None:
        self.do(incidents.declare, title, severity, services=services, backfill=old, by=by)

    @rule(by=WHO, key=KEYS, text=TEXT)
    def acknowledge(self, by: str, key: str, text: str) -> None:
        self.do(incidents.acknowledge, key, text, by=by)

    @rule(by=WHO, key=KEYS, severity=SEVERITIES, why=TEXT)
    def severity(self, by: str, key: str, severity: Severity, why: str) -> None:
        self.do(incidents.set_severity, key, severity, why, by=by)

    @rule(by=WHO, key=KEYS, status=st.sampled_from(list(Status)), why=TEXT)
    def status(self, by: str, key: str, status: Status, why: str) -> None:
        self.do(incidents.set_status, key, status, why, by=by)

    @rule(by=WHO, key=KEYS, how=st.sampled_from(list(Disposition)), why=TEXT, of=st.none() | KEYS)
    def resolve(self, by: str, key: str, how: Disposition, why: str, of: str | None) -> None:
        self.do(incidents.resolve, key, how, why=why, of=of, by=by)

    @rule(by=WHO, key=KEYS, into=KEYS)
    def merge(self, by: str, key: str, into: str) -> None:
        self.do(merges.merge, key, into=into, by=by)

    @rule(by=WHO, key=KEYS)
    def undo(self, by: str, key: str) -> None:
        self.do(undoing.take_back, key, by=by)

    @rule(by=WHO, key=KEYS, step=STEPS, state=st.sampled_from(list(StepState)), why=TEXT)
    def step(self, by: str, key: str, step: str, state: StepState, why: str) -> None:
        self.do(steps.set_steps, key, [step], state, why=why, by=by)

    @rule(by=WHO, key=KEYS, runbook=st.sampled_from(["api-failures", "database-issues"]))
    def attach(self, by: str, key: str, runbook: str) -> None:
        self.do(steps.attach, key, runbook, by=by)

    @rule(by=WHO, key=KEYS, text=TEXT, audiences=st.lists(AUDIENCES, max_size=2))
    def update(self, by: str, key: str, text: str, audiences: list[str]) -> None:
        self.do(telling.send_update, key, text, audiences, by=by)

    @rule(by=WHO, key=KEYS, audience=AUDIENCES, on=st.booleans())
    def switch(self, by: str, key: str, audience: str, on: bool) -> None:
        self.do(telling.switch_audience, key, audience, on, by=by)

    @rule(by=WHO, key=KEYS, minutes=st.integers(-5, 300), why=TEXT)
    def snooze(self, by: str, key: str, minutes: int, why: str) -> None:
        self.do(telling.snooze, key, self.clock.now + timedelta(minutes=minutes), why, by=by)

    @rule(by=WHO, key=KEYS, to=st.none() | st.sampled_from(["cto", "on-call"]))
    def escalate(self, by: str, key: str, to: str | None) -> None:
        self.do(telling.escalate, key, to=to, by=by)

    @rule(
        by=WHO,
        key=KEYS,
        who=st.sampled_from(["ada", "lin"]),
        result=st.sampled_from(["reached", "no-answer", "left-message"]),
        takes=st.booleans(),
    )
    def call(self, by: str, key: str, who: str, result: str, takes: bool) -> None:
        self.do(telling.record_call, key, who, result, takes=takes and result == "reached", by=by)

    @rule(by=WHO, key=KEYS, role=st.sampled_from(list(Role)), person=WHO | TEXT)
    def role(self, by: str, key: str, role: Role, person: str) -> None:
        self.do(people.take_role, key, role, person, by=by)

    @rule(by=WHO, key=KEYS, page=TEXT | st.sampled_from(("https://tracker.example/7", "OPS-7")))
    def link(self, by: str, key: str, page: str) -> None:
        self.do(linking.add_link, key, "ticket", page, by=by)

    @rule(
        key=CAUSES, severity=SEVERITIES, service=SERVICES, opens=st.booleans(), waits=st.booleans(), text=TEXT
    )
    def found(self, key: str, severity: Severity, service: str, opens: bool, waits: bool, text: str) -> None:
        services = () if key == "mass" else (service,)
        self.room.found(Finding(key, text, severity, text, services, opens, waits and not opens))

    @rule(members=st.lists(CAUSES.filter(lambda key: key != "mass"), min_size=1, max_size=3), text=TEXT)
    def found_together(self, members: list[str], text: str) -> None:
        whole = Finding("mass", text, Severity.P0, text, ("checkout", "search"))
        self.do(mass.found_together, whole, members, by="mass")

    @rule(key=CAUSES)
    def cleared(self, key: str) -> None:
        self.room.cleared(key)

    @rule(by=WHO, key=PROPOSALS, severity=st.none() | SEVERITIES)
    def confirm(self, by: str, key: str, severity: Severity | None) -> None:
        self.do(proposals.confirm, key, severity, by=by)

    @rule(by=WHO, key=PROPOSALS, why=TEXT)
    def dismiss(self, by: str, key: str, why: str) -> None:
        self.do(proposals.dismiss, key, why, by=by)

    @rule(by=WHO, key=KEYS, cause=CAUSES)
    def split(self, by: str, key: str, cause: str) -> None:
        self.do(proposals.split, key, cause, by=by)

    @rule(by=WHO, service=SERVICES)
    def maintain(self, by: str, service: str) -> None:
        self.do(rooms.maintain, service, timedelta(minutes=30), by=by)

    @rule(minutes=st.sampled_from([1, 2, 16, 61, 1500, -30]))
    def later(self, minutes: int) -> None:
        self.clock.later(minutes=minutes)
        self.room.keep()
        steps = self.room.read(lambda connection: climbing.due(connection, self.clock.now))
        if steps:
            self.do(climbing.climb, steps, by="escalation")

    @invariant()
    def board_is_readable(self) -> None:
        if hasattr(self, "room"):
            rows = self.room.board.rows
            assert [row.severity for row in rows] == sorted(row.severity for row in rows)


def run(fresh: Fresh, examples: int, steps_each: int) -> None:
    """Run the machine on stores that ``fresh`` makes."""
    machine = type("AnyOrderHere", (AnyOrder,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps_each,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def on_sqlite(template_file: Path, folder: Path) -> Fresh:
    def fresh() -> tuple[str, Callable[[], None]]:
        path = Path(tempfile.mkdtemp(dir=folder)) / "room.db"
        shutil.copy(template_file, path)
        return str(path), lambda: shutil.rmtree(path.parent)

    return fresh


@pytest.fixture
def on_postgres(postgres: Postgres, kept_database: str) -> Fresh:
    def fresh() -> tuple[str, Callable[[], None]]:
        postgres.restore(kept_database)
        return postgres.url(kept_database), lambda: None

    return fresh


def test_any_order_on_sqlite(on_sqlite: Fresh) -> None:
    run(on_sqlite, examples=10, steps_each=20)


@pytest.mark.slow
def test_any_order_on_sqlite_for_longer(on_sqlite: Fresh) -> None:
    run(on_sqlite, examples=40, steps_each=50)


@pytest.mark.slow
def test_any_order_on_postgres(on_postgres: Fresh) -> None:
    run(on_postgres, examples=15, steps_each=40)
