"""What the feeds of the on-call tools say, and what is refused because it is none."""

from datetime import UTC, datetime, timedelta

import pytest

from data.calendars import LARGEST, MOST_SHIFTS, NotACalendar, Shifts, read_calendar
from data.domain.on_call import OnCallShift, on_call
from tests.calendars import calendar, event, feed
from tests.hostile import TEXTS

NOW = datetime(2026, 11, 24, 14, 3, 27, tzinfo=UTC)


def read(body: bytes, zone: str = "UTC", now: datetime = NOW) -> Shifts:
    return read_calendar(body, now, zone=zone)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def said(found: Shifts) -> list[tuple[datetime, datetime, tuple[str, ...]]]:
    return [(shift.starts, shift.ends, shift.people) for shift in found.shifts]


class TestFeeds:
    def test_pagerduty_puts_the_name_between_its_own_words(self) -> None:
        assert said(read(feed("pagerduty"))) == [
            (at(24, 8), at(24, 17), ("Ada Lovelace",)),
            (at(24, 17), at(25, 8), ("Jean-Luc Chen",)),
        ]

    def test_grafana_names_several_and_says_when_it_is_nobody(self) -> None:
        found = read(feed("grafana"))
        assert said(found) == [
            (at(24, 8), at(24, 20), ("ada", "lin")),
            (at(24, 8), at(25, 8), ("sam",)),
        ]
        assert found.warning == "1 shift without a name"

    def test_an_office_calendar_names_who_accepted_and_knows_its_own_zones(self) -> None:
        found = read(feed("office"))
        assert said(found)[0] == (at(24, 8), at(25, 8), ("Lovelace, Ada",))
        assert len(found.shifts) == 3  # every second week in five
        assert found.warning == ""

    def test_whole_days_last_from_midnight_to_midnight_where_the_calendar_is(self) -> None:
        week = next(shift for shift in read(feed("google")).shifts if shift.people == ("Ada Lovelace",))
        assert (week.starts, week.ends) == (at(23, 5), at(30, 5))

    def test_changed_and_cancelled_occurrences_stand_instead_of_the_rule(self) -> None:
        found = [item for item in said(read(feed("google"))) if item[2] != ("Ada Lovelace",)]
        assert found == [
            (at(24, 14), at(24, 22), ("Lin Chen", "Sam Okafor")),
            (at(25, 17), at(25, 23), ("Sam Okafor",)),
        ]


@pytest.mark.parametrize(
    ("summary", "names"),
    [
        ("On Call - Ada Lovelace - Platform", ("Ada Lovelace",)),
        ("On-call: Ada Lovelace", ("Ada Lovelace",)),
        ("On Call - Ada - Lin - Platform", ("Ada",)),
        ("[L1] ada", ("ada",)),
        ("[L1] ada\\, lin", ("ada", "lin")),
        ("Ada Lovelace", ("Ada Lovelace",)),
        ("Ada\\, Lin & Sam", ("Ada", "Lin", "Sam")),
        ("Ada\\, Ada", ("Ada",)),
        ("  Ada   ", ("Ada",)),
    ],
)
def test_names_are_found_in_titles(summary: str, names: tuple[str, ...]) -> None:
    body = calendar(event(":20261124T080000Z", ":20261124T170000Z", summary))
    assert [shift.people for shift in read(body).shifts] == [names]


@pytest.mark.parametrize(
    ("attendee", "name"),
    [
        ("ATTENDEE:ada@example.org", "ada@example.org"),
        ("ATTENDEE:mailto:ada@example.org", "ada@example.org"),
        ("ATTENDEE:MAILTO:ada@example.org", "ada@example.org"),
        ("ATTENDEE;CN=Ada:mailto:ada@example.org", "Ada"),
    ],
)
def test_attendees_are_believed_where_the_title_names_a_rotation(attendee: str, name: str) -> None:
    body = calendar(event(":20261124T080000Z", ":20261124T170000Z", "Primary", more=[attendee]))
    assert [shift.people for shift in read(body).shifts] == [(name,)]


