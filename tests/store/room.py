"""A room with a real store, a clock that only a test moves, and people who give commands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from data.defaults import defaults
from data.domain.change import Event, Refused
from data.domain.check import Check
from data.domain.codec import decode, encode
from data.domain.incident import Incident
from data.domain.policy import Contact, Level
from data.domain.proposal import Proposal
from data.domain.room import Definition, Kind, Service
from data.domain.severity import Severity
from data.store import rows
from data.store.commands import duties, findings, incidents
from data.store.commands.findings import Finding
from data.store.queries.board import board, seq
from data.store.queries.incidents import history
from data.store.store import Store
from data.store.unit import Answer
from data.views import BoardRow, BoardView
from tests.store.sound import check_sound

T = TypeVar("T")
START = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
P0, P1, P2, P3 = Severity

CONTACTS = (
    Contact("ada", "Ada Lovelace", phone="+44 20 7946 0000"),
    Contact("lin", "Lin Chen", phone="+1 555 0102"),
    Contact("sam", "Sam Okafor", email="sam@example.org"),
    Contact("tess", "Tess Oyelaran", phone="+1 555 0100"),
    Contact("carla", "Carla Osei", phone="+1 555 0101"),
)
SERVICES = (Service("checkout", runbooks=("api-failures",)), Service("search"), Service("payments"))
CHECKS = (
    Check("checkout-api", "checkout", "https://checkout.example/healthz", every=timedelta(seconds=15)),
    Check("search-api", "search", "https://search.example/healthz"),
)


def definitions() -> tuple[Definition, ...]:
    """Return the guide's defaults with people on every level, three services and two checks."""
    found = []
    people = iter(CONTACTS)
    for item in defaults().definitions:
        spec = item.spec
        if item.kind is Kind.LEVEL:
            level: Level = decode(Level, item.spec)
            spec = encode(replace(level, contacts=(next(people).id,)))
        found.append(replace(item, spec=spec))
    things = [(Kind.CONTACT, thing.id, encode(thing)) for thing in CONTACTS]
    things += [(Kind.SERVICE, thing.id, encode(thing)) for thing in SERVICES]
    things += [(Kind.CHECK, thing.id, encode(thing)) for thing in CHECKS]
    found += [Definition(kind, key, spec, position=n) for n, (kind, key, spec) in enumerate(things)]
    return tuple(found)


class Clock:
    """The store's time; it stands still until somebody lets time pass."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        """Let time pass: ``later(minutes=5)``."""
        self.now += timedelta(**span)


class Room:
    """A store and its clock; after every command the whole store is looked over."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def do(
        self,
        command: Callable[..., Answer | Refused],
        *args: object,
        by: str = "ada",
        command_id: str | None = None,
        **kwargs: object,
    ) -> Answer | Refused:
        """Give a command; refused, it must leave nothing behind."""
        before = self.seq
        answer = self.store.write(lambda write: command(write, *args, **kwargs), by=by, command=command_id)
        self.look()
        if isinstance(answer, Refused):
            assert self.seq == before, "a refused command left something behind"
        return answer

    def found(self, finding: Finding) -> Answer:
        """Let a machine report what it found."""
        return done(self.do(findings.found, finding, by=finding.key))

    def cleared(self, key: str, why: str = "it answers again") -> Answer:
        """Let a machine report that a cause has ended."""
        return done(self.do(findings.cleared, key, why, by=key))

    def waits(self) -> bool:
        """Whether the keeper has anything to do."""
        return self.read(lambda connection: duties.due(connection, self.clock.now))

    def keep(self) -> None:
        """Let the keeper run until it finds nothing more to do."""
        for _ in range(5):
            if not self.waits():
                return
            self.do(duties.keep, by="keeper")
        raise AssertionError("the keeper never comes to an end")

    def look(self) -> None:
        """Hold the store against everything that must always be true of it."""
        self.store.read(check_sound)

    def read(self, query: Callable[[Connection], T]) -> T:
        return self.store.read(query)

    @property
    def seq(self) -> int:
        return self.store.read(seq)

    @property
    def board(self) -> BoardView:
        return self.store.read(board)

    def row(self, key: str) -> BoardRow:
        """Return the board's line of an incident or a proposal."""
        return next(row for row in self.board.rows if row.key == key)

    def incident(self, key: str) -> Incident:
        number = int(key.removeprefix("INC-"))
        found = self.store.read(lambda connection: rows.load_incident(connection, number))
        assert found is not None, f"there is no {key}"
        return found

    def proposal(self, key: str) -> Proposal:
        number = int(key.removeprefix("PR-"))
        found = self.store.read(lambda connection: rows.load_proposal(connection, number))
        assert found is not None, f"there is no {key}"
        return found

    def history(self, key: str) -> tuple[Event, ...]:
        number = int(key.removeprefix("INC-"))
        return self.store.read(lambda connection: history(connection, number))

    def kinds(self, key: str) -> list[str]:
        """Return what happened to an incident, in order."""
        return [event.kind for event in self.history(key)]


def declare(store: Store) -> None:
    """Write something, whatever it is."""
    done(store.write(lambda write: incidents.declare(write, "Checkout down", P1), by="ada"))


def done(answer: Answer | Refused) -> Answer:
    """Return the answer of a command that was carried out."""
    assert isinstance(answer, Answer), answer
    return answer


def refused(answer: Answer | Refused) -> str:
    """Return the reason of a refusal."""
    assert isinstance(answer, Refused), answer
    return answer.reason
