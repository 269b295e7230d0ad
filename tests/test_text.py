"""Text from outside: nothing a terminal obeys, nothing invisible, never too much, never an exception."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text import MARKS, clean, clean_line, decode
from tests.hostile import HOSTILE, JOINERS, NAMES, TEXTS, forbidden_in

anything = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\n\r\t \x00\x1b\x85\u0301\u200d\u200c\u202e\u2028\ufe0f\ud800決a…⏎"),
    )
)
nasty = st.one_of(anything, st.sampled_from(TEXTS), st.lists(st.sampled_from(TEXTS), max_size=3).map("".join))
limits = st.integers(-1, 260)


@given(nasty, limits)
def test_a_line_is_one_line_of_visible_text_within_its_limit(text: str, limit: int) -> None:
    cleaned = clean_line(text, limit)
    assert len(cleaned) <= max(limit, 0)
    assert not forbidden_in(cleaned)
    assert len(cleaned.splitlines()) <= 1
    assert cleaned == cleaned.strip(" \t\r\n")
    cleaned.encode("utf-8")


@given(nasty, limits, st.integers(-1, 8))
def test_a_text_is_visible_and_within_its_limits(text: str, limit: int, lines: int) -> None:
    cleaned = clean(text, limit, lines)
    assert len(cleaned) <= max(limit, 0)
    assert len(cleaned.splitlines()) <= max(lines, 0)
    assert not forbidden_in(cleaned.replace("\n", ""))
    cleaned.encode("utf-8")


@given(nasty, limits, st.integers(-1, 8))
def test_cleaning_twice_changes_nothing(text: str, limit: int, lines: int) -> None:
    line = clean_line(text, limit)
    assert clean_line(line, limit) == line
    block = clean(text, limit, lines)
    assert clean(block, limit, lines) == block


@given(nasty)
def test_what_fits_a_line_field_passes_a_text_field_unchanged(text: str) -> None:
    line = clean_line(text)
    assert clean(line) == line


@given(st.text("ab \u0301\u0334\u0489\u200d\ufe0f決", max_size=400))
def test_marks_never_pile_up(text: str) -> None:
    run = longest = 0
    for character in clean(text):
        mark = unicodedata.category(character) in ("Mn", "Me") or character in JOINERS
        run = run + 1 if mark else 0
        longest = max(longest, run)
    assert longest <= MARKS


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=NAMES)
def test_hostile_text_is_clean_in_both_kinds_of_field(name: str, text: str) -> None:
    assert not forbidden_in(clean_line(text)), name
    assert not forbidden_in(clean(text).replace("\n", "")), name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Checkout returns 503", "Checkout returns 503"),
        ("  padded\n", "padded"),
        ("one\ntwo\r\nthree\rfour", "one⏎two⏎three⏎four"),
        ("one\u2028two\u2029three", "one⏎two⏎three"),
        ("a\tb", "a⇥b"),
        ("\x1b[2Jgone", "\ufffd[2Jgone"),
        ("pay\u200bments", "pay\ufffdments"),
        ("invoice\u202etxt.exe", "invoice\ufffdtxt.exe"),
        ("a\ud83db", "a\ufffdb"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("می‌خواهم", "می‌خواهم"),
        ("👨‍👩‍👧‍👦 ❤️ 1️⃣", "👨‍👩‍👧‍👦 ❤️ 1️⃣"),
        ("क्षत्रिय שָׁלוֹם ระบบชำระ", "क्षत्रिय שָׁלוֹם ระบบชำระ"),
        ("e" + "\u0301" * 100 + "!", "e" + "\u0301" * MARKS + "!"),
        ("", ""),
    ],
)
def test_one_line_fields(text: str, expected: str) -> None:
    assert clean_line(text) == expected


def test_a_long_title_ends_in_an_ellipsis() -> None:
    assert clean_line("x" * 200) == "x" * 200
    assert clean_line("x" * 201) == "x" * 199 + "…"
    assert clean_line("checkout is down", 9) == "checkout…"
    assert clean_line("決" * 30, 5) == "決決決決…"
    assert clean_line("é" + "\u0301" * 10_000 + "é") == "é" + "\u0301" * MARKS + "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\r\ntwo\rthree\u2028four\n", "one\ntwo\nthree\nfour\n"),
        ("a\tb", "a   b"),
        ("  indented stays\n\n", "  indented stays\n\n"),
        ("ok\x07\n\x9b2J", "ok\ufffd\n\ufffd2J"),
    ],
)
def test_fields_of_many_lines(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_pasted_log_says_how_much_of_it_is_missing() -> None:
    log = "pool exhausted\n" * 600
    shown = clean(log).split("\n")
    assert len(shown) == 500
    assert shown[-1] == "… 101 more lines, 1516 more characters"
    assert clean("pool exhausted\n" * 500) == "pool exhausted\n" * 500
    assert clean("x" * 1_000_000).endswith("\n… 980080 more characters")
    assert clean("\n" * 10_000) == "… 9999 more lines, 10000 more characters"
    assert clean("one\ntwo\nthree", lines=1) == "one … 2 more lines, 10 more characters"
    assert clean("some words", 6) == "some…"


def test_cut_text_never_passes_for_whole_text() -> None:
    marks = "c" + "\u0301" * 50_000 + " and the cause"
    assert clean(marks).split("\n")[-1].startswith("… ")


def test_clean_text_is_handed_back_as_it_is() -> None:
    title = "Checkout returns 503"
    body = "pool at 100%\nsince 13:46Z"
    assert clean_line(title) is title
    assert clean(body) is body


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"\xef\xbb\xbfwith mark", "with mark"),
        ("Ünï".encode("utf-16"), "Ünï"),
        (b"\xfe\xff\x00A", "A"),
        (b"bad \xff\xc3", "bad \ufffd\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"", ""),
    ],
)
def test_bytes_become_text(data: bytes, expected: str) -> None:
    assert decode(data) == expected


@given(st.binary())
def test_any_bytes_become_text_that_can_be_stored(data: bytes) -> None:
    clean(decode(data)).encode("utf-8")
