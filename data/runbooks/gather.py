"""The documents that names mean, read one after the other, and the ids their runbooks get."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.runbook import NoSuchSection, read_runbook
from data.runbooks.adopt import longer_id, runbook_id
from data.runbooks.files import NoText, Place, Problem, find, read
from data.runbooks.model import ImportedRunbook

Tell = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read, and its text as it stands in the file."""

    place: Place
    imported: ImportedRunbook
    text: str


def _go_on(done: int, of: int) -> bool:
    return True


def gather(names: Sequence[str], tell: Tell = _go_on) -> tuple[list[Document], list[Problem]]:
    """Return what files and folders hold, and a sentence for each that holds nothing.

    ``tell`` hears how many of how many were read; where it answers False, nothing more is read.
    """
    places, problems = find(map(_expanded, names))
    found = []
    for number, place in enumerate(places):
        if not tell(number, len(places)):
            break
        try:
            text = read(place)
            found.append(Document(place, read_runbook(text, str(place.path), place.fragment), text))
        except NoText as error:
            problems.append(Problem(place.name, str(error)))
        except NoSuchSection as error:
            known = ", ".join(f"#{heading}" for heading in error.headings[:8])
            problems.append(Problem(place.name, f"{error}; it has {known or 'no headings'}"))
    return found, problems


def _expanded(name: str) -> str:
    try:
        return str(Path(name).expanduser()) if name.startswith("~") else name
    except RuntimeError:  # nobody of that name
        return name


def ids(documents: Sequence[Document]) -> Iterator[str]:
    """Return an id of its own for each: files of one name get their folder's before it."""
    plain = [runbook_id(str(item.place.path), item.place.fragment) for item in documents]
    many = Counter(plain)
    taken: set[str] = set()
    for document, key in zip(documents, plain, strict=True):
        place = document.place
        name = longer_id(str(place.path), place.fragment) if many[key] > 1 else key
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name[:60]}-{number}"
        taken.add(free)
        yield free
