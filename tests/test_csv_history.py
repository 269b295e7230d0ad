"""Reading a table of past incidents."""

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.severity import Severity
from data.history.csv_file import read
from data.history.model import History, NoHistory

TABLE = """id,Title,Severity,Began at,Detected at,Resolved at,Services
7,"Checkout down, again",P0,2025-03-01T09:20Z,2025-03-01T10:30+01:00,2025-03-01T10:15Z,Web; API Gateway
8,Mail late,minor,,2025-02-01T09:30:00Z,2025-02-01T09:45:00Z,
9,Still on,P1,,2025-04-01T09:30:00Z,,
10,No zone,P1,,2025-04-01T09:30:00,2025-04-01T10:30:00Z,
11,Backwards,P1,,2025-04-01T09:30:00Z,2025-04-01T08:30:00Z,
,,,,,,
"""


def test_a_table_with_its_lines_that_cannot_be_told() -> None:
    found = read(TABLE.encode())
    mail, checkout = found.incidents
    assert (mail.title, mail.severity, mail.began_at, mail.services) == ("Mail late", Severity.P2, None, ())
    assert (checkout.title, checkout.severity) == ("Checkout down, again", Severity.P0)
    assert checkout.began_at == datetime(2025, 3, 1, 9, 20, tzinfo=UTC)
    assert checkout.detected_at == datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    assert checkout.services == ("web", "api-gateway")
    assert (found.still_open, found.unreadable, found.updates) == (1, 2, 0)


def test_a_line_is_the_same_incident_in_another_order_under_another_title() -> None:
    head, first, *others = TABLE.splitlines()
    again = "\n".join([head, *others, first.replace("Checkout down, again", "Checkout")])
    assert {item.key for item in read(again.encode()).incidents} == {
        item.key for item in read(TABLE.encode()).incidents
    }


@pytest.mark.parametrize("comma", [";", "\t"])
def test_other_separators_and_encodings_are_read(comma: str) -> None:
    table = "name;created_at;ended_at\nx;2025-04-01T09:30:00Z;2025-04-01T09:40:00Z\n".replace(";", comma)
    assert len(read(table.encode("utf-16")).incidents) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column title"),
        (b"title,detected_at\n", "no column resolved_at"),
        (b"title,detected_at,resolved_at\n" + b"x" * 200_000, "not CSV: .*, line 2"),
    ],
)
def test_a_file_that_is_no_table_says_so(data: bytes, said: str) -> None:
    with pytest.raises(NoHistory, match=said):
        read(data)


@given(st.lists(st.lists(st.text(max_size=12) | st.just("2025-04-01T09:30:00Z"), max_size=5), max_size=6))
def test_whatever_the_fields_hold_is_read_or_counted(lines: list[list[str]]) -> None:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["title", "detected_at", "resolved_at", "severity", "services"])
    table.writerows(lines)
    found = read(written.getvalue().encode("utf-8", "replace"))
    for item in found.incidents:
        assert item.title
        assert item.detected_at <= item.resolved_at
    assert len(found.incidents) + found.still_open + found.unreadable <= len(lines)


@given(
    st.binary(max_size=80)
    | st.binary(max_size=40).map(lambda tail: b"title,detected_at,resolved_at\n" + tail)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(NoHistory):
        assert isinstance(read(data), History)
