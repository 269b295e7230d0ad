"""The tables a configuration may hold, and the domain objects they become (design 10)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from data.configuration import values
from data.configuration.fields import (
    Fact,
    Id,
    Ids,
    Line,
    Lines,
    Name,
    Names,
    PageTemplate,
    Place,
    Secret,
    Sev,
    Span,
    Table,
    Targets,
    Title,
    Within,
    Zone,
    pairs,
)
from data.configuration.people import AudienceTable, ChannelTable, ContactTable, LevelTable
from data.configuration.watching import CheckTable, MaintenanceTable, ServiceTable, SourceTable
from data.domain import room
from data.domain.incident import StepKind
from data.domain.policy import GUIDE_TIMES
from data.domain.severity import Severity

_kind = values.one_of(*StepKind)


class RoomTable(Table):
    """``[room]``"""

    name: Name = "warroom"
    timezone: Zone = "UTC"
    canaries: Targets = ()
    heartbeat: Secret | None = None
    confirm_within: dict[Sev, Within] | None = None
    reopen_within: Span = timedelta(hours=24)
    ladder_repeats: Annotated[int, Field(ge=0, le=100)] = 2
    ticket: PageTemplate = ""
    bridge: PageTemplate = ""

    def build(self, trusted: tuple[str, ...]) -> room.RoomSettings:
        """Return the room's settings; a severity ``confirm_within`` leaves out never opens by itself."""
        within = room.RoomSettings().confirm_within
        if self.confirm_within is not None:
            within = pairs({key: value for key, value in self.confirm_within.items() if value is not None})
        return room.RoomSettings(
            self.name,
            self.timezone,
            self.canaries,
            self.heartbeat or "",
            within,
            self.reopen_within,
            self.ladder_repeats,
            trusted,
            self.ticket,
            self.bridge,
        )


class RunbooksTable(Table):
    """``[runbooks]``"""

    trusted: Ids = ()


class SeverityTable(Table):
    """``[severity.P0]``; what it leaves out stays as the guide has it."""

    response: Span | None = None
    update: Span | None = None

    def build(self, severity: Severity) -> room.SeverityTimes:
        """Return a severity's times."""
        guide = GUIDE_TIMES[severity]
        return room.SeverityTimes(severity, self.response or guide.response, self.update or guide.update)


class StepTable(Table):
    """A step of a runbook."""

    title: Title
    phase: Line = ""
    kind: Annotated[StepKind, BeforeValidator(lambda value: StepKind(_kind(value)))] = StepKind.MANUAL
    detail: Lines = ""
    command: Lines = ""
    auto: Fact = ""
    second: bool = False


class RunbookTable(Table):
    """``[[runbook]]``"""

    id: Id
    title: Title
    always: bool = False
    words: Names = ()
    step: Annotated[tuple[StepTable, ...], Field(strict=False)] = ()

    def build(self, place: Place) -> room.Runbook:
        """Return the runbook."""
        steps = tuple(room.RunbookStep(**step.model_dump()) for step in self.step)
        return room.Runbook(self.id, self.title, steps, self.always, self.words)


ARRAYS: Mapping[room.Kind, type[Any]] = {
    room.Kind.SERVICE: ServiceTable,
    room.Kind.CHECK: CheckTable,
    room.Kind.MAINTENANCE: MaintenanceTable,
    room.Kind.SOURCE: SourceTable,
    room.Kind.CONTACT: ContactTable,
    room.Kind.LEVEL: LevelTable,
    room.Kind.CHANNEL: ChannelTable,
    room.Kind.AUDIENCE: AudienceTable,
    room.Kind.RUNBOOK: RunbookTable,
}
