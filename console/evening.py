"""The evening that the pictures show: told by the store's own commands, at set instants.

Five incidents, a proposal and ten checks of the practice room, at 20:47:18Z of one day.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from console.clock import Clock
from console.demo.practice import furnish
from console.demo.services import SERVICES
from data.defaults import defaults
from data.domain.change import Refused
from data.domain.check import Check, Outcome, Reason, Result, Timings
from data.domain.incident import Role, Status, StepState
from data.domain.severity import Severity
from data.store.commands import climbing, duties, findings, incidents, people, rooms, steps, telling
from data.store.commands.checks import Finished
from data.store.commands.opening import Finding
from data.store.commands.turns import Turn, Worker, take_turn
from data.store.definitions import load_checks
from data.store.store import Store, create_store
from data.store.unit import Answer, Write

DAY = datetime(2026, 3, 12, tzinfo=UTC)
EVERY = timedelta(seconds=3)  # between two looks at a check

Command = Callable[[Write], Answer | Refused]


class SetClock(Clock):
    """A clock that stands where it was set."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    def __call__(self) -> datetime:
        """Return the instant it was set to."""
        return self.now


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a check finds from some instant on; ``marks`` repeat, ``.`` passes and ``x`` does not."""

    check: str
    since: datetime
    outcome: Outcome
    reason: Reason
    detail: str
    seconds: float | None = None
    marks: str = "x"


def at(clock: str) -> datetime:
    """Return a time of day of the evening as an instant."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return DAY.replace(hour=hours, minute=minutes, second=seconds)


NOW = at("20:47:18")

_FAIL, _WARN = Outcome.FAIL, Outcome.WARN
TROUBLES = (
    Trouble("search-api", at("20:28:03"), _WARN, Reason.SLOW, "slow: 4.1 s, limit 800 ms", 4.1),
    Trouble("checkout-db", at("20:29:33"), _FAIL, Reason.REFUSED, "connection refused"),
    Trouble("checkout-api", at("20:29:42"), _FAIL, Reason.BODY, "checkout-db is down, expected up", 0.03),
    Trouble("recommendations-api", at("20:40:00"), _FAIL, Reason.TIMEOUT, "timed out", marks="xx.."),
    Trouble("catalog-api", at("20:44:06"), _FAIL, Reason.STATUS, "HTTP 503 Service Unavailable", 0.02),
    Trouble("gateway-edge", at("20:46:33"), _FAIL, Reason.TIMEOUT, "timed out waiting for the answer"),
)
# When what was found since the last time is written: each change of a check at the moment it shows.
TURNS = ("20:25:00", "20:28:09", "20:29:39", "20:29:48", "20:40:30", "20:44:12", "20:46:39", "20:47:16")
WATCH_FROM = at("20:25:00")

_P0, _P1, _P2, _P3 = Severity


def _found(check: str, severity: Severity, why: str, service: str, opens: bool = False) -> Command:
    words = f"{why} (3 of 3 failed)"
    finding = Finding(f"check:{check}", f"{check} is down", severity, words, (service,), opens)
    return partial(findings.found, finding=finding)


def _do(command: Callable[..., Answer | Refused], *arguments: object, **named: object) -> Command:
    return lambda write: command(write, *arguments, **named)


def _ticked(key: str, *ids: str) -> Command:
    return _do(steps.set_steps, key, ids, StepState.DONE)


MAILS, EXPORTS, DATABASE, SEARCH = "INC-1", "INC-2", "INC-3", "INC-4"
SENT = (
    "Checkout is down since 20:29, nobody can pay. The database is out of connections; we move to the "
    "replica now. Next update at 21:10."
)

