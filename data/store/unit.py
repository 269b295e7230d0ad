"""One write: everything a command changes, in one transaction with the events that tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from data.domain.change import Changes, Event, apply, before_of
from data.domain.checklist import self_ticks
from data.domain.codec import encode
from data.domain.incident import Incident
from data.domain.policy import Policy
from data.domain.room import RoomSettings
from data.store import outgoing, rows
from data.store.definitions import load_policy, load_settings
from data.store.errors import RESTORE, StoreError
from data.store.tables import COUNTER, EVENT, SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command did: the thing it did it to, a sentence, and facts for scripts."""

    key: str = ""
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0


class Write:
    """An open write transaction: the counter is locked, ``now`` is one instant for all of it."""

    def __init__(self, connection: Connection, now: datetime, by: str, host: str, command: str) -> None:
        self.connection = connection
        self.now = now
        self.by = by
        self.host = host
        self.command = command
        # the counter is locked by writing it before anything is read
        locked = connection.execute(
            update(COUNTER)
            .where(COUNTER.c.id == 1)
            .values(seq=COUNTER.c.seq)
            .returning(COUNTER.c.seq, COUNTER.c.incident, COUNTER.c.proposal, COUNTER.c.schema_version)
        ).one_or_none()
        if locked is None:
            hint = RESTORE if connection.dialect.name == "sqlite" else "restore a backup"
            raise StoreError("the store is damaged: it has lost its counter", hint)
        if locked.schema_version != SCHEMA_VERSION:
            raise StoreError("a newer warroom has migrated the store", "update this one and start it again")
        self.seq: int = locked.seq
        self._incident: int = locked.incident
        self._proposal: int = locked.proposal
        self._first = (self.seq, self._incident, self._proposal)
        self._policy: Policy | None = None
        self._settings: RoomSettings | None = None
        self.events: list[Event] = []
        self._states: dict[int, Incident] = {}

    @property
    def policy(self) -> Policy:
        """The room's policy, read once per write."""
        if self._policy is None:
            self._policy = load_policy(self.connection, self.now)
        return self._policy

    @property
    def settings(self) -> RoomSettings:
        """The room's settings, read once per write."""
        if self._settings is None:
            self._settings = load_settings(self.connection)
        return self._settings

    def next_incident(self) -> int:
        """Take the next INC number; a rollback returns it."""
        self._incident += 1
        return self._incident

    def next_proposal(self) -> int:
        """Take the next PR number; a rollback returns it."""
        self._proposal += 1
        return self._proposal

    def incident(self, number: int) -> Incident | None:
        """Load an incident as it stands."""
        return rows.load_incident(self.connection, number)

    def change(self, incident: Incident, changes: Changes, *, ticks: bool = True) -> Incident:
        """Write changes as events and rows; what the program then knows is ticked in the same breath."""
        state = self._write(incident, incident, changes)
        if ticks:
            state = self._write(incident, state, self_ticks(state, self.now))
        rows.save_incident(self.connection, incident, state)
        self._states[state.id] = state
        return state

    def open(self, incident: Incident, changes: Changes) -> Incident:
        """Write the first changes of a new incident."""
        state: Incident | None = None
        for change in changes:
            event = self._event(incident.id, state, change)
            state = apply(state, event)
        if state is None:
            raise ValueError("an incident needs its first change")
        state = self._write(state, state, self_ticks(state, self.now))
        rows.insert_incident(self.connection, state)
        self._states[state.id] = state
        return state

    def tell(self, kind: str, subject: str, facts: Mapping[str, Any], by: str = "") -> Event:
        """Write an event that belongs to the room, not to an incident."""
        return self._append(None, subject, self.now, by or self.by, kind, 0, {**encode(dict(facts))}, None)

    def _write(self, before: Incident, state: Incident, changes: Iterable[Any]) -> Incident:
        for change in changes:
            state = apply(state, self._event(before.id, state, change))
        return state

    def _event(self, number: int, state: Incident | None, change: Any) -> Event:
        data = {**encode(dict(change.facts))}
        if change.after:
            data["before"] = before_of(state, change)
            data["after"] = encode(dict(change.after))
        version = (state.version if state else 0) + 1
        at = change.at or self.now
        by = change.by or self.by
        return self._append(number, change.subject, at, by, change.kind, version, data, change.undoes)

    def _append(
        self,
        number: int | None,
        subject: str,
        at: datetime,
        by: str,
        kind: str,
        version: int,
        data: Mapping[str, Any],
        undoes: int | None,
    ) -> Event:
        self.seq += 1
        event = Event(
            self.seq, number, subject, at, self.now, by, self.host, kind, version, data, self.command, undoes
        )
        self.events.append(event)
        return event

    def finish(self) -> None:
        """Write the events, what they ask to be sent, and the counter; called once, before the commit."""
        if any(map(outgoing.asks, self.events)):
            outgoing.ask(self.connection, self.policy, self._states, self.events, self.now)
        if self.events:
            self.connection.execute(
                insert(EVENT),
                [
                    {
                        "seq": event.seq,
                        "incident": event.incident,
                        "subject": event.subject,
                        "at": event.at,
                        "recorded_at": event.recorded_at,
                        "by": event.by,
                        "host": event.host,
                        "kind": event.kind,
                        "version": event.version,
                        "data": dict(event.data),
                        "command": event.command,
                        "undoes": event.undoes,
                    }
                    for event in self.events
                ],
            )
        now = (self.seq, self._incident, self._proposal)
        if now != self._first:
            self.connection.execute(
                update(COUNTER).where(COUNTER.c.id == 1).values(seq=now[0], incident=now[1], proposal=now[2])
            )


def with_seq(answer: Answer, seq: int) -> Answer:
    """Return the answer with the seq its events reached."""
    return replace(answer, seq=seq)
