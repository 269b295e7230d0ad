"""What an answer proves: what it shows fires, and what it no longer shows may have cleared (design 3.7).

Alertmanager has no "resolved": absence is. And it answers an empty list with 200 after a restart, until
whoever watches has told it everything again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from data.domain.alert import Alert, AlertState, Instance, SourceState
from data.domain.words import count

GONE_AFTER = 2  # good polls in a row without it
NO_START = datetime.min.replace(tzinfo=UTC)  # of an alert whose source does not say


@dataclass(frozen=True, slots=True)
class Sighting:
    """An alert as one answer shows it."""

    fingerprint: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    url: str
    starts_at: datetime
    state: AlertState
    muted_by: tuple[str, ...] = ()


class Sightings(tuple[Sighting, ...]):
    """The alerts of one answer that could be read and kept, and what is known of the others.

    ``broken`` could not be read, ``beyond`` were more than are kept; ``unread`` holds the fingerprints
    of those among them that have one: they are there all the same.
    """

    broken: int
    beyond: int
    unread: frozenset[str]

    def __new__(
        cls,
        items: Iterable[Sighting] = (),
        *,
        broken: int = 0,
        beyond: int = 0,
        unread: frozenset[str] = frozenset(),
    ) -> "Sightings":
        """Make them of sightings."""
        made = super().__new__(cls, items)
        made.broken, made.beyond, made.unread = broken, beyond, unread
        return made

    @property
    def trouble(self) -> str:
        """What is missing from them, in a few words; empty when nothing is."""
        parts = (
            f"{count(self.broken, 'alert')} could not be read" if self.broken else "",
            f"{count(self.beyond, 'alert')} beyond the first {len(self) + self.broken} left out"
            if self.beyond
            else "",
        )
        return "; ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class InstanceAnswer:
    """What one instance answered: without ``sightings`` it is a failure, and ``trouble`` says which.

    ``started`` is when it started; None where it does not say (Grafana), or could not be asked.
    """

    address: str
    started: datetime | None = None
    sightings: tuple[Sighting, ...] | None = None
    trouble: str = ""


Answers = Mapping[str, InstanceAnswer]  # the good ones, by address
Shown = dict[str, tuple[Sighting, tuple[str, ...]]]


def polled(state: SourceState, answers: Sequence[InstanceAnswer], now: datetime) -> SourceState:
    """Return how the source answers now; it answers when one of its instances does."""
    before = {instance.address: instance for instance in state.instances}
    instances = tuple(_instance(answer, before.get(answer.address), now) for answer in answers)
    if any(instance.ok for instance in instances):
        return replace(
            state,
            polled_at=now,
            ok_at=now,
            first_ok_at=state.first_ok_at or now,
            failing_since=None,
            trouble="",
            instances=instances,
        )
    troubles = dict.fromkeys(instance.trouble or "no answer" for instance in instances)
    return replace(
        state,
        polled_at=now,
        failing_since=state.failing_since or now,
        trouble="; ".join(troubles) or "no instance was asked",
        instances=instances,
    )


def _instance(answer: InstanceAnswer, before: Instance | None, now: datetime) -> Instance:
    ok = answer.sightings is not None
    started = answer.started or (before.started if before else None)
    if answer.started is None and ok and (before is None or not before.ok or before.started is None):
        # one that does not say when it started may have been restarted whenever it did not answer
        started = now
    trouble = answer.trouble or (answer.sightings.trouble if isinstance(answer.sightings, Sightings) else "")
    return Instance(answer.address, started, ok, trouble)


def shown_by(good: Answers) -> Shown:
    """Return what good answers show together, with the addresses of those that show it.

    Loud on one instance is loud: silences reach the others within seconds, and what is wrongly shown
    as muted wakes nobody. The earliest start counts; labels and words are the first instance's.
    """
    seen: Shown = {}
    for address, answer in good.items():
        mine = (address,)
        for sighting in answer.sightings or ():
            other = seen.get(sighting.fingerprint)
            if other is None:
                seen[sighting.fingerprint] = (sighting, mine)
                continue
            first, by = other
            seen[sighting.fingerprint] = (_together(first, sighting), by if address in by else by + mine)
    return seen


def _together(first: Sighting, other: Sighting) -> Sighting:
    starts_at = min(first.starts_at, other.starts_at)
    state, muted_by = first.state, tuple(dict.fromkeys((*first.muted_by, *other.muted_by)))
    if AlertState.ACTIVE in (first.state, other.state):
        state, muted_by = AlertState.ACTIVE, ()
    if (starts_at, state, muted_by) == (first.starts_at, first.state, first.muted_by):
        return first
    return replace(first, starts_at=starts_at, state=state, muted_by=muted_by)


def seen_at(alert: Alert, state: SourceState) -> datetime:
    """Return when an alert was last shown.

    A poll that changes nothing writes no alert: one that is not missing was last shown when an
    instance it was seen by last answered. While none answers that is taken to be the last good poll.
    """
    if alert.cleared_at is not None or alert.missing or state.ok_at is None:
        return alert.last_seen
    if state.failing_since is not None or any(
        instance.ok and instance.address in alert.seen_by for instance in state.instances
    ):
        return max(alert.last_seen, state.ok_at)
    return alert.last_seen


class Evidence:
    """What one poll of a source says about alerts that no good answer shows."""

    def __init__(
        self,
        before: SourceState,
        after: SourceState,
        good: Answers,
        resolve_timeout: timedelta,
        now: datetime,
    ) -> None:
        self._before, self._good, self._timeout, self._now = before, good, resolve_timeout, now
        read = (answer.sightings for answer in good.values())
        self._unread = [told.unread for told in read if isinstance(told, Sightings) and told.unread]
        was = {instance.address: instance.started for instance in before.instances}
        self._started = {instance.address: instance.started for instance in after.instances}
        self._restarted = {
            address for address, started in self._started.items() if was.get(address, started) != started
        }

    def unread(self, fingerprint: str) -> bool:
        """Tell whether an alert is there although it could not be kept."""
        return any(fingerprint in unread for unread in self._unread)

    def absent(self, alert: Alert) -> Alert:
        """Return a firing alert after this poll; the same one when nothing follows from it.

        It clears when missing from two good polls in a row of an instance that showed it, with no restart
        between them, and that instance up for longer than the resolve timeout. When none that showed it
        has answered for that long, any other's word counts. An instance that does not say when it started
        is taken to have started when it last showed the alert; and where every answer names another
        start (a balancer before several instances), the absence must have lasted that long as well.
        """
        last = seen_at(alert, self._before)
        long_ago = self._now - last > self._timeout
        witnesses = [address for address in alert.seen_by if address in self._good]
        if not witnesses and not long_ago:
            return alert if alert.last_seen == last else replace(alert, last_seen=last)
        asked = witnesses or list(self._good)
        steady = [address for address in asked if long_ago or address not in self._restarted]
        missing = min(alert.missing + 1, GONE_AFTER) if steady else 1
        gone = missing >= GONE_AFTER and any(self._settled(address, last) for address in steady)
        after = replace(
            alert,
            last_seen=last,
            missing=missing,
            # the next poll must hear it from the same instance
            seen_by=tuple(steady or witnesses) if witnesses else alert.seen_by,
            cleared_at=self._now if gone else None,
        )
        return alert if after == alert else after

    def _settled(self, address: str, last: datetime) -> bool:
        """Up for longer than the resolve timeout: whoever watches has told it everything since."""
        started = self._started[address]
        if started is None:
            return False
        if self._good[address].started is None:
            started = max(started, last)
        return self._now - started > self._timeout
