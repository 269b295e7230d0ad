"""Bringing what is open in line with what fails, however many workers try it at once (design 3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from data.domain.health import CheckState
from data.domain.room import Kind
from data.store.commands.findings import cleared, found
from data.store.commands.leases import PREFIX
from data.store.commands.mass import found_together
from data.store.commands.opening import Finding
from data.store.tables import CHECK_STATE, DEFINITION
from data.store.unit import Answer, Write


@dataclass(frozen=True, slots=True)
class Ended:
    """A cause that is over, and why."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Together:
    """A finding about many checks at once; ``members`` are their causes, which it takes along."""

    finding: Finding
    members: tuple[str, ...]


def reconcile(write: Write, steps: Sequence[Finding | Together | Ended]) -> Answer:
    """Carry out what still holds: a worker may have looked before another one wrote.

    A check's cause is found only while the stored health is hard down, and ends only when it is not or
    the check is no more.
    """
    down = _down(write.connection, [key for step in steps if (key := _cause(step)).startswith(PREFIX)])
    answers = []
    for step in steps:
        match step:
            case Ended(key, why) if key not in down:
                answers.append(cleared(write, key, why))
            case Together(finding, members):
                answers.append(found_together(write, finding, members))
            case Finding() if step.key in down or not step.key.startswith(PREFIX):
                answers.append(found(write, step))
    told = [answer.text for answer in answers if answer.text]
    return Answer(text="; ".join(told), facts={"told": told})


def _cause(step: Finding | Together | Ended) -> str:
    return step.finding.key if isinstance(step, Together) else step.key


def _down(connection: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Return those of the causes whose check is configured and hard down."""
    if not keys:
        return frozenset()
    configured = select(DEFINITION.c.id).where(
        DEFINITION.c.kind == Kind.CHECK.value, DEFINITION.c.retired_at.is_(None)
    )
    names = connection.execute(
        select(CHECK_STATE.c.id).where(
            CHECK_STATE.c.id.in_([key.removeprefix(PREFIX) for key in keys]),
            CHECK_STATE.c.state == CheckState.DOWN.value,
            CHECK_STATE.c.id.in_(configured),
        )
    ).scalars()
    return frozenset(PREFIX + name for name in names)
