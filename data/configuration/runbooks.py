"""The Markdown runbooks in the folder beside a configuration file: part of it like its tables (design 10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.configuration.model import Problem, problem
from data.domain.codec import encode
from data.domain.room import Definition, Kind

RUNBOOKS = "runbooks"


@dataclass(frozen=True, slots=True)
class Beside:
    """Runbooks by id, in the order of their files, and what is wrong with others.

    ``names`` are the ids of all, those with a problem too, so that whoever names one is not blamed as well.
    """

    definitions: tuple[Definition, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def beside(folder: Path) -> Beside:
    """Read ``runbooks/*.md`` of a folder; the id of each is its name in small letters, without the ending.

    Raises OSError where the folder cannot be listed.
    """
    from data.runbook import read_runbook  # the Markdown parser comes only where there is some
    from data.runbooks import files
    from data.runbooks.adopt import as_runbook, runbook_id
    from data.runbooks.texts import kept

    found: list[Definition] = []
    texts: dict[str, str] = {}
    named: dict[str, str] = {}
    taken: dict[str, str] = {}
    problems: list[Problem] = []
    paths = sorted((folder / RUNBOOKS).glob("*.md"))
    for path in paths:
        key = runbook_id(path.name)
        if key in taken:
            problems.append(problem(str(path), 0, "", f'"{key}" is the id of {taken[key]} too', "rename one"))
            continue
        taken[key] = path.name
        try:
            text = files.read(files.Place(path))
        except files.NoText as error:
            problems.append(problem(str(path), 0, "", str(error)))
            continue
        runbook = as_runbook(read_runbook(text, f"{RUNBOOKS}/{path.name}"), key)
        found.append(Definition(Kind.RUNBOOK, key, encode(runbook)))
        texts[key], named[key] = kept(text), str(path)
    return Beside(tuple(found), texts, named, tuple(taken), tuple(problems))