# (when, who, what), in order.
EVENING: tuple[tuple[str, str, Command], ...] = (
    (
        "17:05:20",
        "sam",
        _do(incidents.declare, "Order mails show the wrong month", _P3, services=("mail",)),
    ),
    ("17:31:02", "sam", _do(incidents.acknowledge, MAILS)),
    ("17:31:40", "sam", _do(incidents.set_status, MAILS, Status.INVESTIGATING)),
    ("17:40:00", "sam", _ticked(MAILS, "ir1", "ir2", "ir7", "ir8")),
    ("18:51:07", "lin", _do(incidents.declare, "Export queue grows", _P2, services=("exports",))),
    ("19:02:09", "lin", _do(incidents.acknowledge, EXPORTS)),
    ("19:03:00", "lin", _do(people.take_role, EXPORTS, Role.IC, "lin")),
    ("19:03:30", "lin", _do(steps.attach, EXPORTS, "performance-degradation")),
    ("19:10:00", "lin", _do(incidents.set_status, EXPORTS, Status.FIXING)),
    (
        "19:38:45",
        "lin",
        _do(telling.send_update, EXPORTS, "Exports are late by an hour. A second worker runs."),
    ),
    ("19:50:00", "lin", _ticked(EXPORTS, *(f"ir{n}" for n in (1, 2, 7, 8, 9, 10, 12)), "pd1", "pd2", "pd4")),
    ("19:55:12", "lin", _do(incidents.set_status, EXPORTS, Status.MONITORING)),
    ("20:29:39", "check:checkout-db", _found("checkout-db", _P0, "connection refused", "checkout-db", True)),
    ("20:30:20", "sam", _do(incidents.declare, "Search answers after 4 seconds", _P1, services=("search",))),
    ("20:31:49", "ada", _do(incidents.acknowledge, DATABASE, "on it")),
    ("20:32:10", "ada", _do(people.take_role, DATABASE, Role.IC, "ada")),
    ("20:32:35", "ada", _do(people.take_role, DATABASE, Role.DEPUTY, "lin")),
    ("20:32:50", "ada", _do(people.take_role, DATABASE, Role.COMMS, "sam")),
    ("20:33:05", "ada", _do(steps.attach, DATABASE, "database-issues")),
    ("20:33:20", "ada", _ticked(DATABASE, "ir1", "ir2", "ir3")),
    ("20:34:02", "ada", _do(incidents.set_status, DATABASE, Status.INVESTIGATING)),
    ("20:34:05", "ada", _ticked(DATABASE, "ir7")),
    ("20:35:10", "lin", _do(steps.attach, DATABASE, "payments")),
    ("20:36:41", "lin", _ticked(DATABASE, "di1")),
    (
        "20:36:58",
        "lin",
        _do(incidents.note, DATABASE, "pool at 100 %: 200 of 200 connections, all wait on orders"),
    ),
    ("20:38:30", "lin", _do(incidents.note, DATABASE, "a report without an index holds locks since 20:26")),
    ("20:38:44", "lin", _ticked(DATABASE, "ir8", "di2")),
    ("20:40:15", "sam", _do(telling.send_update, DATABASE, SENT)),
    ("20:41:52", "ada", _ticked(DATABASE, "ir9")),
    ("20:42:10", "ada", _do(incidents.set_status, DATABASE, Status.FIXING)),
    ("20:43:27", "lin", _do(incidents.note, DATABASE, "replica follows 2 s behind, ready to take over")),
    ("20:43:30", "lin", _ticked(DATABASE, "di3")),
    (
        "20:44:12",
        "check:catalog-api",
        _found("catalog-api", _P1, "HTTP 503 Service Unavailable", "catalog"),
    ),
    ("20:44:50", "sam", _do(rooms.maintain, "recommendations", timedelta(minutes=30), "new servers")),
    ("20:45:20", "keeper", partial(climbing.climb, numbers=(4,))),
    ("20:45:21", "keeper", duties.keep),
    ("20:46:12", "keeper", duties.keep),
    (
        "20:46:39",
        "check:gateway-edge",
        _found("gateway-edge", _P1, "timed out waiting for the answer", "gateway"),
    ),
    ("20:47:02", "lin", _do(steps.set_steps, DATABASE, ("di4",), StepState.DOING)),
)


def tell_evening(folder: Path) -> tuple[Store, SetClock]:
    """Make a store in ``folder`` in which the evening has happened, and its clock, set to the end of it."""
    clock = SetClock(at("16:00:00"))
    store = create_store(str(folder / "evening.db"), clock, "console", defaults().definitions)
    # Nothing listens there: the ports only fill in the practice room's addresses.
    ports = {service.name: 8000 + number for number, service in enumerate(SERVICES)}
    furnish(store, ports | {"monitoring": 8100, "smtp": 8101, "alertmanager": 8102})
    checks = {check.id: check for check in store.read(load_checks)}
    turns = [(moment, "", None) for moment in TURNS]
    turn: Turn | None = None
    for moment, by, command in sorted([*turns, *EVENING], key=lambda item: (item[0], item[1] != "")):
        clock.now = at(moment)
        if command is None:
            turn = _watched(store, checks, turn, clock.now)
            continue
        answer = store.write(command, by=by)
        if isinstance(answer, Refused):
            raise RuntimeError(f"{moment} {by}: {answer.reason}")  # noqa: TRY004 - a story that no longer holds
    clock.now = NOW
    return store, clock


def _watched(store: Store, checks: Mapping[str, Check], last: Turn | None, now: datetime) -> Turn:
    """Write what the checks found since the last turn, as a worker does."""
    batch = []
    for claim in last.claims if last else ():
        when = WATCH_FROM + EVERY
        while when <= now:
            if last and when > last.at:
                batch.append(Finished(claim, _result(checks[claim.check], when)))
            when += EVERY
    return store.work(
        lambda connection, at: take_turn(
            connection,
            at,
            Worker("console", "console"),
            checks,
            batch,
            {},
            tuple(checks),
            ahead=timedelta(hours=1),
            lease={},
        )
    )


def _result(check: Check, when: datetime) -> Result:
    """Return what a look brings: the trouble of its time, else an answer a little faster or slower."""
    look = (when - WATCH_FROM) // EVERY
    sway = zlib.crc32(f"{check.id} {look}".encode()) / 2**32
    for trouble in TROUBLES:
        if trouble.check == check.id and when >= trouble.since:
            since = (when - trouble.since) // EVERY
            if trouble.marks[since % len(trouble.marks)] == "x":
                taken = None if trouble.seconds is None else trouble.seconds * (0.9 + 0.2 * sway)
                detail = trouble.detail.replace("4.1 s", f"{taken:.1f} s") if taken else trouble.detail
                return Result(when, trouble.outcome, trouble.reason, detail, timings=Timings(total=taken))
    usual = 0.012 + zlib.crc32(check.id.encode()) / 2**32 * 0.03
    taken = usual * (0.7 + 0.6 * sway)
    return Result(when, Outcome.PASS, Reason.OK, status=200, timings=Timings(total=taken))


@contextmanager
def evening() -> Iterator[tuple[Store, SetClock]]:
    """Lend the evening's store and clock; nothing of it stays."""
    with TemporaryDirectory(prefix="warroom-pictures-") as folder:
        store, clock = tell_evening(Path(folder))
        try:
            yield store, clock
        finally:
            store.close()
