"""Notes that could not go into the room, kept on this machine until its store is back (design 6, 7)."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs

from data.domain.instants import everywhere, utc
from data.text import clean, clean_line

MOST = 1_000_000  # bytes that are read: many days of notes
REFUSED_KEPT = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A note that waits for the store. ``id`` is its command's, so that it goes in once.

    ``at`` (UTC) is when it was written; ``detected_at`` tells its incident from another of the same number.
    ``refused`` says why the room did not take it, empty while it waits.
    """

    id: str
    incident: str
    text: str
    at: datetime
    by: str
    detected_at: datetime | None = None
    refused: str = ""


def journal_file(where: str) -> Path:
    """Return where the notes for a store lie; ``where`` is its path or its URL without a password."""
    name = where if "://" in where else str(Path(where).absolute())
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:20]
    return Path(platformdirs.user_state_dir("warroom")) / "journal" / f"{digest}.jsonl"


class Journal:
    """A file of JSON lines, mode 0600: notes, and what became of them. Every method raises OSError.

    Several consoles of one user share it. What was kept is on disk when ``keep`` returns.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def mark(self) -> tuple[int, int]:
        """Return what changes when anybody writes to it; (0, 0) while there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    def entries(self) -> tuple[Entry, ...]:
        """Return the notes that wait and those that were refused, oldest first."""
        try:
            with self.path.open("rb") as file:
                return _entries(file.read(MOST))
        except FileNotFoundError:
            return ()

    def keep(self, entry: Entry) -> None:
        """Write a note down."""
        found = asdict(entry)
        for name in ("at", "detected_at"):
            found[name] = found[name].isoformat() if found[name] else None
        with self._open() as file:
            _append(file, {"note": found})

    def delivered(self, entry: Entry) -> None:
        """Forget a note that went into the room."""
        self._settle({"delivered": entry.id})

    def refused(self, entry: Entry, why: str) -> None:
        """Note that the room did not take one, and why: it is kept, and tried no more."""
        self._settle({"refused": entry.id, "why": why})

    def _settle(self, line: dict[str, Any]) -> None:
        with self._open() as file:
            _append(file, line)
            os.lseek(file, 0, os.SEEK_SET)
            if not _entries(os.read(file, MOST)):
                os.ftruncate(file, 0)  # everything in it is in the room

    @contextmanager
    def _open(self) -> Iterator[int]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _append(file: int, line: dict[str, Any]) -> None:
    """Write a line whole and wait for the disk; one that was cut off before it stays on a line of its own."""
    end = os.lseek(file, 0, os.SEEK_END)
    torn = end > 0 and os.pread(file, 1, end - 1) != b"\n"
    data = (b"\n" if torn else b"") + json.dumps(line).encode() + b"\n"
    try:
        while data:
            data = data[os.write(file, data) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, end)
        raise


def _entries(content: bytes) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for line in content.splitlines():
        try:
            said = json.loads(line)
            if "note" in said:
                entry = _entry(said["note"])
                found[entry.id] = entry
            elif "delivered" in said:
                found.pop(said["delivered"], None)
            elif said["refused"] in found:
                entry = found[said["refused"]]
                found[entry.id] = replace(entry, refused=clean_line(str(said["why"]), 300) or "refused")
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            continue  # cut off by a kill, or nothing of ours
    told = [entry.id for entry in found.values() if entry.refused]
    for name in told[:-REFUSED_KEPT]:
        del found[name]
    return tuple(found.values())


def _entry(note: dict[str, Any]) -> Entry:
    """Return a note as it was kept. Raises ValueError, KeyError, TypeError or OverflowError for none."""
    name, incident, text, by = (note[key] for key in ("id", "incident", "text", "by"))
    if not all(isinstance(item, str) and item for item in (name, incident, text, by)):
        raise ValueError("no note")
    detected = note.get("detected_at")
    return Entry(
        clean_line(name),
        clean_line(incident, 20),
        clean(text),
        _instant(note["at"]),
        clean_line(by, 60),
        _instant(detected) if detected else None,
    )


def _instant(written: str) -> datetime:
    at = utc(datetime.fromisoformat(written))
    if not everywhere(at):
        raise ValueError("no instant that can be drawn")
    return at
