"""The Markdown files a person means: named ones, those in folders, one heading of a file."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.text import decode

LARGEST = 10 * 1024 * 1024  # bytes; no runbook is longer
MOST_FILES = 20_000
_SUFFIXES = (".md", ".markdown")
_SKIPPED = frozenset(("node_modules", "__pycache__"))
_SAMPLE = 8_192


class NoText(Exception):
    """Why a file gives no text, in a few words."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file to read, and the one heading of it that is meant, if any."""

    path: Path
    fragment: str = ""

    @property
    def name(self) -> str:
        """The place as a person writes it."""
        return f"{self.path}#{self.fragment}" if self.fragment else str(self.path)


@dataclass(frozen=True, slots=True)
class Problem:
    """A place that cannot be read, and why."""

    name: str
    reason: str


def find(named: Iterable[str]) -> tuple[list[Place], list[Problem]]:
    """Return the files meant by names, each once, and what is wrong with the others.

    ``file.md#heading`` means one section; a folder means every Markdown file below it, hidden folders
    and links that lead out of it left alone.
    """
    places: dict[tuple[str, str], Place] = {}
    problems: list[Problem] = []
    for name in named:
        try:
            found = list(_meant(name))
        except OSError as error:
            problems.append(Problem(name, _reason(error)))
            continue
        except ValueError:
            problems.append(Problem(name, "the name cannot be a file's"))
            continue
        if not found:
            problems.append(Problem(name, "no Markdown files in this folder"))
        for place in found:
            key = (os.path.realpath(place.path), place.fragment)
            if len(places) < MOST_FILES:
                places.setdefault(key, place)
    return list(places.values()), problems


def _meant(name: str) -> Iterator[Place]:
    path, fragment = Path(name), ""
    if not os.path.lexists(path) and "#" in name:
        before, _, fragment = name.rpartition("#")
        path = Path(before)
    if path.is_dir():
        yield from (Place(file) for file in _below(path))
    else:
        path.stat()  # raises where nothing is there
        yield Place(path, fragment)


def _below(folder: Path) -> Iterator[Path]:
    root = os.path.realpath(folder)
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(files):
            file = Path(here, name)
            if file.suffix.lower() not in _SUFFIXES:
                continue
            if file.is_symlink() and not os.path.realpath(file).startswith(root + os.sep):
                continue
            yield file


def read(place: Place) -> str:
    """Return a file's text. Raises NoText where it has none to give."""
    try:
        # a pipe would wait for a writer: what is no file is not read
        descriptor = os.open(place.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NoText("is not a regular file")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise NoText(_reason(error)) from None
    except ValueError:
        raise NoText("the name cannot be a file's") from None
    if len(data) > LARGEST:
        raise NoText(f"is larger than {LARGEST // 1024 // 1024} MB")
    text = decode(data)
    if "\0" in text[:_SAMPLE] or text[:_SAMPLE].count("\ufffd") > len(text[:_SAMPLE]) // 10:
        raise NoText("is not text")
    if not text.strip():
        raise NoText("is empty")
    return text


def _reason(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
