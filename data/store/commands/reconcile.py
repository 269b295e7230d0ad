"""Bringing what is open in line with what fails, however many workers try it at once (design 3.6, 3.7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, or_, select

from data.domain.alert import AlertRole, AlertState
from data.domain.alert_groups import HEARTBEAT, is_alert
from data.domain.alert_growth import joined, worsened
from data.domain.change import Change
from data.domain.health import CheckState
from data.domain.proposal import opens_at
from data.domain.room import Kind
from data.domain.severity import Severity
from data.store import causes, rows
from data.store.commands.findings import cleared, found
from data.store.commands.leases import PREFIX
from data.store.commands.mass import found_together
from data.store.commands.opening import Finding, cleaned, facts_of
from data.store.tables import CAUSE, CHECK_STATE, DEFINITION
from data.store.tables_outside import ALERT
from data.store.unit import Answer, Write
from data.text import clean_line

_BATCH = 500  # keys in one statement


@dataclass(frozen=True, slots=True)
class Ended:
    """A cause that is over, and why."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Together:
    """A finding about many checks or alerts at once; ``members`` are their causes, which it takes along."""

    finding: Finding
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grown:
    """A cause on an incident for which ``alerts`` fire by now; ``word`` is the label's for its severity."""

    key: str
    name: str
    alerts: int
    severity: Severity
    word: str


Step = Finding | Together | Ended | Grown


def reconcile(write: Write, steps: Sequence[Step]) -> Answer:
    """Carry out what still holds: a worker may have looked before another one wrote.

    A check's cause is found only while the stored health is hard down, and ends only when it is not or
    the check is no more. One of alerts is found only while one of them is loud, and ends only when none
    fires; while it is no more than proposed, also when all are muted. A proposal grows as severe as what
    is found of it. An incident is told once that the alerts of a cause became more, or worse.
    """
    keys = [_cause(step) for step in steps]
    down = _down(write.connection, [key for key in keys if key.startswith(PREFIX)])
    alerts = _Alerts(write.connection, [key for key in keys if is_alert(key)])
    answers = []
    for step in steps:
        match step:
            case Ended(key, why) if key not in down and alerts.over(key):
                answers.append(cleared(write, key, why))
            case Together(finding, members) if alerts.hold(finding.key):
                answers.append(found_together(write, finding, _placed(write.connection, members)))
                _raise(write, finding)
            case Finding() if step.key in down or (not step.key.startswith(PREFIX) and alerts.hold(step.key)):
                answers.append(found(write, step))
                _raise(write, step)
            case Grown() if alerts.hold(step.key):
                answers.append(_tell(write, step))
    told = [answer.text for answer in answers if answer.text]
    return Answer(text="; ".join(told), facts={"told": told})


def _cause(step: Step) -> str:
    return step.finding.key if isinstance(step, Together) else step.key


def _raise(write: Write, finding: Finding) -> None:
    """Let a waiting proposal be as severe as what was found: it may have to wake somebody."""
    number, _ = causes.place(write.connection, finding.key)
    proposal = rows.load_proposal(write.connection, number) if number is not None else None
    if proposal is None or proposal.severity <= finding.severity:
        return
    # it has just become this bad: people have as long to answer as for a new one
    due = None if finding.waits else opens_at(write.policy, finding.severity, write.now)
    first = min((at for at in (due, proposal.opens_at) if at), default=None)
    known = tuple(
        replace(cause, alerts=max(cause.alerts, finding.alerts), worst=finding.severity)
        if cause.key == finding.key and finding.alerts
        else cause
        for cause in proposal.causes
    )
    rows.save_proposal(
        write.connection, replace(proposal, severity=finding.severity, opens_at=first, causes=known)
    )
    worse = replace(finding, title=f"now {finding.severity}: {finding.title}")
    write.tell(
        "attached",
        f"proposal:{proposal.key}",
        facts_of(cleaned(worse), "attached", proposal.key),
        finding.key,
    )


def _tell(write: Write, step: Grown) -> Answer:
    """Say on an incident's timeline that a cause's alerts became more, or worse: what was said stays said."""
    _, number = causes.place(write.connection, step.key)
    incident = write.incident(number) if number is not None else None
    cause = next((item for item in incident.causes if item.key == step.key), None) if incident else None
    if incident is None or cause is None or cause.cleared_at is not None:
        return Answer()
    more, worse = joined(cause.alerts, step.alerts), worsened(cause.worst, step.severity)
    if not (more or worse):
        return Answer(incident.key)
    after = replace(
        cause,
        alerts=max(cause.alerts, step.alerts),
        worst=step.severity if worse else cause.worst,
    )
    kept = tuple(after if item is cause else item for item in incident.causes)
    facts: dict[str, str | int] = {"key": step.key, "state": "grown", "name": clean_line(step.name)}
    if more:
        facts |= {"joined": more, "alerts": step.alerts}
    if worse:
        facts["word"] = clean_line(step.word, 40)
        if step.severity < incident.severity:
            facts["proposes"] = step.severity.value
    write.change(incident, (Change("cause", {"causes": kept}, facts=facts, by=step.key),))
    return Answer(incident.key)


class _Alerts:
    """What the stored alerts say of causes; any other cause holds, and is over when somebody says so."""

    def __init__(self, connection: Connection, keys: Sequence[str]) -> None:
        self._connection = connection
        self._loud: set[str] = set()  # by the cause they count to
        self._speaking: set[str] = set()  # … or the group they are of
        self._firing: set[str] = set()
        self._silent: set[str] = set()  # heartbeats
        for begin in range(0, len(keys), _BATCH):
            self._read(keys[begin : begin + _BATCH])

    def _read(self, keys: Sequence[str]) -> None:
        columns = (ALERT.c.cause, ALERT.c.group_key, ALERT.c.role, ALERT.c.state, ALERT.c.cleared_at)
        wanted = or_(ALERT.c.cause.in_(keys), ALERT.c.group_key.in_(keys))
        for cause, group, role, state, cleared_at in self._connection.execute(select(*columns).where(wanted)):
            if role == AlertRole.HEARTBEAT.value and cleared_at is not None:
                self._silent.add(cause)
            elif role == AlertRole.ALERT.value and cleared_at is None:
                self._firing |= {cause, group}
                if state == AlertState.ACTIVE.value:
                    self._loud.add(cause)
                    self._speaking |= {cause, group}

    def hold(self, key: str) -> bool:
        """Tell whether a cause may be found."""
        if key.startswith(HEARTBEAT):
            return key in self._silent
        return key in self._loud or not is_alert(key)

    def over(self, key: str) -> bool:
        """Tell whether a cause may end."""
        if key.startswith(HEARTBEAT):
            return key not in self._silent
        if key not in self._firing:
            return True
        proposal, _ = causes.place(self._connection, key)
        return proposal is not None and key not in self._speaking


def _placed(connection: Connection, members: Sequence[str]) -> tuple[str, ...]:
    """Return those of many causes that are on a proposal."""
    if not members:
        return ()
    waiting = connection.execute(select(CAUSE.c.key).where(CAUSE.c.proposal.is_not(None))).scalars()
    known = frozenset(waiting)
    return tuple(key for key in members if key in known)


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
