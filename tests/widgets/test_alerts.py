"""Alerts in a list: what fires, how bad, since when, which one is it, and is that still true?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rich.cells import cell_len

from data.alert_views import (
    Stale,
    as_json,
    as_of,
    is_loud,
    labels_of,
    lines,
    matches,
    order,
    severity_of,
    spread,
    stale,
    state_of,
    summary,
    tally_of,
    text_of,
)
from data.domain.alert import Alert, AlertRole, AlertState, SourceState
from data.domain.severity import Severity
from data.text_table import plain
from data.views import AlertsView, AlertTally, SourceView
from tests.hostile import TEXTS
from tests.widgets.room import NOW, span
from tests.widgets.screen import SIZES, Stage, all_pages, cursor_line, drawn, line_with, settle, text
from widgets.alerts import AlertStrip, AlertTable
from widgets.status_bar import Header, StatusBar

P0, P1, P2, P3 = Severity
EVERY = timedelta(seconds=15)
DETECTED = NOW - span("17:16")


def alert(
    name: str = "DBDown",
    instance: str = "db-1",
    *,
    severity: Severity = P1,
    since: datetime = DETECTED,
    annotations: Mapping[str, str] | None = None,
    **fields: object,
) -> Alert:
    made = Alert(
        "prod",
        f"{name}-{instance}",
        name,
        severity,
        since,
        f"alert:prod:{name}",
        f"alert:prod:{name}",
        since,
        NOW,
        labels={"alertname": name, "instance": instance, "service": "checkout", "severity": "critical"},
        annotations=annotations or {},
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def source(name: str = "prod", *, ok: str = "00:04", polled: str = "", **fields: object) -> SourceView:
    state = SourceState(name, NOW - span(polled or ok), NOW - span(ok), NOW - span("5:00:00"))
    return SourceView(name, EVERY, replace(state, **fields))  # type: ignore[arg-type]


FIRING = alert()
SILENCED = alert("DBSlow", severity=P2, state=AlertState.SILENCED, muted_by=("1f",))
INHIBITED = alert("DBLag", severity=P2, state=AlertState.INHIBITED)
CLEARED = alert("DBFull", cleared_at=NOW)
BEATS = alert("Watchdog", severity=P3, role=AlertRole.HEARTBEAT)
SILENT = replace(BEATS, cleared_at=NOW)
GUESSED = alert("Odd", severity=P2, guessed=True)
IGNORED = alert("InfoInhibitor", severity=P3, role=AlertRole.IGNORED)
EVERYTHING = (FIRING, GUESSED, SILENT, SILENCED, INHIBITED, IGNORED, CLEARED)
FAILS = source(ok="03:00", failing_since=NOW - span("02:45"), trouble="connection refused")


def table(*alerts: Alert, sources: tuple[SourceView, ...] = (), since: datetime | None = None) -> Stage:
    widget = AlertTable()
    common, varying = spread(alerts)
    widget.now = NOW
    widget.view = AlertsView("INC-1", "", "", since, alerts, tally_of(alerts), common, varying, sources)
    widget.shown = alerts
    return Stage(widget)


@pytest.mark.parametrize(
    ("item", "word", "loud"),
    [
        (FIRING, "firing", True),
        (SILENCED, "silenced", False),
        (INHIBITED, "inhibited", False),
        (CLEARED, "cleared", False),
        (replace(SILENCED, cleared_at=NOW), "cleared", False),
        (BEATS, "beats", False),
        (SILENT, "SILENT", True),
        (IGNORED, "ignored", False),
    ],
)
def test_how_it_stands_is_one_word(item: Alert, word: str, loud: bool) -> None:
    assert (state_of(item), is_loud(item)) == (word, loud)


def test_loud_ones_come_first_and_cleared_ones_last() -> None:
    found = sorted((CLEARED, IGNORED, *EVERYTHING[:5]), key=order)
    words = ["firing", "firing", "SILENT", "inhibited", "silenced", "ignored", "cleared"]
    assert [state_of(item) for item in found] == words
    older = alert("Old", severity=P1, since=NOW - span("5:00:00"))
    assert min(FIRING, older, key=order) is older


def test_a_sum_in_words() -> None:
    told = tally_of((*EVERYTHING, BEATS))
    assert told == AlertTally(3, 1, 1, 1)
    assert summary(told) == "3 firing, 1 silenced, 1 inhibited, 1 cleared"
    assert summary(tally_of([SILENCED])) == "0 firing, 1 silenced"
    assert summary(AlertTally()) == ""


def test_the_labels_that_differ_come_by_how_much_they_tell() -> None:
    alerts = [
        alert(instance=f"db-{n}", labels={"instance": f"db-{n}", "zone": f"z{n % 2}", "job": "db"})
        for n in range(4)
    ]
    common, varying = spread(alerts)
    assert common == (("job", "db"),)
    assert varying == ("instance", "zone")
    assert labels_of(alerts[1], varying) == "instance=db-1, zone=z1"
    assert spread([FIRING]) == ((), ("instance", "service")), "of one alone each label may tell"
    assert spread([]) == ((), ())


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", True),
        ("dbdown", True),
        ("DB service=checkout", True),
        ("service=search", False),
        ("p1", True),
        ("p2", False),
        ("!p2 firing", True),
        ("!firing", False),
        ("replica", True),
        ("!", True),
    ],
)
def test_a_filter_looks_at_everything_an_alert_says(query: str, fits: bool) -> None:
    item = alert(annotations={"summary": "Replica is behind"})
    assert matches(item, query, text_of(item)) is fits


@pytest.mark.parametrize(
    ("view", "found"),
    [
        (source(), None),
        (source(ok="01:10"), None),
        (FAILS, Stale("prod", NOW - span("03:00"), "connection refused")),
        (source(ok="01:20"), Stale("prod", NOW - span("01:20"), "nobody asks it", unasked=True)),
        (SourceView("prod", EVERY, SourceState("prod")), None),
        (
            SourceView("prod", EVERY, SourceState("prod", NOW, None, None, NOW - span("00:30"), "HTTP 401")),
            Stale("prod", NOW - span("00:30"), "HTTP 401"),
        ),
    ],
)
def test_old_news_are_told_from_new_ones(view: SourceView, found: Stale | None) -> None:
    assert stale(view, NOW) == found


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_says_what_since_when_and_which_one(size: tuple[int, int]) -> None:
    app = table(FIRING, alert(instance="db-2"), GUESSED, since=NOW - span("17:16"))
    async with app.run_test(size=size):
        line = cursor_line(app)
        for words in ("P1 !", "DBDown", "firing", "13:46:11Z", "instance=db-1"):
            assert words in line
        assert ("T+00:00" in line) is (size[0] >= 80)
        assert "P2 ?" in line_with(app, "Odd")


async def test_without_an_incident_an_alert_has_an_age_and_a_date_after_midnight() -> None:
    app = table(FIRING, alert("Old", since=NOW - timedelta(days=2)))
    async with app.run_test(size=(80, 24)):
        assert "11-24 13:46:11Z" not in text(app)
        assert "17m" in cursor_line(app)
        assert "11-22 14:03:27Z" in line_with(app, "Old")
        assert "2d" in line_with(app, "Old")


async def test_where_the_source_fails_nothing_is_said_for_certain() -> None:
    app = table(FIRING, sources=(FAILS,))
    async with app.run_test(size=(80, 24)):
        assert "firing ?" in cursor_line(app)


async def test_several_sources_are_named() -> None:
    app = table(FIRING, sources=(source(), source("staging")))
    async with app.run_test(size=(120, 24)):
        assert "SOURCE" in drawn(app)[0]
        assert " prod " in cursor_line(app)


async def test_the_cursor_stays_on_its_alert_whatever_comes_before_it() -> None:
    app = table(*(alert(instance=f"db-{n}") for n in range(5)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        assert "db-2" in cursor_line(app)
        widget = app.query_one(AlertTable)
        widget.shown = (alert("Worse", severity=P0), *widget.shown[1:])
        await settle(pilot)
        assert "db-2" in cursor_line(app)
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted("Opened") == ["prod/DBDown-db-2"]


async def test_five_thousand_are_drawn_as_far_as_they_are_seen() -> None:
    widget = AlertTable()
    asked: list[str] = []
    draw = widget.draw

    def counted(item: Alert, *rest: object) -> object:
        asked.append(item.fingerprint)
        return draw(item, *rest)  # type: ignore[arg-type]

    widget.draw = counted  # type: ignore[method-assign, assignment]
    widget.now = NOW
    alerts = tuple(alert(instance=f"db-{n}") for n in range(5_000))
    widget.view = AlertsView(alerts=alerts, varying=("instance",))
    widget.shown = alerts
    app = Stage(widget)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        await settle(pilot)
        assert "db-4999" in cursor_line(app)
        assert len(set(asked)) < 100
        asked.clear()
        widget.now = NOW + timedelta(seconds=1)
        await settle(pilot)
        assert asked == [], "a quiet list is not drawn again"


async def test_the_worst_few_in_a_narrow_pane() -> None:
    strip = AlertStrip()
    strip.now = NOW
    strip.alerts = (FIRING, replace(SILENT, labels={"instance": "vm-9"}), SILENCED)
    app = Stage(strip)
    async with app.run_test(size=(40, 11)):
        assert drawn(app)[0].rstrip() == "P1 !  DBDown db-1" + " " * 20 + "17m"
        assert drawn(app)[1].rstrip() == "P3 .  Watchdog vm-9" + " " * 15 + "SILENT"
        assert drawn(app)[2].rstrip().endswith("silenced")


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_in_their_cells(size: tuple[int, int]) -> None:
    alerts = tuple(
        alert(bad, f"{n}", labels={"alertname": bad, bad[:50]: bad, "n": str(n)})
        for n, bad in enumerate(item[:2_000] for item in TEXTS)
    )
    app = table(*alerts, sources=(replace(FAILS, id=TEXTS[5]),))
    async with app.run_test(size=size) as pilot:
        for line in await all_pages(pilot, app.query_one(AlertTable)):
            assert cell_len(line) == size[0]
            assert "\x1b" not in line
    strip = AlertStrip()
    for bad in TEXTS:
        strip.alerts = (alert(bad[:2_000], state=AlertState.SILENCED),)
        words = "".join(part for part, _ in strip.spans(0, 40))
        assert cell_len(words) == 40


def test_a_shell_gets_the_same_in_plain_lines_and_in_json() -> None:
    told = plain(lines((*EVERYTHING, alert(instance="db-2")), NOW, None))
    assert "P1 !  DBDown" in told
    assert "P2 ?  Odd" in told
    assert "instance=db-2" in told
    (first, *_) = as_json([FIRING])
    assert first == {
        "source": "prod",
        "name": "DBDown",
        "fingerprint": "DBDown-db-1",
        "severity": "P1",
        "state": "firing",
        "since": "2026-11-24T13:46:11Z",
        "labels": dict(FIRING.labels),
        "url": "",
    }
    assert [item["state"] for item in as_json([SILENT, CLEARED])] == ["silent", "cleared"]
    assert severity_of(GUESSED) == "P2 ?"


def test_the_past_knows_nothing_of_what_came_after_it() -> None:
    late = alert("Late", since=NOW)
    then = as_of([CLEARED, FIRING, late], NOW - span("10:00"))
    assert [state_of(item) for item in then] == ["firing", "firing"]


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ((source(),), "alerts 4s"),
        ((source(), source("staging", ok="00:02")), "alerts 2s"),
        ((FAILS,), "alerts STALE 3m: prod connection refused"),
        ((FAILS, source("staging")), "alerts STALE 3m: prod connection refused"),
        ((FAILS, replace(FAILS, id="staging")), "alerts STALE 3m: prod connection refused +1"),
        ((source(ok="05:00"),), "nobody asks for alerts"),
        ((source(ok="05:00"), source("staging")), "nobody asks prod for alerts"),
        ((SourceView("prod", EVERY, SourceState("prod")),), "alerts: none yet"),
    ],
)
async def test_the_first_line_says_how_fresh_alerts_are(sources: tuple[SourceView, ...], says: str) -> None:
    bar = StatusBar()
    bar.now = NOW
    bar.header = Header("acme", 3, 1, 2, "ada", sources=sources)
    app = Stage(bar)
    async with app.run_test(size=(120, 24)):
        assert says in drawn(app)[0]


async def test_without_a_source_the_first_line_says_nothing_of_alerts() -> None:
    bar = StatusBar()
    bar.now = NOW
    bar.header = Header("acme", 3, 1, 2, "ada")
    app = Stage(bar)
    async with app.run_test(size=(120, 24)):
        assert "alerts" not in drawn(app)[0]


@pytest.mark.parametrize("width", [80, 64])
async def test_what_must_be_read_stays_where_there_is_little_room(width: int) -> None:
    bar = StatusBar()
    bar.now = NOW
    bar.header = Header("acme", 3, 1, 2, "ada", NOW, has_checks=True, sources=(FAILS,))
    app = Stage(bar)
    async with app.run_test(size=(width, 11)):
        line = drawn(app)[0]
        assert "3 live   1 LATE" in line
        assert "alerts STALE 3m" in line
        assert line.rstrip().endswith("14:03:27Z")
