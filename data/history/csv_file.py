"""Reads a table of past incidents, one a line, as a spreadsheet or another tool writes it."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping

from data.domain.past import PastIncident
from data.domain.severity import Severity
from data.history.model import History, NoHistory, in_order, instant, service_id
from data.history.statuspage import MOST_SERVICES, SEVERITIES
from data.text import clean_line, decode

NAME = "csv"
# our column, and what else it is called elsewhere
_COLUMNS = {
    "id": ("id", "key"),
    "title": ("title", "name", "summary"),
    "severity": ("severity", "impact", "priority"),
    "detected_at": ("detected_at", "created_at"),
    "began_at": ("began_at", "started_at"),
    "resolved_at": ("resolved_at", "ended_at"),
    "services": ("services", "service", "components"),
}
_NEEDED = ("title", "detected_at", "resolved_at")
_WORDS = SEVERITIES | {item.value.lower(): item for item in Severity} | {item.word: item for item in Severity}


def read(data: bytes) -> History:
    """Read a file's bytes; its first line names the columns. Raises NoHistory, and nothing else.

    A line without an end is of an incident that is still open; one without a title, a detection, or with
    an instant that is none, is counted as unreadable.
    """
    found = History(NAME)
    known: dict[str, PastIncident] = {}
    for row in _rows(decode(data)):
        detected, resolved = instant(row["detected_at"]), instant(row["resolved_at"])
        title = clean_line(row["title"]).strip()
        if detected is not None and title and not row["resolved_at"].strip():
            found.still_open += 1
        elif detected is None or resolved is None or not title or resolved < detected:
            found.unreadable += 1
        else:
            began, word = instant(row["began_at"]), clean_line(row["severity"])
            names = row["services"].replace(",", ";").split(";")[:MOST_SERVICES]
            # two tables may count from 1 both: the number alone names nothing
            name = f"{row['id'].strip() or title}\n{detected.isoformat()}"
            key = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]
            past = PastIncident(
                key=key,
                title=title,
                severity=_WORDS.get(word.lower(), Severity.P3),
                detected_at=detected,
                resolved_at=resolved,
                why=f"{word} in the table" if word else "",
                began_at=began if began is not None and began < detected else None,
                services=tuple(dict.fromkeys(service_id(clean_line(item)) for item in names if item.strip())),
            )
            known.setdefault(key, past)
    found.incidents = in_order(known)
    return found


def _rows(text: str) -> Iterator[Mapping[str, str]]:
    """Yield each line's fields under our names; empty where a line or the table has none."""
    head, _, _ = text.partition("\n")
    comma = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        names = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        places = {
            ours: next((names.index(name) for name in called if name in names), None)
            for ours, called in _COLUMNS.items()
        }
        if missing := [name for name in _NEEDED if places[name] is None]:
            raise NoHistory(f"it has no column {missing[0]}")
        for line in reader:
            if any(field.strip() for field in line):
                yield {
                    ours: line[place] if place is not None and place < len(line) else ""
                    for ours, place in places.items()
                }
    except csv.Error as error:
        raise NoHistory(f"it is not CSV: {error}, line {reader.line_num}") from None
