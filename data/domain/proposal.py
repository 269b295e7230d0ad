"""Proposals: what a machine found, waiting for a person, but not for ever (design 3.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.domain.incident import Cause
from data.domain.policy import Policy
from data.domain.severity import Severity

MUTE_AT_MOST = timedelta(hours=4)


class ProposalState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"  # by a person
    OPENED = "opened"  # by itself, unanswered
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # every cause cleared first


@dataclass(frozen=True, slots=True)
class Proposal:
    """An incident somebody should confirm (PR-3), or a resolved one that came back (``reopens``)."""

    id: int
    title: str
    severity: Severity
    why: str
    proposed_at: datetime
    opens_at: datetime | None
    services: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    state: ProposalState = ProposalState.PROPOSED
    reopens: int | None = None
    incident: int | None = None
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def key(self) -> str:
        """The name people say: PR-3."""
        return f"PR-{self.id}"

    @property
    def clear(self) -> bool:
        """True when every cause has cleared."""
        return bool(self.causes) and all(cause.cleared_at is not None for cause in self.causes)


def opens_at(policy: Policy, severity: Severity, proposed_at: datetime) -> datetime | None:
    """Return when an unanswered proposal opens by itself; None for those that wait for a person."""
    within = dict(policy.confirm_within).get(severity)
    return None if within is None else proposed_at + within
