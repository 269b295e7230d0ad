"""A configuration document: its tables, one by one, and what they say of each other (design 10)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from data.configuration.fields import Place
from data.configuration.locate import Path, line_at
from data.configuration.model import ROOM_ID, Configuration, ConfigurationError, Problem, by_line, problem
from data.configuration.references import circles, references
from data.configuration.runbooks import RUNBOOKS, Beside
from data.configuration.sentences import explain, unknown
from data.configuration.tables import ARRAYS, RoomTable, RunbooksTable, SeverityTable
from data.configuration.values import kind_of, nearest, quoted, severity
from data.defaults import defaults
from data.domain.codec import encode
from data.domain.room import Definition, Kind

_TOP = ("room", "severity", *(kind.value for kind in ARRAYS), RUNBOOKS)

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    id: str
    path: Path
    thing: Any


class Document:
    """One document while it is read; problems gather until all of it has been looked at."""

    def __init__(
        self, file: str, document: dict[str, Any], lines: Mapping[Path, int], markdown: Beside
    ) -> None:
        self._problems: list[Problem] = list(markdown.problems)
        self._markdown = markdown
        self._file = file
        self._document = document
        self._lines = lines
        self._entries: list[_Entry] = []
        self._warnings: list[Problem] = []
        self._zone = "UTC"

    def check(self) -> None:
        """Look at all of it; raises ConfigurationError with everything that is wrong."""
        self._room()
        self._severities()
        for kind in ARRAYS:
            self._array(kind)
        self._unknown_tables()
        self._duplicates()
        self._names()
        if self._problems:
            raise ConfigurationError(self._problems)

    def _room(self) -> None:
        """Read ``[room]`` and ``[runbooks]``, which are one definition."""
        table = self._table(("room",), RoomTable)
        trusted = self._table((RUNBOOKS,), RunbooksTable)
        if table is None or trusted is None or not {"room", RUNBOOKS} & self._document.keys():
            return
        self._zone = table.timezone
        path: Path = ("room",) if "room" in self._document else (RUNBOOKS,)
        self._entries.append(_Entry(Kind.ROOM, ROOM_ID, path, table.build(trusted.trusted)))

    def _severities(self) -> None:
        """Read ``[severity.P0]`` to ``[severity.P3]``."""
        written = self._document.get("severity", {})
        if not isinstance(written, dict):
            self._add(("severity",), f"expected [severity.P0], found {kind_of(written)}")
            return
        for key in written:
            try:
                level = severity(key)
            except ValueError as error:
                self._add(("severity", key), str(error))
                continue
            table = self._table(("severity", key), SeverityTable)
            if table is not None:
                self._entries.append(_Entry(Kind.SEVERITY, key, ("severity", key), table.build(level)))

    def _array(self, kind: Kind) -> None:
        """Read all tables of a kind that has many."""
        written = self._document.get(kind, [])
        if not isinstance(written, list):
            self._add(
                (kind.value,), f"expected [[{kind}]], found {kind_of(written)}", _brackets(kind, written)
            )
            return
        for number in range(len(written)):
            path: Path = (kind.value, number)
            table = self._table(path, ARRAYS[kind])
            if table is not None:
                thing = table.build(Place(number + 1, self._zone))
                self._entries.append(_Entry(kind, thing.id, path, thing))

    def _unknown_tables(self) -> None:
        """Report what is no table of a configuration."""
        for key in self._document:
            if key not in _TOP:
                self._add((key,), "is an unknown table", unknown(key, _TOP))

    def _duplicates(self) -> None:
        """Report ids given twice, also where a table has other problems."""
        for kind in ARRAYS:
            seen: dict[str, int] = {}
            for path, key in self._written_ids(kind):
                line = line_at(self._lines, (*path, "id"))
                if key in seen:
                    self._add(
                        (*path, "id"), f"{quoted(key)} is already the id of the {kind} on line {seen[key]}"
                    )
                else:
                    seen[key] = line
                    if kind is Kind.RUNBOOK and key in self._markdown.names:
                        message = f"{quoted(key)} is also {RUNBOOKS}/{key}.md"
                        self._add((*path, "id"), message, "keep one of the two")

    def _names(self) -> None:
        """Report names of what does not exist, and checks that wait for each other."""
        known = {kind: [key for _, key in self._written_ids(kind)] for kind in ARRAYS}
        known[Kind.RUNBOOK] += self._markdown.names
        known[Kind.RUNBOOK] += [item.id for item in defaults().definitions if item.kind is Kind.RUNBOOK]
        for kind, path, table in self._written():
            for found in references(kind, table):
                if found.id not in known[found.kind]:
                    message = f"there is no {found.kind} {quoted(found.id)}"
                    hint = nearest(found.id, known[found.kind]) or _known(known[found.kind])
                    self._add((*path, *found.path), message, hint, warn=not found.required)
        self._circles()

    def _circles(self) -> None:
        checks: dict[str, Path] = {}
        depends_on: dict[str, list[str]] = {}
        ids = dict(self._written_ids(Kind.CHECK))
        for kind, path, table in self._written():
            if kind is Kind.CHECK and path in ids and ids[path] not in checks:
                checks[ids[path]] = path
                named = [found.id for found in references(kind, table) if found.kind is Kind.CHECK]
                depends_on[ids[path]] = named
        for circle in circles(depends_on):
            words = "this check depends on itself"
            if len(circle) > 2:
                words = f"these checks wait for each other: {', '.join(circle)}"
            self._add((*checks[circle[0]], "depends_on"), words)

    def result(self) -> Configuration:
        """Return what was read, when there were no problems."""
        definitions: list[Definition] = []
        lines = {}
        for kind in Kind:
            of_kind = [entry for entry in self._entries if entry.kind is kind]
            for position, entry in enumerate(of_kind):
                spec = encode(entry.thing)
                definitions.append(Definition(kind, entry.id, spec, position=position))
                lines[kind, entry.id] = line_at(self._lines, entry.path)
            if kind is Kind.RUNBOOK:
                beside = self._markdown
                first = len(of_kind)
                definitions += [replace(item, position=n) for n, item in enumerate(beside.definitions, first)]
        warnings = tuple(by_line(self._warnings))
        return Configuration(
            tuple(definitions), self._file, lines, warnings, self._markdown.texts, self._markdown.files
        )

    def _table(self, path: Path, model: type[T]) -> T | None:
        """Return the table at a path, an empty one where it was not written; None after reporting."""
        written: Any = self._document
        for part in path:
            written = written[part] if isinstance(part, int) else written.get(part, {})
        if not isinstance(written, dict):
            name = ".".join(map(str, path))
            hint = f"write [{name}], not [[{name}]]" if isinstance(written, list) else ""
            self._add(path, f"expected a table, found {kind_of(written)}", hint)
            return None
        try:
            return model.model_validate(written)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if all(found["type"] == "extra_forbidden" for found in errors):
            # pydantic looks at a table as a whole only where every key of it is known.
            unknown_keys = {found["loc"][0] for found in errors}
            try:
                known = {key: value for key, value in written.items() if key not in unknown_keys}
                model.model_validate(known)
            except ValidationError as error:
                errors += error.errors(include_url=False)
        for found in errors:
            for inside, message, hint in explain(found, model):
                self._add((*path, *inside), message, hint)
        return None

    def _written(self) -> Iterator[tuple[Kind, Path, Mapping[str, Any]]]:
        """Return tables that may name others, as written: one with a problem names others all the same."""
        if isinstance(trusted := self._document.get(RUNBOOKS), dict):
            yield Kind.ROOM, (RUNBOOKS,), trusted
        for kind in ARRAYS:
            written = self._document.get(kind)
            for number, table in enumerate(written if isinstance(written, list) else ()):
                if isinstance(table, dict):
                    yield kind, (kind.value, number), table

    def _written_ids(self, kind: Kind) -> Iterator[tuple[Path, str]]:
        """Return ids as written, so that a table with a problem is still known to others."""
        built = {entry.path: entry.id for entry in self._entries if entry.kind is kind}
        for found, path, table in self._written():
            if found is kind and isinstance(key := built.get(path) or table.get("id"), str):
                yield path, key

    def _add(self, path: Path, message: str, hint: str = "", *, warn: bool = False) -> None:
        found = problem(self._file, line_at(self._lines, path), self._shown(path), message, hint)
        (self._warnings if warn else self._problems).append(found)

    def _shown(self, path: Path) -> str:
        """Return a path to read aloud: tables of many by their id, else by their number from 1."""
        shown = []
        value: Any = self._document
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                value = None
            key = value.get("id") if isinstance(part, int) and isinstance(value, dict) else None
            word = f"#{part + 1}" if isinstance(part, int) else part
            shown.append(key if isinstance(key, str) and key else word)
        return ".".join(shown)


def _brackets(kind: Kind, written: object) -> str:
    return f"write [[{kind}]], not [{kind}]" if isinstance(written, dict) else ""


def _known(names: Sequence[str]) -> str:
    """Return the known names as a hint, as long as they can be taken in at a glance."""
    names = list(dict.fromkeys(names))
    return f"known: {', '.join(names)}" if 0 < len(names) <= 8 else ""
