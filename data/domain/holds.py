"""What keeps a hard-down check from opening anything (design 3.6)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.domain.check import Check, Outcome, Reason
from data.domain.health import Health, stale
from data.domain.is_it_us import MassFailure, Network
from data.domain.maintenance import in_maintenance
from data.domain.room import MaintenanceWindow


class Hold(StrEnum):
    """Why a hard-down check opens nothing now."""

    OFFLINE = "offline"  # our own network is down
    STALE = "stale"  # nobody has looked lately
    MAINTENANCE = "maintenance"
    MASKED = "masked"  # something it depends on is down
    MASS = "mass"  # part of one mass failure
    FLAPPING = "flapping"
    WAITING = "waiting"  # the next looks at other checks decide


@dataclass(frozen=True, slots=True)
class Held:
    """A hold and, for a masked or waiting check, what it looks to."""

    hold: Hold
    by: str = ""
    until: datetime | None = None  # end of the maintenance

    @property
    def text(self) -> str:
        """Short words for a row: "masked by edge"."""
        return _TEXTS[self.hold].format(by=self.by)


_TEXTS = {
    Hold.OFFLINE: "our network is down",
    Hold.STALE: "not measured lately",
    Hold.MAINTENANCE: "in maintenance",
    Hold.MASKED: "masked by {by}",
    Hold.MASS: "part of a mass failure",
    Hold.FLAPPING: "flapping",
    Hold.WAITING: "waiting for {by}",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about a room's health at one instant, as the rules need it."""

    now: datetime
    checks: Mapping[str, Check]
    healths: Mapping[str, Health]
    windows: tuple[MaintenanceWindow, ...] = ()
    own: Network = Network.UNPROVEN
    mass: MassFailure | None = None


def ancestors(name: str, checks: Mapping[str, Check]) -> tuple[str, ...]:
    """Return all a check depends on, directly first, each once; a cycle ends where it began.

    Names that are no check are left out, and so is the check itself.
    """
    found: dict[str, None] = {}
    level = [name]
    while level:
        parents = [parent for item in level for parent in checks[item].depends_on if parent in checks]
        level = []
        for parent in parents:
            if parent != name and parent not in found:
                found[parent] = None
                level.append(parent)
    return tuple(found)


def masked_by(
    name: str, checks: Mapping[str, Check], healths: Mapping[str, Health], now: datetime
) -> str | None:
    """Return the hard-down check that explains this one being down, None when there is none.

    That is the root of the trouble: nothing it depends on is down itself. Checks that depend
    on each other do not mask one another, or a cycle would be silent altogether; nor does one
    that can no longer be measured at all (a secret is gone, say) mask for ever.
    """

    def explains(parent: Check, health: Health) -> bool:
        return health.down and not _blind(parent, health, now)

    return _root(name, checks, healths, explains)


def waits_for(
    name: str, checks: Mapping[str, Check], healths: Mapping[str, Health], now: datetime
) -> str | None:
    """Return a check this one depends on that is failing but not yet hard down.

    A child probed sooner than its parent turns hard down first; a few more tries of the
    parent decide whether it is masked. A parent nobody has looked at lately is not waited for.
    """

    def undecided(parent: Check, health: Health) -> bool:
        return health.failing and not health.down and not stale(parent, health, now)

    return _root(name, checks, healths, undecided)


def _blind(check: Check, health: Health, now: datetime) -> bool:
    """Looked at, yet long without an answer that counts, and not for our own network's sake."""
    last = health.last
    if last is None or last.outcome is not Outcome.INCONCLUSIVE or last.reason is Reason.OFFLINE:
        return False
    return stale(check, health, now)


def _root(
    name: str,
    checks: Mapping[str, Check],
    healths: Mapping[str, Health],
    bad: Callable[[Check, Health], bool],
) -> str | None:
    if name not in checks:
        return None
    above = {
        parent: ancestors(parent, checks)
        for parent in ancestors(name, checks)
        if parent in healths and bad(checks[parent], healths[parent])
    }
    blamed = {parent: over for parent, over in above.items() if name not in over}
    for parent, over in blamed.items():
        if not any(other in over and parent not in blamed[other] for other in blamed):
            return parent
    return None


def held(check: Check, scene: Scene) -> Held | None:
    """Return what keeps this check's cause from being opened; None when nothing does.

    Ask at every look, not only when a check turns: what was held while it went down must be
    told once the hold is gone and it is still down.
    """
    health = scene.healths.get(check.id, Health(check.id))
    window = in_maintenance(scene.windows, check.service, scene.now)
    if scene.own is Network.OFFLINE:
        return Held(Hold.OFFLINE)
    if stale(check, health, scene.now):
        return Held(Hold.STALE)
    if window is not None:
        return Held(Hold.MAINTENANCE, until=window.ends)
    if scene.mass is not None and check.id in scene.mass.unreachable:
        return Held(Hold.MASS) if scene.mass.certain else Held(Hold.WAITING, "the other checks")
    if parent := masked_by(check.id, scene.checks, scene.healths, scene.now):
        return Held(Hold.MASKED, parent)
    if health.flapping:
        return Held(Hold.FLAPPING)
    if parent := waits_for(check.id, scene.checks, scene.healths, scene.now):
        return Held(Hold.WAITING, parent)
    return None


def to_open(scene: Scene) -> Iterable[Check]:
    """Yield the checks whose cause should be open now: hard down and not held."""
    for check in scene.checks.values():
        health = scene.healths.get(check.id)
        if health is not None and health.down and held(check, scene) is None:
            yield check
