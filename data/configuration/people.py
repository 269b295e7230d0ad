"""Tables for who is told: contacts, levels, channels and audiences (design 3.4, 3.5, 10)."""

from typing import Self

from pydantic import Field, model_validator

from data.configuration.fields import (
    ChannelKind,
    Days,
    Id,
    Ids,
    Line,
    Lines,
    Name,
    Place,
    Secret,
    Secrets,
    Severities,
    Spans,
    Table,
    WallTime,
    Zone,
    pairs,
)
from data.configuration.guide import of_the_guide
from data.configuration.values import At
from data.domain import policy, room
from data.updates import check_template


class ContactTable(Table):
    """``[[contact]]``"""

    id: Id
    name: Name | None = None
    phone: Line = ""
    chat: Line = ""
    email: Line = ""
    zone: Zone | None = None
    notify: Secrets = ()

    def build(self, place: Place) -> policy.Contact:
        """Return the contact, named by the id where no name is given."""
        return policy.Contact(
            self.id,
            self.name or self.id,
            self.phone,
            self.chat,
            self.email,
            self.zone or "",
            self.notify,
        )


class LevelTable(Table):
    """``[[level]]``; one with an id of the guide keeps what the guide says unless told otherwise."""

    id: Id
    name: Name | None = None
    calendar: Secret | None = None
    contacts: Ids = ()
    severities: Severities | None = None
    delay: Spans = Field(default_factory=dict)
    confirmed_only: bool | None = None

    def build(self, place: Place) -> policy.Level:
        """Return the level; its rank is its place in the file."""
        guide = of_the_guide(room.Kind.LEVEL, self.id) or policy.Level(self.id, self.id, 0)
        return policy.Level(
            self.id,
            self.name or guide.name,
            place.number,
            self.contacts,
            self.calendar,
            self.severities or guide.severities,
            pairs(self.delay),
            guide.confirmed_only if self.confirmed_only is None else self.confirmed_only,
        )


class ChannelTable(Table):
    """``[[channel]]``: an Apprise ``url``, or a status page with its ``page`` and ``token``."""

    id: Id
    kind: ChannelKind = "apprise"
    url: Secret | None = None
    page: Line = ""
    token: Secret | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.kind == "apprise":
            for key in ("page", "token"):
                if key in self.model_fields_set:
                    raise At(f'"{key}" belongs to kind = "statuspage"', key)
            if self.url is None:
                raise ValueError('"url" is missing')
        else:
            for key in ("page", "token"):
                if not getattr(self, key):
                    raise ValueError(f'"{key}" is missing')
        return self

    def build(self, place: Place) -> room.Channel:
        """Return the channel."""
        return room.Channel(self.id, self.url or "", self.kind, self.page, self.token or "")


class HoursTable(Table):
    """When an audience reads, in its own zone or the room's."""

    days: Days = (0, 1, 2, 3, 4)
    opens: WallTime = Field(alias="from")
    closes: WallTime = Field(alias="until")
    zone: Zone | None = None

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.closes <= self.opens:
            raise At('must be later than "from" on the same day', "until")
        return self


class AudienceTable(Table):
    """``[[audience]]``; one with an id of the guide keeps what the guide says unless told otherwise."""

    id: Id
    name: Name | None = None
    channels: Ids = ()
    severities: Severities | None = None
    cadence: Spans = Field(default_factory=dict)
    by_hand: bool | None = None
    external: bool | None = None
    hours: HoursTable | None = None
    template: Lines = ""

    @model_validator(mode="after")
    def _template_can_be_filled_in(self) -> Self:
        if self.template and (trouble := check_template(self.template, external=self._outside)):
            raise At(f"line {trouble.line} of it: {trouble.sentence}", "template")
        return self

    @property
    def _guide(self) -> policy.Audience:
        guide: policy.Audience | None = of_the_guide(room.Kind.AUDIENCE, self.id)
        return guide or policy.Audience(self.id, self.id)

    @property
    def _outside(self) -> bool:
        return self._guide.external if self.external is None else self.external

    def build(self, place: Place) -> policy.Audience:
        """Return the audience."""
        guide = self._guide
        hours = None
        if (told := self.hours) is not None:
            hours = policy.Hours(told.days, told.opens, told.closes, told.zone or place.zone)
        return policy.Audience(
            self.id,
            self.name or guide.name,
            self.severities or guide.severities,
            guide.by_hand if self.by_hand is None else self.by_hand,
            self._outside,
            self.channels,
            pairs(self.cadence),
            hours,
            self.template,
        )
