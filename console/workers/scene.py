"""What a worker knows of the room's health, kept in memory and brought up to date in small reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from data.domain.check import Check
from data.domain.health import Health
from data.domain.is_it_us import Network
from data.domain.room import MaintenanceWindow
from data.store.commands.checks import read_healths, written_since
from data.store.commands.turns import Turn
from data.store.definitions import load_checks, load_settings, load_windows
from data.store.queries.board import seq
from data.store.queries.watching import Spoken, reconfigured, spoken_for

_OVERLAP = timedelta(seconds=5)  # a write may become visible this much after its instant


@dataclass(frozen=True, slots=True)
class Configured:
    """What the room is configured to watch."""

    checks: dict[str, Check]
    windows: tuple[MaintenanceWindow, ...]
    canaries: tuple[str, ...]
    heartbeat: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known at the moment of asking the store for more."""

    now: datetime
    since: datetime | None
    seq: int
    written: dict[str, datetime]
    spoken: bool  # ask again which causes are spoken for, whatever seq says


@dataclass(frozen=True, slots=True)
class News:
    """What one consistent look at the store found changed."""

    asked: Asked
    seq: int
    healths: dict[str, Health]
    written: dict[str, datetime]
    configured: Configured | None
    spoken: dict[str, Spoken] | None


@dataclass
class Knowledge:
    """Checks, their healths, windows, canaries and what is spoken for, as of ``seq`` (-1: nothing yet)."""

    seq: int = -1
    checks: dict[str, Check] = field(default_factory=dict)
    healths: dict[str, Health] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)  # when each health was
    windows: tuple[MaintenanceWindow, ...] = ()
    canaries: tuple[str, ...] = ()
    heartbeat: str = ""
    spoken: dict[str, Spoken] = field(default_factory=dict)
    looked: datetime | None = None
    newest: datetime | None = None  # result of any worker
    own: Network = Network.UNPROVEN

    def ask(self, now: datetime, *, spoken: bool) -> Asked:
        """Return what to ask the store for."""
        since = None if self.looked is None else min(self.looked, now) - _OVERLAP
        return Asked(now, since, self.seq, dict(self.written), spoken)

    def learn(self, news: News) -> bool:
        """Take in what a look found; True when the configuration changed."""
        for name, health in news.healths.items():
            # what this worker has written since it asked is newer
            if self.written.get(name) == news.asked.written.get(name):
                self._take(name, health, news.written[name])
        self.seq, self.looked = news.seq, news.asked.now
        if news.spoken is not None:
            self.spoken = news.spoken
        if news.configured is None:
            return False
        self.checks = news.configured.checks
        self.windows = news.configured.windows
        self.canaries = news.configured.canaries
        self.heartbeat = news.configured.heartbeat
        return True

    def copy(self) -> "Knowledge":
        """Return what is known now, for a thread to think about."""
        return replace(self, healths=dict(self.healths))

    def wrote(self, turn: Turn) -> None:
        """Take in the healths this worker has just written."""
        for health in turn.healths:
            self._take(health.check, health, turn.at)

    def known(self, names: Iterable[str]) -> Mapping[str, tuple[datetime, Health]]:
        """Return the healths of these checks with the instants they were written at."""
        return {name: (self.written[name], self.healths[name]) for name in names if name in self.written}

    def _take(self, name: str, health: Health, at: datetime) -> None:
        self.healths[name], self.written[name] = health, at
        last = health.last
        if last is not None and (self.newest is None or last.at > self.newest):
            self.newest = last.at


def look(connection: Connection, asked: Asked) -> News:
    """Read what changed, on one consistent view of the store."""
    newest = seq(connection)
    since = asked.since or asked.now.replace(year=1970)
    written = {
        name: at for name, at in written_since(connection, since).items() if asked.written.get(name) != at
    }
    changed = asked.seq < 0 or (newest != asked.seq and reconfigured(connection, asked.seq))
    return News(
        asked=asked,
        seq=newest,
        healths=read_healths(connection, written) if written else {},
        written=written,
        configured=_configured(connection) if changed else None,
        spoken=spoken_for(connection) if asked.spoken or newest != asked.seq else None,
    )


def _configured(connection: Connection) -> Configured:
    settings = load_settings(connection)
    checks = {check.id: check for check in load_checks(connection)}
    return Configured(checks, load_windows(connection), settings.canaries, settings.heartbeat)
