"""What an incident's timeline tells of its alerts, once and seldom; and what is split off says what it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.alerting import Sighting
from data.domain.describe import describe
from data.domain.incident import Disposition
from data.domain.silence import Matcher
from data.domain.silencing import Silencing
from data.store.commands import incidents, proposals, silencing
from tests.domain.alerting import SILENCED, START, answer, sighting
from tests.store.alerting import Watched
from tests.store.room import P1, P2, P3, Room, done

KEY = "alert:prod:DBDown/checkout"


@pytest.fixture
def watched(room: Room) -> Watched:
    return Watched(room)


def down(*instances: str, severity: str = "warning", summary: str = "") -> tuple[Sighting, ...]:
    notes = {"summary": summary} if summary else {}
    return tuple(sighting(instance=name, severity=severity, annotations=notes) for name in instances)


def db(number: int, severity: str = "warning") -> tuple[Sighting, ...]:
    return down(*(f"db-{index}" for index in range(number)), severity=severity)


def told(room: Room) -> list[str]:
    """Return the timeline's lines about causes since the incident was opened."""
    return [describe(event) for event in room.history("INC-1") if event.kind == "cause"]


def confirmed(watched: Watched, number: int = 1) -> Room:
    watched.poll(answer(*db(number)))
    done(watched.room.do(proposals.confirm, "PR-1"))
    watched.poll(answer(*db(number)))
    return watched.room


def test_alerts_that_join_are_told_once(watched: Watched) -> None:
    room = confirmed(watched)
    assert told(room) == []
    watched.poll(answer(*db(3)))
    watched.poll(answer(*db(3)))
    watched.poll(answer(*db(3)), minutes=5)
    assert told(room) == ["alert DBDown fires (+2)"]
    watched.poll(answer(*db(1)))
    watched.poll(answer(*db(1)))
    watched.poll(answer(*db(3)))
    assert told(room) == ["alert DBDown fires (+2)"], "that many were told of before"


def test_hundreds_that_come_one_by_one_are_a_few_lines(watched: Watched) -> None:
    room = confirmed(watched)
    for number in range(2, 120):
        watched.poll(answer(*db(number)))
    assert len(told(room)) < 15
    assert told(room)[:3] == ["alert DBDown fires (+1)"] * 3
    (cause,) = room.incident("INC-1").causes
    assert 80 < cause.alerts <= 119


def test_what_grew_worse_proposes_its_severity_once(watched: Watched) -> None:
    room = confirmed(watched)
    assert room.incident("INC-1").severity is P2
    watched.poll(answer(*db(1, "critical")))
    watched.poll(answer(*db(1, "critical")))
    assert told(room) == ["alert DBDown is critical now: P1 proposed"]
    assert room.incident("INC-1").severity is P2, "people decide"
    watched.poll(answer(*db(1)))
    watched.poll(answer(*db(1, "critical")))
    assert len(told(room)) == 1


def test_both_at_once_are_one_line(watched: Watched) -> None:
    room = confirmed(watched)
    watched.poll(answer(*db(2, "critical")))
    assert told(room) == ["alert DBDown fires (+1), critical now: P1 proposed"]


def test_who_confirmed_it_as_less_is_not_told_again(watched: Watched) -> None:
    watched.poll(answer(*db(1, "critical")))
    done(watched.room.do(proposals.confirm, "PR-1", P3))
    watched.poll(answer(*db(1, "critical")))
    assert told(watched.room) == []


def test_a_worse_alert_that_joins_an_incident_says_so(watched: Watched) -> None:
    room = watched.room
    done(room.do(incidents.declare, "Checkout is slow", P3, services=["checkout"]))
    watched.poll(answer(*db(1, "critical")))
    watched.poll(answer(*db(1, "critical")))
    watched.poll(answer(*db(1, "critical")))
    assert told(room) == ["attached: DBDown on checkout", "alert DBDown is critical now: P1 proposed"]


def test_silenced_ones_are_not_counted(watched: Watched) -> None:
    room = confirmed(watched)
    hidden = tuple(replace(item, state=SILENCED) for item in db(5)[1:])
    watched.poll(answer(db(1)[0], *hidden))
    assert told(room) == []


def test_what_clears_and_comes_back_is_counted_anew(watched: Watched) -> None:
    room = confirmed(watched, 4)
    watched.gone()
    watched.poll(answer(*db(1)))
    watched.poll(answer(*db(2)))
    assert told(room) == [
        "clear: alert DBDown/checkout of prod: all 4 alerts have cleared",
        "fires again: DBDown on checkout",
        "alert DBDown fires (+1)",
    ]


