"""What should be open by what is known now: decided from the state, never from a change (design 3.6)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from console.workers.scene import Knowledge
from data.domain.check import Check
from data.domain.health import CheckState, Health, stale
from data.domain.holds import Hold, Scene, held, to_open
from data.domain.is_it_us import MassFailure, Network, mass_failure
from data.store.commands.leases import PREFIX
from data.store.commands.opening import Finding
from data.store.commands.reconcile import Ended, Together
from data.store.queries.watching import Spoken

MASS = "mass"

Step = Finding | Together | Ended


class Judge:
    """Says what to open and what has ended; asked again after a restart it says the same."""

    def __init__(self) -> None:
        self.mass: MassFailure | None = None
        self._told: tuple[str, ...] = ()
        self._inherited = False  # from the record, which knows no members
        self._over: tuple[datetime, frozenset[str]] | None = None  # when a mass failure ended, and whose

    def steps(self, known: Knowledge, now: datetime, elsewhere: Collection[str] = ()) -> list[Step]:
        """Return what brings the store in line.

        ``elsewhere`` are checks this host cannot look at: one that nobody looks at masks nothing.
        """
        healths = known.healths
        if elsewhere:
            healths = {
                name: health
                for name, health in known.healths.items()
                if name not in elsewhere
                or name not in known.checks
                or not stale(known.checks[name], health, now)
            }
        before, self.mass = self.mass, self._mass(known, healths, now)
        if before is not None and before.certain and self.mass is None:
            self._over, self._inherited = (now, frozenset(before.members)), False
        steps: list[Step] = [*self._ended(known), *self._together(known)]
        if any(health.down for health in healths.values()):
            scene = Scene(now, known.checks, healths, known.windows, known.own, self.mass)
            steps += self._found(known, scene)
        return steps

    def _mass(self, known: Knowledge, healths: Mapping[str, Health], now: datetime) -> MassFailure | None:
        ongoing, spoken = self.mass, known.spoken.get(MASS)
        if spoken is None or spoken.clear:
            # another worker saw it end: only a failure that is new begins it again
            if self._told:
                ongoing, self._told = None, ()
        elif ongoing is None or not ongoing.certain:
            ongoing = _adopted(known, healths)
            self._inherited = ongoing is not None
        if ongoing is None and not any(health.down for health in healths.values()):
            return None
        return mass_failure(known.checks.values(), healths, known.own, now, ongoing)

    def _ended(self, known: Knowledge) -> Iterator[Ended]:
        for key, spoken in known.spoken.items():
            if spoken.clear:
                continue
            if key == MASS:
                if self.mass is None and known.own is not Network.OFFLINE:
                    yield Ended(key, "most checks can be reached again")
            elif key.startswith(PREFIX):
                name = key.removeprefix(PREFIX)
                health = known.healths.get(name)
                if name not in known.checks:
                    yield Ended(key, f"the check {name} is no more")
                elif health is not None and _over(health, spoken):
                    yield Ended(key, f"{name} is {health.state}")

    def _together(self, known: Knowledge) -> Iterator[Together]:
        if self.mass is None or not self.mass.certain:
            return
        spoken = known.spoken.get(MASS)
        telling = (self.mass.title, *self.mass.members)
        told, self._told = self._told, telling
        # a person has muted it, or what there is to say is on record
        if (spoken is not None and not spoken.clear) and (
            spoken.muted_until is not None or self._inherited or told == telling
        ):
            return
        members = [known.checks[name] for name in self.mass.members if name in known.checks]
        services = tuple(dict.fromkeys(check.service for check in members))
        why = "they failed together within one interval"
        finding = Finding(MASS, self.mass.title, self.mass.severity, why, services)
        yield Together(finding, tuple(PREFIX + check.id for check in members))

    def _found(self, known: Knowledge, scene: Scene) -> Iterator[Finding]:
        for check in (*to_open(scene), *_returning(known, scene)):
            spoken, health = known.spoken.get(PREFIX + check.id), scene.healths[check.id]
            if spoken is not None and not spoken.clear:
                continue
            if health.failing and not self._straggles(check, health):
                yield _finding(check, health)

    def _straggles(self, check: Check, health: Health) -> bool:
        """Part of a mass failure that ended, and not yet looked at since: its next look decides."""
        if self._over is None or health.known is None:
            return False
        ended, members = self._over
        return check.id in members and health.known.at < ended


def _over(health: Health, spoken: Spoken) -> bool:
    """No longer down; a flapping check is not believed: the ladder of what it has opened climbs on."""
    believed = not health.flapping or spoken.incident is None
    return believed and health.state in (CheckState.UP, CheckState.DEGRADED)


def _adopted(known: Knowledge, healths: Mapping[str, Health]) -> MassFailure | None:
    """Take over a mass failure that is on record. Its members are not: take it to have been everybody."""
    measured = [name for name in known.checks if name in healths and healths[name].known is not None]
    unreachable = [name for name in measured if healths[name].unreachable]
    began = min((since for name in unreachable if (since := healths[name].failing_since)), default=None)
    if began is None:
        return None
    doubtful = known.own is not Network.ONLINE
    members = tuple(sorted(measured))
    return MassFailure(began, members, tuple(sorted(unreachable)), len(measured), doubtful)


def _returning(known: Knowledge, scene: Scene) -> Iterator[Check]:
    """Yield flapping checks that are down again on an incident they are part of: that opens nothing new."""
    for check in scene.checks.values():
        health, spoken = scene.healths.get(check.id), known.spoken.get(PREFIX + check.id)
        if health is None or spoken is None or not (health.down and health.flapping):
            continue
        hold = held(check, scene) if spoken.clear and spoken.incident is not None else None
        if hold is not None and hold.hold is Hold.FLAPPING:
            yield check


def _finding(check: Check, health: Health) -> Finding:
    known = health.known
    detail = (known.detail or known.reason.value) if known else "no answer"
    return Finding(
        key=PREFIX + check.id,
        title=f"{check.id} is down",
        severity=check.severity,
        why=f"{detail} ({check.fail_after} of {check.fail_after} failed)",
        services=(check.service,),
        opens=check.opens,
    )