class TestZones:
    @pytest.mark.parametrize(
        ("head", "room", "starts", "warning"),
        [
            ((), "Europe/Berlin", at(24, 8), "time zone Mars/Olympus is not known, read as Europe/Berlin"),
            (
                ("X-WR-TIMEZONE:America/New_York",),
                "Europe/Berlin",
                at(24, 14),
                "time zone Mars/Olympus is not known, read as America/New_York",
            ),
            (("X-WR-TIMEZONE:Mars/Base",), "Europe/Berlin", at(24, 8), "time zone Mars/Base is not known"),
            ((), "Mars/Room", at(24, 9), "time zone Mars/Olympus is not known, read as UTC"),
        ],
    )
    def test_an_unknown_zone_is_read_as_the_nearest_known_one_and_said(
        self, head: tuple[str, ...], room: str, starts: datetime, warning: str
    ) -> None:
        zone = ";TZID=Mars/Olympus:"
        found = read(calendar(*head, event(f"{zone}20261124T090000", f"{zone}20261124T170000")), room)
        assert [shift.starts for shift in found.shifts] == [starts]
        assert found.warning.startswith(warning)

    def test_a_zone_with_a_vendors_prefix_is_the_zone_it_ends_in(self) -> None:
        zone = ";TZID=/freeassociation.sourceforge.net/Europe/Berlin:"
        found = read(calendar(event(f"{zone}20261124T090000", f"{zone}20261124T170000")))
        assert [shift.starts for shift in found.shifts] == [at(24, 8)]

    def test_times_without_a_zone_are_the_rooms(self) -> None:
        found = read(calendar(event(":20261124T090000", ":20261124T170000")), "Australia/Sydney")
        assert [shift.starts for shift in found.shifts] == [at(23, 22)]
        assert found.warning == ""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is empty"),
        (b" \r\n\t", "it is empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "it is a web page"),
        (b"\xef\xbb\xbf <html>", "it is a web page"),
        (b"\x89PNG\r\n\x1a\n\0\0", "it is no text"),
        (b'{"error": "no such schedule"}', "it does not begin with BEGIN:VCALENDAR"),
        (feed("google")[:900], "it ends in the middle"),
        (b"BEGIN:VCALENDAR\r\nVERSION", "it ends in the middle"),
        (b"BEGIN:VCALENDAR\r\n]]]]\r\nEND:VCALENDAR", "it is no proper calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * LARGEST + b"END:VCALENDAR", "it is larger than 5 MB"),
        (b"BEGIN:VCALENDAR\r\n" + b"X:\n" * 200_000 + b"END:VCALENDAR", "it has more than 150000 lines"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_calendar_is_refused_in_one_sentence(body: bytes, why: str) -> None:
    with pytest.raises(NotACalendar) as refused:
        read(body)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_calendar_without_events_is_one() -> None:
    found = read(calendar())
    assert found == Shifts((), NOW + timedelta(days=35))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=DAILY;BYSETPOS=9",
        "FREQ=MONTHLY;BYDAY=9MO",
        "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=1",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=SOMETIMES",
        "FREQ=DAILY;FREQ=SECONDLY",
    ],
)
def test_a_recurrence_without_end_or_hit_is_left_out_and_said(rule: str) -> None:
    hostile = event(":19700101T000000Z", ":19700101T010000Z", "Eve", more=[f"RRULE:{rule}"])
    found = read(calendar(hostile, event(":20261124T080000Z", ":20261124T170000Z", "Ada")))
    assert on_call(found.shifts, NOW) == ("Ada",)
    assert found.warning == "1 event cannot be read"


def test_a_zone_that_changes_every_second_is_refused() -> None:
    zone = ["BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000"]
    zone += ["TZOFFSETFROM:+0000", "TZOFFSETTO:+0100", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE"]
    with pytest.raises(NotACalendar, match="a time zone in it changes without end"):
        read(calendar(*zone, event(";TZID=Ours:20261124T080000", ";TZID=Ours:20261124T170000")))


def test_an_endless_rotation_is_read_as_far_as_it_matters() -> None:
    found = read(calendar(event(":20160104T090000Z", ":20160105T090000Z", more=["RRULE:FREQ=DAILY"])))
    assert found.shifts[0].ends > NOW - timedelta(days=1)
    assert found.shifts[-1].starts < found.until == NOW + timedelta(days=35)
    assert len(found.shifts) == 37


def test_more_shifts_than_anybody_has_are_cut_and_said() -> None:
    hourly = [
        event(":20261101T000000Z", ":20261101T003000Z", name, more=["RRULE:FREQ=HOURLY"])
        for name in ("Ada", "Lin")
    ]
    found = read(calendar(*hourly))
    assert len(found.shifts) == MOST_SHIFTS
    assert found.until == found.shifts[-1].starts or found.until > found.shifts[-1].starts
    assert "only the next" in found.warning


def test_reading_is_given_up_when_it_takes_too_long() -> None:
    with pytest.raises(NotACalendar, match="it takes too long"):
        read_calendar(feed("pagerduty"), NOW, enough=lambda: True)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (":20261124T080000Z", ":20261124T080000Z"),  # no time at all
        (":20261124T170000Z", ":20261124T080000Z"),  # ends before it begins
        (":20261123T080000Z", ":20261123T140327Z"),  # over for a day
        (":20270101T080000Z", ":20270101T170000Z"),  # far ahead
    ],
)
def test_what_covers_no_instant_that_matters_is_no_shift(starts: str, ends: str) -> None:
    assert read(calendar(event(starts, ends))).shifts == ()