def test_a_worker_that_saw_less_tells_nothing_again(watched: Watched) -> None:
    room = confirmed(watched)
    watched.room.clock.later(seconds=15)
    watched.take(answer(*db(3)))
    steps = watched.steps()
    watched.settle(steps)
    watched.settle(steps)
    assert told(room) == ["alert DBDown fires (+2)"]


def test_a_storm_that_goes_on_says_how_much_more_there_is(watched: Watched) -> None:
    room = watched.room
    storm = tuple(sighting(f"A{number}", f"s{number}") for number in range(24))
    watched.poll(answer(*storm[:12]))
    done(room.do(proposals.confirm, "PR-1"))
    watched.poll(answer(*storm))
    watched.poll(answer(*storm))
    assert told(room) == ["alert storm of prod fires (+12)"]


def test_an_alert_that_is_split_off_keeps_its_words(watched: Watched) -> None:
    room = watched.room
    done(room.do(incidents.declare, "Checkout is slow", P1, services=["checkout"]))
    watched.poll(answer(*down("db-1", "db-2", summary="a replica is behind")))
    done(room.do(proposals.split, "INC-1", KEY))
    assert room.row("PR-1").title == "DBDown: a replica is behind (+1)"
    assert room.row("PR-1").severity is P2
    watched.poll(answer(*down("db-1", "db-2", summary="a replica is behind")))
    assert [row.key for row in room.board.rows] == ["INC-1", "PR-1"]


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        ([sighting(f"A{n % 2}", f"s{n}") for n in range(12)], "alert storm of prod: A0 (6), A1 (6)"),
        ([], "Watchdog of prod is silent: alerts may not reach us"),
    ],
)
def test_other_causes_that_are_split_off_say_what_they_are(
    watched: Watched, shown: list[Sighting], title: str
) -> None:
    room = watched.room
    beat = sighting("Watchdog", "", severity="none")
    watched.poll(answer(beat))
    for _ in range(2):
        watched.poll(answer(*shown, *([beat] if shown else [])), minutes=6)
    done(room.do(proposals.confirm, "PR-1"))
    (cause,) = room.incident("INC-1").causes
    done(room.do(proposals.split, "INC-1", cause.key))
    assert room.row("PR-2").title == title


MADE = Silencing("prod", (Matcher("alertname", "DBDown"),), START + timedelta(hours=3), "known, being mended")


def test_a_silence_is_on_the_record_of_what_it_was_made_for(watched: Watched) -> None:
    room = confirmed(watched, 3)
    made = replace(MADE, ends=room.clock.now + timedelta(hours=1))
    answered = done(room.do(silencing.silenced, "INC-1", made, "1f-2", 3, by="ada"))
    assert answered.text == "INC-1: silenced at prod"
    event = room.history("INC-1")[-1]
    assert (event.kind, event.by) == ("silenced", "ada")
    assert event.data["id"] == "1f-2"
    assert describe(event) == ('silenced 3 alerts at prod for 1h: known, being mended [alertname="DBDown"]')
    done(room.do(silencing.unsilenced, "INC-1", "prod", "1f-2", ["x"], "known, being mended", by="lin"))
    assert describe(room.history("INC-1")[-1]) == "ended the silence at prod: known, being mended"


def test_a_silence_made_for_a_proposal_follows_it(watched: Watched) -> None:
    room = watched.room
    watched.poll(answer(*db(1)))
    assert done(room.do(silencing.silenced, "PR-1", MADE, "1f", 1)).text == "PR-1: silenced at prod"
    assert "silenced 1 alert at prod" in room.board.latest[0].text
    done(room.do(proposals.confirm, "PR-1"))
    assert done(room.do(silencing.silenced, "PR-1", MADE, "2f", 1)).key == "INC-1"


@pytest.mark.parametrize("key", ["", "INC-99", "PR-99", "nonsense"])
def test_a_silence_is_recorded_whatever_became_of_its_reason(room: Room, key: str) -> None:
    assert done(room.do(silencing.silenced, key, MADE, "1f", 0)).text == "silenced at prod"
    assert room.board.latest[0].text.startswith("silenced at prod for")


def test_nothing_is_told_of_what_is_over(watched: Watched) -> None:
    room = confirmed(watched)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED, why="enough"))
    before = told(room)
    watched.poll(answer(*db(9)))
    watched.poll(answer(*db(9)))
    assert told(room) == before
