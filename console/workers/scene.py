"""What a worker knows of the room's health, kept in memory and brought up to date in small reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from data.domain.check import Check
from data.domain.health import CheckState, Health
from data.domain.holds import Scene, to_open
from data.domain.is_it_us import MassFailure, Network, mass_failure
from data.domain.room import MaintenanceWindow
from data.domain.severity import Severity
from data.store.commands import checks as leases
from data.store.commands.findings import Finding
from data.store.definitions import load_checks, load_settings, load_windows
from data.store.queries.board import seq
from data.store.queries.health import load_healths
from data.store.tables import EVENT

MASS = "mass"
_RELOAD = ("configured", "maintenance")
_OVERLAP = timedelta(seconds=5)


@dataclass
class Knowledge:
    """Checks, their health, windows and canaries, as of ``seq``."""

    seq: int = -1
    checks: dict[str, Check] = field(default_factory=dict)
    healths: dict[str, Health] = field(default_factory=dict)
    windows: tuple[MaintenanceWindow, ...] = ()
    canaries: tuple[str, ...] = ()
    own: Network = Network.UNPROVEN
    mass: MassFailure | None = None
    looked: datetime | None = None

    def refresh(self, connection: Connection, now: datetime) -> bool:
        """Read what changed since the last time; True when the checks themselves were read anew."""
        newest = seq(connection)
        if self.seq >= 0:
            changed = (
                newest > self.seq
                and connection.execute(
                    select(EVENT.c.seq).where(EVENT.c.seq > self.seq, EVENT.c.kind.in_(_RELOAD)).limit(1)
                ).scalar()
            )
            since = (self.looked or now) - _OVERLAP
            for health in leases.changed_since(connection, since):
                known = self.healths.get(health.check)
                if known is None or known.last is None or (health.last and health.last.at >= known.last.at):
                    self.healths[health.check] = health
        else:
            changed = True
            self.healths = load_healths(connection)
        self.looked = now
        self.seq = newest
        if changed:
            self.checks = {check.id: check for check in load_checks(connection)}
            self.windows = load_windows(connection)
            self.canaries = load_settings(connection).canaries
        return bool(changed)

    def take(self, healths: Iterable[Health]) -> None:
        """Take in the healths this worker has just written."""
        self.healths.update((health.check, health) for health in healths)

    def wanted(self, now: datetime) -> dict[str, Finding]:
        """Return what should be open now, by cause."""
        self.mass = mass_failure(self.checks.values(), self.healths, self.own, now, self.mass)
        scene = Scene(now, self.checks, self.healths, self.windows, self.own, self.mass)
        found = {f"check:{check.id}": _finding(check, self.healths[check.id]) for check in to_open(scene)}
        if self.mass is not None and self.mass.certain:
            title = self.mass.title
            found[MASS] = Finding(MASS, title, Severity.P0, "they failed together within one interval")
        return found

    def over(self, attached: Iterable[str]) -> dict[str, str]:
        """Return the attached causes that have ended, with the words why; only what was seen to end."""
        ended = {}
        for key in attached:
            if key == MASS:
                if self.mass is None and self.own is not Network.OFFLINE:
                    ended[key] = "most checks can be reached again"
            elif key.startswith("check:"):
                name = key.removeprefix("check:")
                health = self.healths.get(name)
                if name not in self.checks:
                    ended[key] = f"the check {name} is no more"
                elif health is not None and health.state in (CheckState.UP, CheckState.DEGRADED):
                    ended[key] = f"{name} is {health.state}"
        return ended


def _finding(check: Check, health: Health) -> Finding:
    known = health.known
    detail = (known.detail or known.reason.value) if known else "no answer"
    return Finding(
        key=f"check:{check.id}",
        title=f"{check.id} is down",
        severity=check.severity,
        why=f"{detail} ({check.fail_after} of {check.fail_after} failed)",
        services=(check.service,),
        opens=check.opens,
    )
