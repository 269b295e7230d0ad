"""What applying a file would do to a room, told before it is done."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from data.configuration.model import Configuration, ConfigurationError
from data.configuration.plan import Plan, plan
from data.configuration.reading import read
from data.defaults import defaults
from data.domain.codec import encode
from data.domain.policy import Contact, Level
from data.domain.room import Definition, Kind, Origin, Service
from tests.configuration.blame import API
from tests.configuration.rooms import EXAMPLE, rooms, unhurried

EMPTY = Configuration()
GUIDE = defaults().definitions


def _applied(current: Sequence[Definition], what: Plan) -> tuple[Definition, ...]:
    """The room after a plan, as a store would hold it."""
    rows = {(item.kind, item.id): item for item in current}
    for item in what.retires:
        del rows[item.kind, item.id]
    return tuple((rows | {(item.kind, item.id): item for item in what.upserts}).values())


def _room(text: str, before: Sequence[Definition] = GUIDE) -> tuple[Definition, ...]:
    return _applied(before, plan(before, read(text, "warroom.toml")))


def _told(before: Sequence[Definition], text: str) -> list[str]:
    return plan(before, read(text, "warroom.toml")).lines()


def _by_hand(kind: Kind, thing: Service | Contact | Level) -> Definition:
    return Definition(kind, thing.id, encode(thing), Origin.CONSOLE)


def test_a_new_room_gets_the_guide() -> None:
    what = plan((), EMPTY)
    assert what.upserts == GUIDE
    assert what.lines()[0] == "+ room (default)"
    assert plan(GUIDE, EMPTY) == Plan()
    assert plan(GUIDE, defaults()) == Plan()


def test_the_example_of_the_design_applied_to_a_new_room() -> None:
    assert _told(GUIDE, EXAMPLE) == [
        "~ room: name warroom → acme, timezone UTC → Europe/Berlin, canaries none → tcp://vpn.example:443"
        " https://status.example/ok, heartbeat none → env:WATCHDOG_URL, trusted none → db-failover,"
        " the file's now",
        "~ severity P0: the file's now",
        "+ service checkout",
        "+ check checkout-api",
        "+ maintenance checkout-20261201t210000z",
        "+ source prod-alerts",
        "+ contact ada",
        "~ level on-call: contacts none → ada, calendar none → env:ONCALL_ICS, delay P0 none → 5m,"
        " the file's now",
        "- level team-lead (default)",
        "- level engineering-manager (default)",
        "- level cto (default)",
        "- level ceo (default)",
        "+ channel exec-mail",
        "~ audience executives: channels none → exec-mail, cadence P0 none → 1h, the file's now",
        "- audience engineering (default)",
        "- audience product (default)",
        "- audience support (default)",
        "- audience customers (default)",
    ]


def test_applying_twice_changes_nothing() -> None:
    assert plan(_room(EXAMPLE), read(EXAMPLE, "warroom.toml")) == Plan()


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ('delay = { P0 = "5m" }', 'delay = { P0 = "3m" }', ["~ level on-call: delay P0 5m → 3m"]),
        ('every = "15s"\ntimeout', 'every = "1m"\ntimeout', ["~ check checkout-api: every 15s → 1m"]),
        ('"db" = "up"', '"db" = true', ["~ check checkout-api: expect json db up → yes"]),
        (
            ', certificate = "14d"',
            ", certificate = false",
            ["~ check checkout-api: warn certificate 14d → none"],
        ),
        ("opens = true ", "opens = false ", ["~ check checkout-api: opens yes → no"]),
        (
            "22:00:00+01:00",
            "22:30:00+01:00",
            ["+ maintenance checkout-20261201t213000z", "- maintenance checkout-20261201t210000z"],
        ),
        (
            "00:00:00+01:00",
            "01:00:00+01:00",
            [
                "~ maintenance checkout-20261201t210000z:"
                " ends 2026-12-01T23:00:00Z → 2026-12-02T00:00:00Z"
            ],
        ),
        (
            'cadence = { P0 = "1h" }',
            'hours = { from = "08:00", until = "18:00" }',
            [
                "~ audience executives: cadence P0 1h → none,"
                " hours none → mon-fri 08:00-18:00 Europe/Berlin"
            ],
        ),
        ('id = "ada"', 'id = "ada"\nemail = "a@b.example"', ["~ contact ada: email none → a@b.example"]),
        ('logs = "https://logs.example/?q=checkout", ', "", [
            "~ service checkout: links logs https://logs.example/?q=checkout → none"
        ]),
    ],
)  # fmt: skip
def test_a_change_is_told_field_by_field(old: str, new: str, lines: list[str]) -> None:
    assert _told(_room(EXAMPLE), EXAMPLE.replace(old, new)) == lines


def test_true_is_not_one() -> None:
    text = f"{API}expect.json.ready = true"
    assert _told(_room(text), text.replace("true", "1")) == ["~ check api: expect json ready yes → 1"]


def test_what_the_file_no_longer_has_is_retired_and_the_guide_comes_back() -> None:
    told = plan(_room(EXAMPLE), EMPTY).lines()
    assert "- contact ada" in told
    assert "+ level ceo (default)" in told
    assert any(line.startswith("~ level on-call (default): contacts ada → none") for line in told)
    assert set(map(repr, _applied(_room(EXAMPLE), plan(_room(EXAMPLE), EMPTY)))) == set(map(repr, GUIDE))


def test_levels_change_places() -> None:
    ladder = '[[level]]\nid = "a"\n[[level]]\nid = "b"\n'
    other = '[[level]]\nid = "b"\n[[level]]\nid = "a"\n'
    assert _told(_room(ladder), other) == ["~ level b: rank 2 → 1", "~ level a: rank 1 → 2"]
    services = '[[service]]\nid = "a"\n[[service]]\nid = "b"\n'
    others = '[[service]]\nid = "b"\n[[service]]\nid = "a"\n'
    assert _told(_room(services), others) == ["~ order of the service entries"]


@pytest.mark.parametrize(
    ("was", "will", "told"),
    [
        ("ab", "lab", ["+ service l"]),  # the others make room: that is no change of theirs
        ("ab", "alb", ["+ service l"]),
        ("abc", "bc", ["- service a"]),
        ("abc", "lacb", ["+ service l", "~ order of the service entries"]),
        ("abc", "cb", ["- service a", "~ order of the service entries"]),
    ],
)
def test_only_entries_that_change_places_are_told_as_moved(was: str, will: str, told: list[str]) -> None:
    first, then = ("".join(f'[[service]]\nid = "{name}"\n' for name in names) for names in (was, will))
    assert _told(_room(first), then) == told
    room = _applied(_room(first), plan(_room(first), read(then, "warroom.toml")))
    services = sorted((item.position, item.id) for item in room if item.kind is Kind.SERVICE)
    assert [name for _, name in services] == list(will)


def test_what_the_console_made_stays() -> None:
    lin = _by_hand(Kind.CONTACT, Contact("lin", "Lin", phone="+49"))
    assert lin in _room(EXAMPLE, [*GUIDE, lin])
    changed = replace(_by_hand(Kind.LEVEL, Level("cto", "CTO", 4, ("lin",))), position=3)
    room = [lin, *(changed if (item.kind, item.id) == (Kind.LEVEL, "cto") else item for item in GUIDE)]
    assert plan(room, EMPTY) == Plan()
    assert changed in _room(EXAMPLE, room)


def test_an_id_that_file_and_console_both_made_is_an_error_with_its_line() -> None:
    room = [*GUIDE, _by_hand(Kind.CONTACT, Contact("ada", "Ada"))]
    with pytest.raises(ConfigurationError) as caught:
        plan(room, read(EXAMPLE, "warroom.toml"))
    assert str(caught.value) == (
        'warroom.toml:37: the contact "ada" was also made in the console'
        " (take it out of the file, or remove it in the console)"
    )


def test_what_the_console_still_uses_is_not_taken_away() -> None:
    night = _by_hand(Kind.LEVEL, Level("night", "Night", 6, ("ada",)))
    room = [*_room(EXAMPLE), night]
    with pytest.raises(
        ConfigurationError, match='contact "ada" is no longer here, but the level "night" made'
    ):
        plan(room, EMPTY)


def test_a_row_of_an_older_program_is_not_a_change() -> None:
    old = [
        replace(item, spec={key: value for key, value in item.spec.items() if key != "ladder_repeats"})
        for item in GUIDE
    ]
    assert plan(old, EMPTY) == Plan()


@given(rooms(), rooms())
@unhurried
def test_whatever_came_before_the_room_is_then_what_the_file_says(
    before: tuple[Definition, ...], wanted: tuple[Definition, ...]
) -> None:
    room = _applied((), plan((), Configuration(before)))
    after = _applied(room, plan(room, Configuration(wanted)))
    assert [item for item in wanted if item not in after] == []
    assert {item.origin for item in after if item not in wanted} <= {Origin.DEFAULT}
    assert plan(after, Configuration(wanted)) == Plan()
    fresh = _applied((), plan((), Configuration(wanted)))
    assert sorted(map(repr, after)) == sorted(map(repr, fresh))
