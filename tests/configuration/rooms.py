"""Rooms for the configuration tests: the design's own example, and any room hypothesis can think of."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from data.domain.check import Check, Expect, Warn
from data.domain.codec import encode
from data.domain.incident import PHASES, StepKind
from data.domain.policy import Audience, Contact, Hours, Level
from data.domain.room import (
    Channel,
    Definition,
    Kind,
    MaintenanceWindow,
    RoomSettings,
    Runbook,
    RunbookStep,
    Service,
    SeverityTimes,
    Source,
)
from data.domain.severity import Severity

# The example of design 10, as it stands there.
EXAMPLE = Path(__file__).with_name("example.toml").read_text(encoding="utf-8")

# A whole room takes a while to think of, the longer the busier the machine.
unhurried = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Draw = Callable[[st.SearchStrategy[Any]], Any]

_LETTERS = st.characters(
    codec="utf-8", categories=("L", "Nd", "P", "S", "Zs"), exclude_characters="\u3164\uffa0"
)
_WORDS = st.text(_LETTERS, max_size=12).map(lambda text: text.strip(" "))
_NAMES = _WORDS.filter(bool)
_BLOCKS = st.lists(st.text(_LETTERS, max_size=8), max_size=3).map("\n".join)
_SPANS = st.integers(1, 366 * 86_400_000).map(lambda count: timedelta(milliseconds=count))
_EVERY = st.integers(200, 3_600_000).map(lambda count: timedelta(milliseconds=count))
_TIMEOUTS = st.integers(10, 60_000).map(lambda count: timedelta(milliseconds=count))
_IDS = st.sampled_from(("a", "checkout-api", "0.x_y", "api-failures", "z" * 40))
_SOME = st.lists(st.sampled_from(Severity), min_size=1, unique=True).map(lambda some: tuple(sorted(some)))
_BY_SEVERITY = st.dictionaries(st.sampled_from(Severity), _SPANS).map(
    lambda spans: tuple(sorted(spans.items()))
)
_ZONES = st.sampled_from(("UTC", "Europe/Berlin", "America/New_York"))
_REFERENCES = st.sampled_from(("env:TOKEN", "file:/run/secrets/x y", "file:~/é", "json://127.0.0.1:8080/"))
_URLS = st.sampled_from(
    ("https://shop.example/ok?a=b&c='d'", "http://[::1]:8080/", "env:SHOP_URL", "https://bücher.example")
)
_PAGES = st.sampled_from(("https://grafana.example/d/x#y", "http://localhost/"))
_PLACES = st.sampled_from(
    ("", "https://git.example/new?t={id}%20{title}&b={body}", "https://meet.example/{random}")
)
_HEADERS = st.dictionaries(st.sampled_from(("Accept", "X-Room")), st.sampled_from(("a/b; q=1", "env:ROOM")))
_SCALARS = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _WORDS)
_INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds are hypothesis's way


def _few(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most, unique=True).map(tuple)


def _pairs(keys: st.SearchStrategy[Any], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(keys, values, max_size=3).map(lambda pairs: tuple(pairs.items()))


def _among(ids: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return _few(st.sampled_from(ids)) if ids else st.just(())


@st.composite
def _hours(draw: Draw) -> Hours:
    opens, closes = sorted(draw(st.lists(st.integers(0, 86_399), min_size=2, max_size=2, unique=True)))
    days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    clock = [time(at // 3600, at // 60 % 60, at % 60) for at in (opens, closes)]
    return Hours(days, clock[0], clock[1], draw(_ZONES))


@st.composite
def _check(draw: Draw, key: str, service: str, before: list[str]) -> Check:
    timing = {"every": draw(_EVERY), "timeout": draw(_TIMEOUTS)}
    counts = {"fail_after": draw(st.integers(1, 100)), "ok_after": draw(st.integers(1, 100))}
    rest = {
        "depends_on": draw(_among(before)),
        "severity": draw(st.sampled_from(Severity)),
        "opens": draw(st.booleans()),
    }
    if draw(st.booleans()):
        return Check(key, service, "tcp://db.example:5432", **timing, **counts, **rest)
    expect = Expect(
        draw(_few(st.integers(100, 599))), draw(_pairs(_NAMES, _SCALARS)), draw(st.none() | _NAMES)
    )
    return Check(
        key,
        service,
        draw(_URLS),
        **timing,
        **counts,
        **rest,
        expect=expect,
        warn=Warn(draw(st.none() | _SPANS), draw(st.none() | _SPANS)),
        follow_redirects=draw(st.booleans()),
        verify=draw(st.booleans()),
        method=draw(st.sampled_from(("GET", "POST"))),
        headers=tuple(draw(_HEADERS).items()),
    )


_STEPS = st.builds(
    RunbookStep,
    title=_NAMES,
    phase=st.sampled_from(("", *PHASES)),
    kind=st.sampled_from(StepKind),
    detail=_BLOCKS,
    command=_BLOCKS,
    auto=st.sampled_from(("", "ticket")),
    second=st.booleans(),
)


@st.composite
def rooms(draw: Draw) -> tuple[Definition, ...]:
    """Any room a file may describe, every name in it known."""
    ids = {kind: draw(st.lists(_IDS, max_size=2, unique=True)) for kind in Kind}
    things: dict[Kind, list[tuple[str, object]]] = {kind: [] for kind in Kind}
    if draw(st.booleans()):
        settings = RoomSettings(
            draw(_NAMES),
            draw(_ZONES),
            draw(_few(_URLS)),
            draw(st.just("") | _REFERENCES),
            draw(_BY_SEVERITY),
            draw(_SPANS),
            draw(st.integers(0, 100)),
            draw(_among(ids[Kind.RUNBOOK])),
            draw(_PLACES),
            draw(_PLACES),
        )
        things[Kind.ROOM] = [("room", settings)]
    for severity in draw(_SOME | st.just(())):
        times = SeverityTimes(severity, draw(_SPANS), draw(_SPANS))
        things[Kind.SEVERITY].append((severity.value, times))
    for key in ids[Kind.SERVICE]:
        service = Service(key, draw(_pairs(_NAMES, _PAGES)), draw(_among(ids[Kind.RUNBOOK])), draw(_WORDS))
        things[Kind.SERVICE].append((key, service))
        check = draw(_check(f"{key}-0", key, [known for known, _ in things[Kind.CHECK]]))
        things[Kind.CHECK].append((check.id, check))
        starts = draw(_INSTANTS)
        name = draw(st.sampled_from((f"{key}-{starts:%Y%m%dt%H%M%S}z", f"{key}-own")))
        window = MaintenanceWindow(name, key, starts, starts + draw(_SPANS), draw(_WORDS))
        things[Kind.MAINTENANCE].append((name, window))
    for key in ids[Kind.SOURCE]:
        urls = draw(_few(_URLS).filter(bool))
        group_by = draw(_few(_NAMES))
        bearer, basic = draw(st.sampled_from((("", ""), ("env:TOKEN", ""), ("", "file:/run/login"))))
        source = Source(
            key,
            "alertmanager",
            urls,
            draw(_EVERY),
            tuple(draw(_HEADERS).items()),
            group_by,
            bearer,
            basic,
            draw(st.booleans()),
            draw(_few(_NAMES)),
            draw(_pairs(_NAMES, st.sampled_from(Severity))),
            draw(st.integers(0, 1)),
            draw(_few(_NAMES)),
            draw(_SPANS),
        )
        things[Kind.SOURCE].append((key, source))
    for key in ids[Kind.CONTACT]:
        phone, chat, email = draw(_WORDS), draw(_WORDS), draw(_WORDS)
        ways = draw(_few(_REFERENCES))
        contact = Contact(key, draw(_NAMES), phone, chat, email, draw(st.just("") | _ZONES), ways)
        things[Kind.CONTACT].append((key, contact))
    for rank, key in enumerate(dict.fromkeys(("ceo", *ids[Kind.LEVEL])), start=1):
        calendar, contacts = draw(st.none() | _REFERENCES), draw(_among(ids[Kind.CONTACT]))
        level = Level(
            key, draw(_NAMES), rank, contacts, calendar, draw(_SOME), draw(_BY_SEVERITY), draw(st.booleans())
        )
        things[Kind.LEVEL].append((key, level))
    for key in ids[Kind.CHANNEL]:
        ways = (
            Channel(key, draw(_REFERENCES)),
            Channel(key, "", "statuspage", draw(_NAMES), draw(_REFERENCES)),
        )
        things[Kind.CHANNEL].append((key, draw(st.sampled_from(ways))))
    for key in dict.fromkeys(("customers", *ids[Kind.AUDIENCE])):
        flags = draw(st.booleans()), draw(st.booleans())
        channels, hours = draw(_among(ids[Kind.CHANNEL])), draw(st.none() | _hours())
        audience = Audience(
            key, draw(_NAMES), draw(_SOME), *flags, channels, draw(_BY_SEVERITY), hours, draw(_BLOCKS)
        )
        things[Kind.AUDIENCE].append((key, audience))
    for key in ids[Kind.RUNBOOK]:
        steps = tuple(draw(st.lists(_STEPS, max_size=3)))
        runbook = Runbook(key, draw(_NAMES), steps, draw(st.booleans()), draw(_few(_NAMES)))
        things[Kind.RUNBOOK].append((key, runbook))
    return tuple(
        Definition(kind, key, encode(thing), position=position)
        for kind in Kind
        for position, (key, thing) in enumerate(things[kind])
    )
