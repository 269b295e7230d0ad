"""The first line, the last line, and the small panes that are drawn whole."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from data.domain.incident import (
    Cause,
    Incident,
    Ladder,
    LadderState,
    Link,
    Response,
    Role,
    Status,
    UpdateClock,
)
from data.domain.ladder import Rung
from data.domain.policy import Contact, Level, Policy
from data.domain.severity import Severity
from data.views import IncidentView, OnCallPerson, TimelineLine
from tests.hostile import TEXTS
from tests.widgets.room import NOW, span
from tests.widgets.screen import SIZES, Stage, drawn, line_with, settle, text
from widgets.empty import Empty
from widgets.incident_header import IncidentHeader
from widgets.key_bar import KeyBar
from widgets.latest import Latest
from widgets.panel import Panel
from widgets.people import People
from widgets.status_bar import Header, StatusBar

NIGHT = Header("acme", 3, 1, 2, "ada", NOW - timedelta(seconds=2), has_checks=True)
KEYS = (("enter", "open"), ("n", "declare"), ("a", "acknowledge"), ("?", "keys"))


def at_now(panel: Panel) -> Stage:
    panel.now = NOW
    return Stage(panel)


def bar(header: Header) -> tuple[Stage, StatusBar]:
    widget = StatusBar()
    widget.header = header
    return at_now(widget), widget


async def test_the_first_line_answers_without_a_key() -> None:
    app, _ = bar(NIGHT)
    async with app.run_test(size=(120, 36)):
        line = drawn(app)[0]
        for words in ("warroom acme", "3 live", "1 LATE", "2 proposed", "ada", "checks 2s", "store ok"):
            assert words in line
        assert line.rstrip().endswith("14:03:27Z")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (replace(NIGHT, checks_at=NOW - timedelta(minutes=4)), "checks STALE 4m"),
        (replace(NIGHT, checks_at=None), "checks: none yet"),
        (replace(NIGHT, store="store locked for 12 s"), "store locked for 12 s"),
        (replace(NIGHT, nobody=True), "no one can be paged"),
        (replace(NIGHT, banner="every canary fails"), "every canary fails"),
        (replace(NIGHT, zone="Europe/Berlin"), "15:03:27 CET"),
    ],
)
async def test_what_must_not_be_overlooked_is_in_the_first_line(header: Header, says: str) -> None:
    app, _ = bar(header)
    async with app.run_test(size=(80, 24)):
        assert says in drawn(app)[0]


async def test_the_smallest_pane_keeps_counts_and_the_clock() -> None:
    app, _ = bar(NIGHT)
    async with app.run_test(size=(40, 11)):
        assert "3 live   1 LATE" in drawn(app)[0]
        assert "14:03:27Z" in drawn(app)[0]


TROUBLE = "nobody asks prod-alerts for alerts: the secret file /run/secrets/alertmanager cannot be read"


async def test_a_trouble_is_said_whole_where_there_is_room() -> None:
    app, _ = bar(replace(NIGHT, store=TROUBLE, room=""))
    async with app.run_test(size=(120, 36)):
        assert "1 LATE" in drawn(app)[0]
        assert TROUBLE[:56] in drawn(app)[0]
    app, _ = bar(replace(NIGHT, store=TROUBLE))
    async with app.run_test(size=(200, 36)):
        assert TROUBLE in drawn(app)[0]
        assert "checks 2s" in drawn(app)[0]


@pytest.mark.parametrize("width", [60, 64, 72])
async def test_a_long_trouble_takes_no_count_with_it(width: int) -> None:
    app, _ = bar(replace(NIGHT, store=TROUBLE, read_only=True))
    async with app.run_test(size=(width, 11)):
        line = drawn(app)[0]
        assert len(line) == width
        for words in ("3 live", "READ-ONLY", "1 LATE", "nobody asks", "14:03:27Z"):
            assert words in line


async def test_the_clock_ticks_and_ages_grow() -> None:
    app, widget = bar(NIGHT)
    async with app.run_test(size=(120, 36)) as pilot:
        widget.now = NOW + timedelta(seconds=5)
        await settle(pilot)
        assert "14:03:32Z" in drawn(app)[0]
        assert "checks 7s" in drawn(app)[0]


async def test_a_quiet_line_is_not_drawn_again() -> None:
    widget = Latest()
    widget.lines = (TimelineLine(1, NOW, "ada", "note", "hello"),)
    app = at_now(widget)
    async with app.run_test() as pilot:
        await settle(pilot)
        widget.now = NOW + timedelta(seconds=1)
        assert not widget._repaint_regions
        widget.lines = (TimelineLine(2, NOW, "lin", "note", "again"),)
        await settle(pilot)
        assert "again" in text(app)


async def test_the_last_line_keeps_the_key_to_all_others() -> None:
    app = at_now(KeyBar(KEYS))
    async with app.run_test(size=(80, 24)):
        assert drawn(app)[0].split("  ")[:4] == [" enter open", "n declare", "a acknowledge", "? keys"]
    app = at_now(KeyBar(KEYS))
    async with app.run_test(size=(24, 11)):
        assert drawn(app)[0].strip() == "enter open  ? keys"


async def test_an_empty_view_speaks_and_runs_nothing() -> None:
    empty = Empty()
    app = Stage(empty)
    async with app.run_test() as pilot:
        empty.say("No live incidents. n declares one. [@click=app.quit]x[/]")
        await settle(pilot)
        assert "n declares one. [@click=app.quit]x[/]" in text(app)


async def test_people_say_who_answers_and_where_nobody_does() -> None:
    widget = People()
    widget.people = (
        OnCallPerson(1, "On-call engineer", (Contact("ada", "Ada L."),), NOW + span("3:56:33")),
        OnCallPerson(2, "Team lead", ()),
    )
    app = at_now(widget)
    async with app.run_test(size=(64, 11)):
        assert "Ada L. to 18:00Z" in line_with(app, "On-call engineer")
        assert "nobody" in line_with(app, "Team lead")


async def test_latest_says_where_and_who_as_far_as_there_is_room() -> None:
    widget = Latest()
    widget.lines = (
        TimelineLine(2, NOW, "ada", "step", "ticked Review error logs", "INC-42"),
        TimelineLine(1, NOW, "alert:prod", "cause", "alert DBDown fires", "INC-41"),
    )
    app = at_now(widget)
    async with app.run_test(size=(64, 11)):
        assert "14:03 INC-42  ada ticked Review error logs" in text(app)
        assert "14:03 INC-41  alert DBDown fires" in text(app)


INCIDENT = Incident(
    42,
    "Checkout returns 503",
    Severity.P0,
    Status.DETECTED,
    NOW - span("04:00"),
    NOW - span("04:00"),
    "ada",
    services=("checkout", "payments"),
    response=Response(NOW - span("04:00"), NOW - span("04:00"), NOW + span("01:00"), True),
    ladder=Ladder(LadderState.RUNNING, NOW, 1, "on-call", NOW - span("04:00"), "lead", NOW + span("01:00")),
)
POLICY = Policy(levels=(Level("on-call", "On call", 1), Level("lead", "Lead", 2)))


def told(audience: str, due: str) -> UpdateClock:
    """An audience whose update is due so long from now, or was."""
    away = -span(due[1:]) if due.startswith("-") else span(due)
    return UpdateClock(audience, applies=True, since=NOW - span("04:00"), due=NOW + away)


def incident_header(incident: Incident, *rungs: Rung) -> Stage:
    widget = IncidentHeader()
    widget.view = IncidentView(1, incident, POLICY, rungs=rungs)
    return at_now(widget)


@pytest.mark.parametrize("size", SIZES)
async def test_the_head_of_an_incident_can_be_read_aloud(size: tuple[int, int]) -> None:
    app = incident_header(INCIDENT)
    async with app.run_test(size=size):
        title, clocks, roles, ladder = drawn(app)[:4]
        assert "INC-42  Checkout returns 503" in title
        assert "P0 !!  detected" in title
        assert "RESPOND soon 01:00" in clocks
        assert "UPDATE stopped" in clocks
        assert "IC nobody" in roles
        assert "turn of On call, next Lead in 01:00" in ladder


async def test_nothing_in_the_head_is_cut_in_the_middle_of_a_time_or_a_name() -> None:
    late = replace(INCIDENT, updates=(told("executives", "10:41:28"), told("support", "10:50:00")))
    app = incident_header(late)
    async with app.run_test(size=(80, 24)):
        assert drawn(app)[1].rstrip().endswith("T+04:00   detected 13:59Z")
    app = incident_header(replace(late, detected_at=NOW - span("30:04:00")))
    async with app.run_test(size=(72, 24)):
        assert "detected" not in drawn(app)[1]
        assert "…" not in drawn(app)[1]


@pytest.mark.parametrize(
    ("width", "says"),
    [(120, "  C calls   fits: api-failures, db (R attaches)"), (80, "  C calls   R: 2 runbooks")],
)
async def test_runbooks_that_fit_are_named_or_counted(width: int, says: str) -> None:
    widget = IncidentHeader()
    widget.view = IncidentView(1, INCIDENT, POLICY, suggested=("api-failures", "db"))
    app = at_now(widget)
    async with app.run_test(size=(width, 24)):
        assert drawn(app)[3].rstrip().endswith(says)


async def test_at_80x24_a_held_ladder_is_said_whole() -> None:
    held = replace(
        INCIDENT,
        confirmed=False,
        causes=(Cause("check:x", NOW, NOW),),
        ladder=Ladder(LadderState.HELD, NOW, 1, "on-call", NOW, "lead", None),
    )
    app = incident_header(held)
    async with app.run_test(size=(80, 24)):
        assert drawn(app)[3].rstrip().endswith("unconfirmed: opened by itself   ladder holds")


@pytest.mark.parametrize(
    ("ways", "page", "says"),
    [
        (("env:ADA",), "waiting", "On call: paging 13:59Z, next Lead in 01:00"),
        (("env:ADA",), "sent", "On call: told 13:59Z, next Lead"),
        (("env:ADA",), "failed", "On call: NOT TOLD 13:59Z, next Lead"),
        (("env:ADA",), "suppressed", "turn of On call, next Lead"),
        ((), "", "On call: call now, next Lead"),
        (("env:ADA",), "", "turn of On call, next Lead"),
    ],
)
async def test_the_head_says_what_came_of_telling_whose_turn_it_is(
    ways: tuple[str, ...], page: str, says: str
) -> None:
    ada = Contact("ada", "Ada Lovelace", phone="+44", notify=ways)
    rung = Rung(POLICY.levels[0], (ada,), "told", NOW - span("04:00"), page)
    app = incident_header(INCIDENT, rung)
    async with app.run_test(size=(80, 24)):
        assert says in drawn(app)[3]


@pytest.mark.parametrize(
    ("page", "says"), [("failed", "IC nobody   On call: NOT TOLD 13:59Z"), ("sent", "IC nobody · deputy")]
)
async def test_a_low_head_gives_its_last_line_to_a_page_that_reached_nobody(page: str, says: str) -> None:
    rung = Rung(POLICY.levels[0], (Contact("ada", "Ada", notify=("env:ADA",)),), "told", NOW, page)
    widget = IncidentHeader()
    widget.styles.height = 3
    widget.view = IncidentView(1, INCIDENT, POLICY, rungs=(replace(rung, due=NOW - span("04:00")),))
    app = at_now(widget)
    async with app.run_test(size=(64, 11)):
        assert says in drawn(app)[2]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"roles": ((Role.IC, "ada"),)}, "IC ada"),
        ({"confirmed": False}, "unconfirmed"),
        ({"causes": (Cause("check:x", NOW, NOW),)}, "every cause is clear"),
        ({"lapsed_at": NOW, "acknowledged_at": NOW}, "lapsed"),
        ({"ladder": Ladder(LadderState.NOBODY, NOW)}, "no one can be paged"),
        ({"ladder": Ladder(LadderState.STOPPED, NOW), "acknowledged_by": "lin"}, "lin has it"),
        ({"acknowledged_at": NOW - span("02:00")}, "met 02:00"),
        ({"updates": (told("engineering", "-01:00"), told("support", "01:00"))}, "LATE 01:00 engineering  "),
        (
            {"updates": (told("engineering", "-01:00"), told("support", "-00:30"))},
            "LATE 01:00 engineering +1",
        ),
        ({"links": (Link("ticket", "OPS-7"), Link("bridge", "https://meet.example/x"))}, "bridge: b"),
    ],
)
async def test_what_is_unusual_stands_in_the_head(changed: dict[str, object], says: str) -> None:
    app = incident_header(replace(INCIDENT, **changed))  # type: ignore[arg-type]
    async with app.run_test(size=(120, 36)):
        assert says in text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_stays_in_its_line(size: tuple[int, int]) -> None:
    for bad in TEXTS:
        panels: list[Panel] = [
            StatusBar(),
            KeyBar(((bad, bad), ("?", "keys"))),
            IncidentHeader(),
            People(),
            Latest(),
        ]
        status, _, head, people, latest = panels
        assert isinstance(status, StatusBar)
        assert isinstance(head, IncidentHeader)
        assert isinstance(people, People)
        assert isinstance(latest, Latest)
        status.header = replace(NIGHT, room=bad, operator=bad, banner=bad, store=bad)
        hostile = replace(INCIDENT, title=bad, services=(bad,), roles=((Role.IC, bad),))
        head.view = IncidentView(1, hostile, POLICY)
        people.people = (OnCallPerson(1, bad, (Contact("x", bad),)),)
        latest.lines = (TimelineLine(1, NOW, bad, bad, bad, bad),)
        for panel in panels:
            panel.now = NOW
        width = size[0]
        for panel in panels:
            for y in range(4):
                words = "".join(text for text, _ in panel.spans(y, width))
                assert not any(character < " " or character == "\x7f" for character in words)
        assert status.spans(0, width)[-1][0] == "14:03:27Z"
        assert cell_len("".join(text for text, _ in status.spans(0, width))) <= width


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_on_the_screen_fills_it_exactly(size: tuple[int, int]) -> None:
    status, head, latest = StatusBar(), IncidentHeader(), Latest()
    app = Stage(status, head, latest)
    async with app.run_test(size=size) as pilot:
        for bad in TEXTS[:: len(TEXTS) // 12]:
            status.header = replace(NIGHT, room=bad, operator=bad, banner=bad)
            head.view = IncidentView(1, replace(INCIDENT, title=bad, roles=((Role.IC, bad),)), POLICY)
            latest.lines = tuple(
                TimelineLine(seq, NOW, bad, bad, text, bad) for seq, text in enumerate(TEXTS)
            )
            status.now = NOW
            await settle(pilot)
            assert {cell_len(line) for line in drawn(app)} == {size[0]}
            assert "\x1b" not in text(app)
