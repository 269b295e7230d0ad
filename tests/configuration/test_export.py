"""A room written out is the same room when it is read again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from data.configuration.export import export
from data.configuration.plan import plan
from data.configuration.reading import read
from data.defaults import defaults
from data.domain.codec import encode
from data.domain.maintenance import window_now
from data.domain.room import Definition, Kind, Origin
from tests.configuration.rooms import EXAMPLE, rooms, unhurried


@given(rooms())
@unhurried
def test_reading_what_was_written_gives_the_same_room(room: tuple[Definition, ...]) -> None:
    text = export(room)
    again = read(text, "export.toml")
    assert repr(again.definitions) == repr(room)  # by text: to Python 1, 1.0 and true are equal
    assert export(again.definitions) == text
    assert again.warnings == ()


@given(rooms())
@unhurried
def test_the_order_of_rows_does_not_matter(room: tuple[Definition, ...]) -> None:
    assert export(reversed(room)) == export(room)


@given(rooms())
@unhurried
def test_applying_an_export_twice_changes_nothing(room: tuple[Definition, ...]) -> None:
    wanted = read(export(room), "export.toml")
    first = plan((), wanted)
    assert plan(first.upserts, wanted).lines() == []


def test_the_export_of_the_example_is_short_and_keeps_its_secrets_as_references() -> None:
    text = export(read(EXAMPLE, "warroom.toml").definitions)
    assert 'heartbeat = "env:WATCHDOG_URL"' in text
    assert 'warn = {latency = "800ms"}' in text  # 14d is what every check has
    assert 'from = "2026-12-01T21:00:00Z"' in text
    assert "fail_after" not in text
    assert "checkout-2026" not in text  # the window was given no id


@pytest.mark.parametrize(
    ("written", "exported"),
    [
        ('[[level]]\nid = "night"\n', '[[level]]\nid = "night"\nname = "night"\n'),
        (
            '[[level]]\nid = "on-call"\nseverities = ["P3", "P2", "P1", "P0"]\nconfirmed_only = false\n',
            '[[level]]\nid = "on-call"\nname = "On-call engineer"\n',
        ),
        (
            '[[level]]\nid = "boss"\nseverities = ["P0"]\nconfirmed_only = true\n',
            '[[level]]\nid = "boss"\nname = "boss"\nseverities = ["P0"]\nconfirmed_only = true\n',
        ),
        # the guide says true and P0 of the CEO: what differs from it must be said, and what it says is shown
        (
            '[[level]]\nid = "ceo"\nconfirmed_only = false\n',
            '[[level]]\nid = "ceo"\nname = "CEO"\nseverities = ["P0"]\nconfirmed_only = false\n',
        ),
        (
            '[[audience]]\nid = "customers"\nby_hand = false\n',
            '[[audience]]\nid = "customers"\nname = "External customers"\nby_hand = false\nexternal = true\n',
        ),
        (
            '[[audience]]\nid = "engineering"\nby_hand = false\nexternal = false\n',
            '[[audience]]\nid = "engineering"\nname = "Engineering teams"\n',
        ),
    ],
)
def test_what_would_be_there_anyway_is_left_out(written: str, exported: str) -> None:
    text = export(read(written, "warroom.toml").definitions)
    assert text == exported
    assert read(text, "export.toml").definitions == read(written, "warroom.toml").definitions


def test_defaults_are_not_written() -> None:
    assert export(defaults().definitions) == ""


def test_one_level_of_our_own_takes_the_whole_ladder_along() -> None:
    # A file replaces the set: alone, the new level would be the only one.
    own = replace(next(item for item in defaults().definitions if item.id == "cto"), origin=Origin.CONSOLE)
    mixed = [own if item.id == "cto" else item for item in defaults().definitions]
    again = read(export(mixed), "export.toml").definitions
    assert [item.id for item in again] == ["on-call", "team-lead", "engineering-manager", "cto", "ceo"]
    assert {item.kind for item in again} == {Kind.LEVEL}
    assert [item.spec for item in again] == [item.spec for item in mixed if item.kind is Kind.LEVEL]


def test_a_maintenance_begun_by_a_key_does_not_keep_the_export_from_being_applied() -> None:
    began = window_now("edge-now", "edge", datetime(2026, 11, 24, 13, tzinfo=UTC), timedelta(minutes=30))
    now = Definition(Kind.MAINTENANCE, began.id, encode(began), Origin.CONSOLE)
    room = (*plan((), read(EXAMPLE, "warroom.toml")).upserts, now)
    assert plan(room, read(export(room), "warroom.toml")).lines() == []
