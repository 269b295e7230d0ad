"""Random days of an incident: commands in any order, some of them refused, with the keeper in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st

from data.domain.incident import Disposition, Role, Status, StepState
from data.domain.severity import Severity
from tests.domain.room import AUDIENCES, LEVELS, STEPS, Room, down

unhurried = settings(deadline=None)  # a busy machine is no bug

PEOPLE = ("ada", "lin", "sam")
Act = Callable[[Room, str], object]


@dataclass(frozen=True)
class Moment:
    """Some minutes later somebody does something."""

    after: float
    by: str
    name: str
    act: Act

    def __repr__(self) -> str:
        return f"+{self.after:g} min {self.by}: {self.name}"


def _act(name: str, act: Act) -> tuple[str, Act]:
    return name, act


def _severity(new: Severity) -> tuple[str, Act]:
    return _act(f"severity {new}", lambda room, by: room.severity(new, by, "looks worse"))


def _status(to: Status) -> tuple[str, Act]:
    return _act(f"status {to}", lambda room, by: room.status(to, by, "because"))


def _resolve(how: Disposition) -> tuple[str, Act]:
    return _act(f"resolve {how}", lambda room, by: room.resolve(how, by))


def _step(step_id: str, to: StepState) -> tuple[str, Act]:
    return _act(f"{step_id} {to}", lambda room, by: room.step(step_id, to, by, "because"))


def _role(role: Role, person: str) -> tuple[str, Act]:
    return _act(f"{role} {person}", lambda room, by: room.role(role, person, by))


def _update(audiences: Sequence[str]) -> tuple[str, Act]:
    return _act(f"update {audiences}", lambda room, by: room.update(*audiences, by=by))


def _switch(audience: str, on: bool) -> tuple[str, Act]:
    return _act(f"{audience} {on}", lambda room, by: room.switch(audience, on, by))


def _snooze(count: int) -> tuple[str, Act]:
    return _act(f"snooze {count}", lambda room, by: room.snooze(count, by=by))


def _escalate(to: str | None) -> tuple[str, Act]:
    return _act(f"escalate {to}", lambda room, by: room.escalate(to=to, by=by))


def _cause(clear: bool) -> tuple[str, Act]:
    return _act(f"cause clear {clear}", lambda room, _: room.cause("check:api", clear=clear))


def _merge(severity: Severity) -> tuple[str, Act]:
    def act(room: Room, by: str) -> object:
        room.declare("The same again", severity, by)
        return room.merge(len(room.incidents), 1, by)

    return _act(f"merge a {severity}", act)


audience_ids = st.sampled_from([audience.id for audience in AUDIENCES])
acts = st.one_of(
    st.sampled_from(
        [
            _act("acknowledge", lambda room, by: room.acknowledge(by)),
            _act("note", lambda room, by: room.note(by=by)),
            _act(
                "ticket", lambda room, by: room.link("ticket", f"https://tickets.example/{room.now:%M}", by)
            ),
            _act("keeper", lambda room, _: room.keeper()),
            _act("undo", lambda room, by: room.undo(by)),
        ]
    ),
    st.sampled_from(Severity).map(_severity),
    st.sampled_from(Status).map(_status),
    st.sampled_from([how for how in Disposition if how is not Disposition.DUPLICATE]).map(_resolve),
    st.builds(_step, st.sampled_from([step.id for step in STEPS]), st.sampled_from(StepState)),
    st.builds(_role, st.sampled_from(Role), st.sampled_from(["", *PEOPLE])),
    st.lists(audience_ids, max_size=3, unique=True).map(_update),
    st.builds(_switch, audience_ids, st.booleans()),
    st.integers(1, 90).map(_snooze),
    st.sampled_from([None, *(level.id for level in LEVELS)]).map(_escalate),
    st.booleans().map(_cause),
    st.sampled_from(Severity).map(_merge),
)
moments = st.builds(
    lambda after, by, act: Moment(after, by, *act),
    st.sampled_from([0, 0.5, 3, 12, 40, 130, 700]),
    st.sampled_from(PEOPLE),
    acts,
)
stories = st.lists(moments, max_size=14)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    """Return a room with one incident, declared by a person or opened by a machine."""
    room = Room()
    person = draw(st.booleans())
    by = "ada" if person else "check:api"
    severity = draw(st.sampled_from(Severity))
    room.declare("Checkout returns 503", severity, by, confirmed=person, causes=(down(),))
    return room


def play(room: Room, story: Sequence[Moment]) -> Room:
    """Let a story happen."""
    for moment in story:
        room.later(moment.after)
        moment.act(room, moment.by)
    return room
