"""The line of every key, however TOML lets it be written."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.configuration.locate import Path, line_at, lines_of

DOCUMENT = '''# a room
[room]
name = "acme"          # not = here
confirm_within = { P0 = "2m", "P1" = "2m" }

[severity."P0"]
response = "5m"

[[service]]
id = "checkout"
links.dashboard = "https://grafana.example/#x"
"links".'logs' = """
[[service]]
id = \\"not one\\"
"""

[[service]]
id = "search"
runbooks = [
  "api-failures",
  # slow = "today"
  "performance-degradation", ]
[service.links]
apm = 'https://apm.example/["x"]'
[[runbook]]
id = "failover"
[[runbook.step]]
title = "one"
[[runbook.step]]
title = 2026-11-24T13:46:11Z
[[runbook]]
step = [{ title = "a" },
  { title = "b" },
]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("room",), 2),
        (("room", "name"), 3),
        (("room", "confirm_within", "P0"), 4),
        (("room", "confirm_within", "P1"), 4),
        (("severity", "P0"), 6),
        (("severity", "P0", "response"), 7),
        (("service",), 9),
        (("service", 0), 9),
        (("service", 0, "id"), 10),
        (("service", 0, "links"), 11),
        (("service", 0, "links", "dashboard"), 11),
        (("service", 0, "links", "logs"), 12),
        (("service", 1), 17),
        (("service", 1, "id"), 18),
        (("service", 1, "runbooks"), 19),
        (("service", 1, "runbooks", 0), 20),
        (("service", 1, "runbooks", 1), 22),
        (("service", 1, "links"), 23),
        (("service", 1, "links", "apm"), 24),
        (("runbook", 0, "id"), 26),
        (("runbook", 0, "step", 0), 27),
        (("runbook", 0, "step", 1, "title"), 30),
        (("runbook", 1), 31),
        (("runbook", 1, "step", 0, "title"), 32),
        (("runbook", 1, "step", 1), 33),
        (("runbook", 1, "step", 1, "title"), 33),
        # What was never written is looked for where it belongs.
        (("service", 1, "owner"), 17),
        (("severity", "P0", "update"), 6),
        (("nothing",), 1),
    ],
)
def test_every_key_is_found_on_its_line(path: Path, line: int) -> None:
    tomllib.loads(DOCUMENT)
    assert line_at(lines_of(DOCUMENT), path) == line


def test_windows_line_ends_count_the_same() -> None:
    assert lines_of(DOCUMENT.replace("\n", "\r\n")) == lines_of(DOCUMENT)


@pytest.mark.parametrize("text", ["", "[", "a", 'a = "', "a = [", "a = {b", "[[x", "a = " + "[" * 5000])
def test_a_broken_document_gives_what_could_be_read(text: str) -> None:
    assert set(lines_of(text).values()) <= {1}


_KEYS = st.text("ab.\"' =#[é", min_size=1, max_size=4)
_SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), st.text("a\"'\\#]},\n ", max_size=6))
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


def _string(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        if "'" not in value and "\n" in value:
            return f"'''\n{value}'''"
        return _string(value)
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_write(item)},  # ]\n" for item in value) + "]"
    return "{ " + ", ".join(f"{_string(key)} = {_write(item)}" for key, item in value.items()) + " }"


def _paths(value: Any, path: Path = ()) -> set[Path]:
    if isinstance(value, dict):
        items: list[tuple[str | int, Any]] = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return set()
    found: set[Path] = set()
    for key, item in items:
        found |= {(*path, key)} | _paths(item, (*path, key))
    return found


@settings(deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_nothing_in_a_valid_document_is_missed_or_made_up(document: dict[str, Any]) -> None:
    text = "".join(f"{_string(key)} = {_write(value)}\n" for key, value in document.items())
    read = tomllib.loads(text)
    assert set(lines_of(text)) == _paths(read)


@settings(deadline=None)
@given(st.lists(_KEYS, min_size=1, max_size=6, unique=True), st.integers(0, 3))
def test_top_level_keys_are_on_the_lines_they_were_written(keys: list[str], gap: int) -> None:
    text = "".join("\n" * gap + f"{_string(key)} = 1\n" for key in keys)
    lines = lines_of(text)
    assert [lines[(key,)] for key in keys] == [(gap + 1) * number for number in range(1, len(keys) + 1)]
