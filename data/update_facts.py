"""What an update is made of: what a person answers, and the facts an audience may be told (design 3.5).

Audiences outside the company get another kind of facts, in which names of people, services and causes, the
incident's own title and the bridge have no place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from data.domain import clocks
from data.domain.durations import spoken
from data.domain.incident import Disposition, Incident, Role, Status
from data.domain.policy import Audience, Policy
from data.domain.severity import Severity
from data.text import clean, clean_line

NONE_PLANNED = "none planned"
_LONGEST_ANSWER = 2_000  # characters
_MOST_NAMED = 20  # services or causes in one update
_MINUTE = timedelta(minutes=1)
_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_PUBLIC_TITLES = {
    Severity.P0: "Major service disruption",
    Severity.P1: "Service disruption",
    Severity.P2: "Partial service disruption",
    Severity.P3: "Minor service issue",
}
# The words of public status pages.
_PUBLIC_STATUS = {Status.FIXING: "identified", Status.MONITORING: "monitoring"}
_DOING = {
    Status.DETECTED: "",
    Status.ACKNOWLEDGED: "looking into it",
    Status.INVESTIGATING: "investigating",
    Status.FIXING: "working on the fix",
    Status.MONITORING: "watching that the fix holds",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person says in an update; ``outside`` is for those outside the company alone."""

    know: str = ""
    impact: str = ""
    doing: str = ""
    outside: str = ""

    @property
    def summary(self) -> str:
        """The answers in lines, as the timeline keeps them."""
        told = (
            ("What we know", self.know),
            ("Impact", self.impact),
            ("What we do", self.doing),
            ("Told outside", self.outside if self.outside != self.know else ""),
        )
        return "\n".join(f"{name}: {words.strip()}" for name, words in told if words.strip())


def answers_of(kept: object) -> Answers:
    """Return answers as they were kept, whatever else was kept with them."""
    known = kept if isinstance(kept, Mapping) else {}
    return Answers(**{item.name: str(known.get(item.name, "")) for item in fields(Answers)})


def doing(incident: Incident) -> str:
    """Return what is being done, as far as the status tells it."""
    return _how(incident) if incident.status.over else _DOING[incident.status]


@dataclass(frozen=True, slots=True)
class Outside:
    """What may be told outside the company. Instants are text with their Z, ``title`` is in public words."""

    title: str
    severity: str
    severity_word: str
    status: str  # investigating, identified, monitoring or resolved
    detected_at: str
    duration: str
    what_we_know: str  # what a person wrote for outside, and nothing else
    next_update: str
    resolved: bool
    resolved_at: str
    affected: tuple[str, ...] = ()  # services that have a public name, by that name


@dataclass(frozen=True, slots=True)
class Inside:
    """What those inside the company are told."""

    id: str
    title: str
    severity: str
    severity_word: str
    status: str
    services: tuple[str, ...]
    detected_at: str
    duration: str
    what_we_know: str
    impact: str
    what_we_do: str
    next_update: str
    causes: tuple[str, ...]  # those that a person has confirmed the incident for
    resolved: bool
    resolved_at: str
    how: str
    ic: str
    comms: str
    bridge: str
    ticket: str


def promised(policy: Policy, incident: Incident, audience: str, now: datetime) -> datetime | None:
    """Return when an audience hears again after an update sent ``now``: the end of that minute (UTC).

    None where no other one is planned: the incident is over, or was recorded afterwards.
    """
    if incident.status.over or incident.backfilled:
        return None
    due = now + policy.cadence(incident.severity, audience)
    due = clocks.opening(policy.audience(audience), due)
    minute = due.replace(second=0, microsecond=0)
    return minute if minute == due else minute + _MINUTE


def wall(instant: datetime, now: datetime) -> str:
    """Write an instant for a reader who may be anywhere: ``14:32Z``, with its date on another day."""
    moment = instant.astimezone(UTC)
    dated = moment.date() != now.astimezone(UTC).date()
    return f"{moment:%Y-%m-%d %H:%MZ}" if dated else f"{moment:%H:%MZ}"


def facts_for(
    policy: Policy,
    incident: Incident,
    audience: Audience,
    answers: Answers,
    now: datetime,
    names: Mapping[str, str] = _NO_NAMES,
) -> Inside | Outside:
    """Return the facts an audience may be told at ``now`` (UTC); ``names`` are those of services outside."""
    due = promised(policy, incident, audience.id, now)
    next_update = wall(due, now) if due else NONE_PLANNED
    severity = incident.severity
    over = incident.status.over
    ended = incident.resolved_at if over and incident.resolved_at else None
    resolved_at = wall(ended, now) if ended else ""
    duration = _spoken((ended or now) - incident.detected_at)
    detected_at = wall(incident.detected_at, now)
    if audience.external:
        public = "resolved" if over else _PUBLIC_STATUS.get(incident.status, "investigating")
        affected = _affected(incident, names)
        title = _PUBLIC_TITLES[severity]
        return Outside(
            f"{title}: {', '.join(affected)}" if affected else title,
            severity.value,
            severity.word,
            public,
            detected_at,
            duration,
            _answer(answers.outside),
            next_update,
            over,
            resolved_at,
            affected,
        )
    return Inside(
        incident.key,
        clean_line(incident.title),
        severity.value,
        severity.word,
        incident.status.value,
        incident.services[:_MOST_NAMED],
        detected_at,
        duration,
        _answer(answers.know),
        _answer(answers.impact),
        _answer(answers.doing),
        next_update,
        _causes(incident),
        over,
        resolved_at,
        _how(incident),
        clean_line(incident.role(Role.IC)),
        clean_line(incident.role(Role.COMMS)),
        _link(incident, "bridge"),
        _link(incident, "ticket"),
    )


def subject(facts: Inside | Outside) -> str:
    """Return the line above an update: what a mail or a status page shows first."""
    if isinstance(facts, Outside):
        return facts.title
    end = ": resolved" if facts.resolved else ""
    return clean_line(f"[{facts.severity}] {facts.id} {facts.title}{end}")


def _answer(text: str) -> str:
    return clean(text, _LONGEST_ANSWER, 50).strip()


def _affected(incident: Incident, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what those outside know of the services, each name once."""
    named = (clean_line(names.get(service, "")) for service in incident.services)
    return tuple(dict.fromkeys(name for name in named if name))[:_MOST_NAMED]


def _causes(incident: Incident) -> tuple[str, ...]:
    """Return what still fails, once a person has confirmed that it is an incident."""
    if not incident.confirmed or incident.status.over:
        return ()
    named = (cause.key.partition(":")[2] or cause.key for cause in incident.causes if not cause.cleared_at)
    return tuple(clean_line(name) for name in named)[:_MOST_NAMED]


def _how(incident: Incident) -> str:
    if incident.disposition is None:
        return ""
    words = incident.disposition.value.replace("-", " ")
    return (
        f"{words} of INC-{incident.duplicate_of}" if incident.disposition is Disposition.DUPLICATE else words
    )


def _link(incident: Incident, kind: str) -> str:
    """Return the newest link of a kind."""
    return next((clean_line(link.target, 500) for link in reversed(incident.links) if link.kind == kind), "")


def _spoken(span: timedelta) -> str:
    return spoken(max(span, timedelta(0)) // _MINUTE * _MINUTE) if span >= _MINUTE else "less than a minute"
