"""The words of ``words.toml``: verbs that ask, headings that do, headings that explain."""

import tomllib
from importlib.resources import files
from typing import Any

_TABLES: dict[str, Any] = tomllib.loads(
    files("data.runbooks").joinpath("words.toml").read_text(encoding="utf-8")
)


def _words(table: str, name: str) -> frozenset[str]:
    return frozenset(_TABLES[table][name].split())


VERBS = _words("verbs", "first")
WEAK_VERBS = _words("verbs", "weak")
AFTER_VERB = _words("verbs", "after_verb")
AFTER_NOUN = _words("verbs", "after_noun")
BEFORE_IN = _words("verbs", "before_in")
FILLERS = _words("verbs", "fillers")
CLAUSES = _words("verbs", "clauses")
CONDITIONS = _words("verbs", "conditions")
POINTERS = _words("verbs", "pointers")
SENSED = _words("verbs", "sensed")
NOT_ASKED_AFTER = _words("verbs", "not_asked_after")
SURE_VERBS = _words("verbs", "sure")
NEVER_AFTER = _words("verbs", "never_after")
FOREIGN_FIRST = _words("verbs", "foreign_first")
FOREIGN_LAST = _words("verbs", "foreign_last")

ACTION = tuple(_TABLES["headings"]["action"].split())
ACTION_PHRASES = tuple(_TABLES["headings"]["action_phrases"])
CONTEXT = tuple(_TABLES["headings"]["context"].split())
CONTEXT_PHRASES = tuple(_TABLES["headings"]["context_phrases"])
THINGS = _words("headings", "things")
SURE_HEADINGS = _words("headings", "sure")
REMARKS = _words("headings", "remarks")
ABBREVIATIONS = _words("headings", "abbreviations")

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (stage, tuple(stems.split())) for stage, stems in _TABLES["stages"].items()
)

SHELL = _words("code", "shell")
QUERY = _words("code", "query")
SCRIPT = _words("code", "script")
OUTPUT = _words("code", "output")
TOOLS = _words("code", "tools")
PROSE_TOOLS = _words("code", "prose")
