"""Damaged and hostile bytes through every reader of outside bytes: read, or refused in clean words."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from data.domain.alerting import NO_START
from data.store.dump import NotLoaded
from tests.fuzz.damage import damaged
from tests.fuzz.readers import READERS, a_dump, leaves
from tests.hostile import forbidden_in

ENDS = (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago"))
FIRST_DAY = b"0001-01-01T00:00:00+14:00"  # which UTC does not have
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it hides what was found
unhurried = settings(deadline=None, suppress_health_check=list(HealthCheck))


def read(name: str, data: bytes) -> None:
    """Let a reader read, and look at what it gives or says."""
    reader = READERS[name]
    try:
        found = reader.read(reader.seal(data))
    except reader.refuses as error:
        said = str(error)
        assert said.strip()
        assert not forbidden_in(said.replace("\n", ""))
        return
    for leaf in leaves(found):
        if isinstance(leaf, datetime) and leaf != NO_START:
            assert [leaf.astimezone(zone) for zone in ENDS], "it can be drawn in every zone"
        elif isinstance(leaf, str) and reader.clean:
            assert not forbidden_in(leaf.replace("\n", ""))


@pytest.mark.parametrize("name", READERS)
def test_good_bytes_are_read(name: str) -> None:
    assert READERS[name].seeds()
    for seed in READERS[name].seeds():
        READERS[name].read(seed)


FOUND = [
    ("journal", b'{"note": ' + b"[" * 3_000),
    (
        "journal",
        b'{"note": {"id": "n", "incident": "INC-1", "text": "x", "by": "ada", "at": "%b"}}\n' % FIRST_DAY,
    ),
    ("personal settings", b"theme = " + b"[" * 3_000),
    ("Alertmanager silences", b'[{"id": "s", "endsAt": "9999-12-31T23:59:59Z"}]'),
    ("CSV history", b"title,detected_at,resolved_at\nx,0001-01-01T00:00:00Z,2025-01-01T00:00:00Z\n"),
    ("Retry-After", b"Mon, 01 Jan 2026 00:00:00 +99999999999999999999"),
    ("Retry-After", b"1 Jan 2026 99999999999999999999:00:00"),
]
"""What damage has brought to light, and must not again."""


@pytest.mark.parametrize(
    ("name", "data"), FOUND, ids=[f"{name} {number}" for number, (name, _) in enumerate(FOUND)]
)
def test_what_was_found_once_is_read_or_refused(name: str, data: bytes) -> None:
    read(name, data)


@pytest.mark.parametrize("depth", [200, 700, 3_000])
def test_a_dump_that_is_nested_deep_is_loaded_or_refused(depth: int) -> None:
    nested = b'"data":{"deep":' + b"[" * depth + b'"\\u00e9"' + b"]" * depth + b","
    read("dump", a_dump().replace(b'"data":{', nested, 1))


def test_a_dump_with_an_event_of_no_command_is_refused() -> None:
    """Whoever writes a digest anew can still not take an event from the command that made it."""
    lines = a_dump().splitlines(keepends=True)
    place = max(number for number, line in enumerate(lines) if line.startswith(b'{"table":"event"'))
    event = json.loads(lines[place])
    event["row"]["command"] = "another"
    lines[place] = json.dumps(event).encode() + b"\n"
    with pytest.raises(NotLoaded, match=r"no events|no command"):
        READERS["dump"].read(READERS["dump"].seal(b"".join(lines)))


@pytest.mark.parametrize("name", READERS)
def test_damaged_bytes_are_read_or_refused(name: str) -> None:
    @settings(unhurried, max_examples=15)
    @given(damaged(READERS[name].seeds()))
    def damage(data: bytes) -> None:
        read(name, data)

    damage()


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_much_damage_is_read_or_refused(name: str) -> None:
    @settings(unhurried, max_examples=600)
    @given(damaged(READERS[name].seeds()))
    def damage(data: bytes) -> None:
        read(name, data)

    damage()