@pytest.mark.parametrize(
    "broken",
    [
        "BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:Eve\r\nEND:VEVENT",
        event(":garbage", ":20261124T170000Z", "Eve"),
        event(":20261124T080000Z", ":20261124T170000Z", "Eve", more=["RRULE:garbage"]),
        event(":00010101T000000Z", ":00010102T000000Z", "Eve", more=["RRULE:FREQ=DAILY"]),
        event(":99991231T235959Z", ":99991231T235959Z", "Eve", more=["RDATE:99991231T235959Z"]),
    ],
)
def test_one_broken_event_hides_no_other(broken: str) -> None:
    found = read(calendar(broken, event(":20261124T080000Z", ":20261124T170000Z", "Ada")))
    assert on_call(found.shifts, NOW) == ("Ada",)


@pytest.mark.parametrize(
    ("duration", "ends"),
    [
        ("PT9H", at(24, 17)),
        ("P1D", at(25, 8)),
        ("P1W", datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_shift_may_say_how_long_it_lasts(duration: str, ends: datetime) -> None:
    text = event(":20261124T080000Z", ":X").replace("DTEND:X", f"DURATION:{duration}")
    assert [shift.ends for shift in read(calendar(text)).shifts] == [ends]


def test_the_same_shift_told_twice_is_one() -> None:
    one = event(":20261124T080000Z", ":20261124T170000Z", uid="a")
    other = event(":20261124T080000Z", ":20261124T170000Z", uid="b")
    assert read(calendar(one, other)).shifts == (OnCallShift(at(24, 8), at(24, 17), ("Ada",)),)


def test_hostile_names_come_out_harmless() -> None:
    for text in TEXTS:
        folded = text.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n").replace("\0", "")
        body = calendar(event(":20261124T080000Z", ":20261124T170000Z", "x", uid="1"))
        body = body.replace(b"SUMMARY:x", b"SUMMARY:" + folded[:500].encode("utf-8", "replace"))
        try:
            found = read(body)
        except NotACalendar:
            continue
        for shift in found.shifts:
            for name in shift.people:
                assert len(name) <= 80
                assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in name)
