"""Reading a drill's scenario from a small TOML file: all of it, or every problem with its line."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from data.configuration import values
from data.configuration.fields import Ids, Line, Lines, Sev, Span, Table, Title
from data.configuration.locate import Path as Way
from data.configuration.locate import line_at, lines_of
from data.configuration.model import ConfigurationError, Problem, problem
from data.configuration.reading import parse
from data.configuration.sentences import explain
from data.defaults import defaults
from data.domain.drill import Expected, Remedy, Scenario, Turn
from data.domain.room import Kind
from data.text import clean_line

LARGEST = 256 * 1024  # bytes
LONGEST = timedelta(hours=4)
HEALS = "ok"  # the mode of a service that is well
_LATEST = timedelta(hours=1)  # of an answer


def _some(items: tuple[str, ...]) -> tuple[str, ...]:
    if not items:
        raise ValueError("must not be empty")
    return items


def _at_most(most: timedelta) -> AfterValidator:
    return AfterValidator(lambda span: values.bounded(span, most=most))


class EventTable(Table):
    """``[[event]]``: a service behaves differently."""

    after: Annotated[Span, _at_most(LONGEST)]
    service: str
    mode: str
    why: Title
    latency: Annotated[Span, _at_most(_LATEST)] | None = None


class RemedyTable(Table):
    """``[[remedy]]``: something responders can do."""

    do: Title
    says: Title
    heals: Ids = ()


class ExpectTable(Table):
    """``[expect]``: the incident it is."""

    severity: Sev
    services: Annotated[Ids, AfterValidator(_some)]
    runbook: str
    why: Line = ""


class ScenarioTable(Table):
    """A whole scenario."""

    title: Title
    brief: Lines
    cause: Lines
    lasts: Annotated[Span, _at_most(LONGEST)]
    hints: Annotated[tuple[Title, ...], Field(strict=False)] = ()
    expect: ExpectTable
    event: Annotated[tuple[EventTable, ...], Field(strict=False), AfterValidator(_some)]
    remedy: Annotated[tuple[RemedyTable, ...], Field(strict=False)] = ()

    def build(self, key: str) -> Scenario:
        """Return the scenario, its events in the order of their times."""
        turns = (Turn(item.after, item.service, item.mode, item.why, item.latency) for item in self.event)
        return Scenario(
            id=key,
            title=self.title,
            brief=self.brief.strip(),
            cause=self.cause.strip(),
            lasts=self.lasts,
            expected=Expected(**self.expect.model_dump()),
            turns=tuple(sorted(turns, key=lambda turn: turn.after)),
            hints=self.hints,
            remedies=tuple(Remedy(item.do, item.says, item.heals) for item in self.remedy),
        )


def read_path(path: Path, services: Collection[str], modes: Collection[str]) -> Scenario:
    """Read a scenario's file. Raises ConfigurationError with all problems, also where it cannot be read."""
    name = clean_line(str(path))
    try:
        if path.exists() and not path.is_file():
            raise ConfigurationError([problem(name, 0, "", "is not a regular file")])
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be a file's"
        raise ConfigurationError([problem(name, 0, "", f"cannot be read: {reason}")]) from None
    if len(data) > LARGEST:
        raise ConfigurationError([problem(name, 0, "", f"is larger than {LARGEST // 1024} kB")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([problem(name, line, "", "is not UTF-8 text")]) from None
    return read(text, name, clean_line(path.stem), services, modes)


def read(text: str, file: str, key: str, services: Collection[str], modes: Collection[str]) -> Scenario:
    """Read a scenario about ``services``, which break in these ``modes``; ``file`` is named in problems.

    Raises ConfigurationError with all problems.
    """
    document = parse(text, file)
    lines = lines_of(text)

    def told(path: Way, message: str, hint: str = "") -> Problem:
        shown = ".".join(f"#{part + 1}" if isinstance(part, int) else part for part in path)
        return problem(file, line_at(lines, path), shown, message, hint)

    try:
        table = ScenarioTable.model_validate(document)
    except ValidationError as error:
        found = [one for item in error.errors(include_url=False) for one in explain(item, ScenarioTable)]
        raise ConfigurationError([told(*one) for one in found]) from None
    wrong = [told(*one) for one in _unknown(table, services, modes)]
    if wrong:
        raise ConfigurationError(wrong)
    return table.build(key)


def _unknown(
    table: ScenarioTable, services: Collection[str], modes: Collection[str]
) -> Iterator[tuple[Way, str, str]]:
    """Yield names of what does not exist, and a story that cannot be told."""
    runbooks = [item.id for item in defaults().definitions if item.kind is Kind.RUNBOOK]
    named: list[tuple[Way, str, str, Collection[str]]] = [
        (("expect", "runbook"), "runbook", table.expect.runbook, runbooks)
    ]
    named += [
        (("expect", "services", n), "service", one, services) for n, one in enumerate(table.expect.services)
    ]
    for number, event in enumerate(table.event):
        named.append((("event", number, "service"), "service", event.service, services))
        named.append((("event", number, "mode"), "mode", event.mode, modes))
    for number, remedy in enumerate(table.remedy):
        named += [
            (("remedy", number, "heals", n), "service", one, services) for n, one in enumerate(remedy.heals)
        ]
    for path, kind, name, known in named:
        if name not in known:
            listed: list[Any] = sorted(known)
            hint = values.nearest(name, listed) or f"known: {', '.join(listed)}"
            yield path, f"there is no {kind} {values.quoted(name)}", hint
    if all(event.mode == HEALS for event in table.event):
        yield ("event",), "nothing breaks: every event heals", ""
    for number, event in enumerate(table.event):
        if event.after >= table.lasts:
            yield ("event", number, "after"), "comes when the drill is over", ""
