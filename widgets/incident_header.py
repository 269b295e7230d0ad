"""The top of an incident: what it is, how both clocks stand, who does what, who is next (design 4)."""

from zoneinfo import ZoneInfo

from textual.reactive import reactive

from data.domain.checklist import overdue
from data.domain.clocks import read_response, read_update
from data.domain.durations import brief
from data.domain.incident import LadderState, Role
from data.domain.instants import t_plus
from data.domain.links import BRIDGE, newest
from data.domain.policy import Level
from data.domain.words import count
from data.views import IncidentView
from widgets.countdown import response_text, update_text
from widgets.ladder import rung_text
from widgets.panel import Panel
from widgets.safe import fit, plain
from widgets.tones import SEVERITY_TONES, Span, severity_text

LINES = 4
_BRIDGE = "   bridge: b"
_ROLES = ((Role.IC, "IC"), (Role.DEPUTY, "deputy"), (Role.SCRIBE, "scribe"), (Role.COMMS, "comms"))


class IncidentHeader(Panel):
    """Four lines that can be read aloud."""

    DEFAULT_CSS = f"IncidentHeader {{ height: {LINES}; }}"

    view: reactive[IncidentView | None] = reactive(None)
    zone: reactive[str] = reactive("UTC")
    here: reactive[tuple[str, ...]] = reactive(())  # who else looks at it, and to whom they write

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one of the lines."""
        if self.view is None:
            return []
        if y == 2 and self.size.height < LINES:  # of both it is the one that a page must not be missed for
            ladder = self._ladder(self.view, width)
            if any(tone == "alarm" for _, tone in ladder):
                ic = plain(self.view.incident.role(Role.IC))
                return _within(
                    [(" IC ", "muted"), (ic or "nobody", "" if ic else "alarm"), ("  ", ""), *ladder], width
                )
        return (
            (self._title, self._clocks, self._roles, self._ladder)[y](self.view, width) if y < LINES else []
        )

    def _title(self, view: IncidentView, width: int) -> list[Span]:
        incident = view.incident
        right = f"{severity_text(incident.severity)}  {incident.status}"
        key = f" {incident.key}  "
        room = max(0, width - len(key) - len(right) - 3)
        return [
            (key, "strong"),
            (fit(incident.title, room), "strong"),
            ("  ", ""),
            (right, SEVERITY_TONES[incident.severity]),
        ]

    def _clocks(self, view: IncidentView, width: int) -> list[Span]:
        incident = view.incident
        response = response_text(read_response(incident, self.now), self.now)
        reading = read_update(incident, self.now)
        update = update_text(reading, self.now)
        local = incident.detected_at.astimezone(ZoneInfo(self.zone))
        mark = "Z" if self.zone == "UTC" else f" {local:%Z}"
        spans: list[Span] = [
            (" RESPOND ", "muted"),
            (response.text, response.tone),
            ("   UPDATE ", "muted"),
            (update.text, update.tone),
        ]
        if reading.audience:
            more = f" +{reading.also}" if reading.also else ""
            spans.append((f" {plain(reading.audience)}{more}", "muted"))
        if late := len(overdue(incident, self.now)):
            spans.append((f"   {count(late, 'step')} late", "late"))
        spans.append((f"   {t_plus(self.now - incident.detected_at)}", ""))
        left = width - sum(len(text) for text, _ in spans)
        said = (f"   detected {local:{form}}{mark}" for form in ("%H:%M:%S", "%H:%M"))
        spans.append((next((words for words in said if len(words) <= left), ""), "muted"))
        return _within(spans, width)

    def _roles(self, view: IncidentView, width: int) -> list[Span]:
        incident = view.incident
        spans: list[Span] = [(" ", "")]
        for number, (role, word) in enumerate(_ROLES):
            holder = incident.role(role)
            alarm = role is Role.IC and incident.severity.major and incident.live
            spans += [(" · " if number else "", "muted"), (f"{word} ", "muted")]
            spans.append(
                (
                    plain(holder) or ("nobody" if alarm else "—"),
                    "" if holder else "alarm" if alarm else "muted",
                )
            )
        if self.here:
            spans.append((f"   here: {plain(', '.join(self.here))}", "soon"))
        if incident.services:
            spans.append((f"   {plain(', '.join(incident.services))}", "accent"))
        if not newest(incident, BRIDGE):
            return _within(spans, width)
        return [*_within(spans, width - len(_BRIDGE)), (_BRIDGE, "accent")]

    def _ladder(self, view: IncidentView, width: int) -> list[Span]:
        incident, ladder = view.incident, view.incident.ladder
        spans: list[Span] = [(" ", "")]
        if incident.live and incident.causes_clear:
            spans.append(("every cause is clear: r resolves   ", "good"))
        if incident.live and not incident.confirmed:
            spans.append(("unconfirmed: opened by itself   ", "warn"))
        if incident.lapsed_at is not None:
            spans.append(("the acknowledgement lapsed: a takes it   ", "alarm"))
        elif incident.lapse_warned:
            spans.append(("the acknowledgement is about to lapse: a note or an update keeps it   ", "warn"))
        if ladder is not None and incident.live:
            spans += self._climbing(view, ladder.state)
        if view.suggested:
            left = width - sum(len(text) for text, _ in spans)
            whole = f"   fits: {plain(', '.join(view.suggested))} (R attaches)"
            short = f"   R: {count(len(view.suggested), 'runbook')}"
            spans.append((whole if len(whole) <= left else short if len(short) <= left else "", "accent"))
        return _within(spans, width)

    def _climbing(self, view: IncidentView, state: LadderState) -> list[Span]:
        ladder = view.incident.ladder
        told = view.policy.level(ladder.level) if ladder and ladder.level else None
        coming = view.policy.level(ladder.next_level) if ladder and ladder.next_level else None
        match state:
            case LadderState.NOBODY:
                return [("no one can be paged: no level has a contact", "alarm")]
            case LadderState.STOPPED:
                who = plain(view.incident.acknowledged_by)
                return [(f"ladder stopped: {who} has it" if who else "ladder stopped", "muted")]
            case LadderState.HELD:
                clear = view.incident.causes_clear  # which the line has said by then
                return [("ladder holds" if clear else "ladder holds while every cause is clear", "muted")]
            case LadderState.EXHAUSTED:
                return [("the ladder has been through everybody: C calls", "alarm")]
        spans: list[Span] = [self._turn(view, told) if told else ("nobody's turn yet", "")]
        if coming is not None and ladder is not None and ladder.next_at is not None:
            late = self.now > ladder.next_at
            word = "due since" if late else "in"
            due = f", next {plain(coming.name)} {word} {brief(self.now - ladder.next_at)}"
            spans.append((due, "late" if late else ""))
            spans.append(("  C calls", "muted"))
        return spans

    def _turn(self, view: IncidentView, level: Level) -> Span:
        """Say what came of telling the level whose turn it is, in the words of the ladder."""
        name = plain(level.name)
        rung = next((rung for rung in view.rungs if rung.level.id == level.id), None)
        said = rung_text(rung, self.now, climbing=True, zone=self.zone) if rung else None
        if said is None or said.text.startswith("turn"):  # no page of which anything came
            return (f"turn of {name}", "")
        return (f"{name}: {said.text}", "" if said.tone == "good" else said.tone)


def _within(spans: list[Span], width: int) -> list[Span]:
    """Return spans cut where the line ends."""
    kept: list[Span] = []
    left = width
    for text, tone in spans:
        if left <= 0:
            break
        cut = text if len(text) <= left else fit(text, left)
        kept.append((cut, tone))
        left -= len(cut)
    return kept
