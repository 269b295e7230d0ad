"""Ten megabytes in one field, of whatever they are made: little of it is kept, and the rest is counted."""

import pytest

from data.text import clean, clean_line
from tests.hostile import forbidden_in

SIZE = 10_000_000
MADE_OF = {
    "letters": "x",
    "lines": "ab\n",
    "line ends": "\r\n",
    "carriage returns": "\r",
    "separators": "\u2028",
    "escapes": "\x1b",
    "zeros and lines": "é\n\0",
    "bidi": "\u202e",
    "zero width": "\u200b",
    "joiners": "\u200d",
    "marks": "\u0301",
    "emoji": "👩🏽‍🚒",
    "tabs": "\t",
}


@pytest.mark.parametrize("name", MADE_OF)
def test_little_is_kept_and_the_rest_is_counted(name: str) -> None:
    piece = MADE_OF[name]
    text = "> " + piece * (SIZE // len(piece)) + "<"
    line, block = clean_line(text), clean(text)
    assert (len(line) <= 200, len(block) <= 20_000, block.count("\n") < 500) == (True, True, True)
    assert not forbidden_in(line + block.replace("\n", ""))
    assert line.startswith(">")
    assert block.rpartition("\n")[2].endswith("more characters")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_lines_that_are_missing_are_counted_however_they_end(end: str) -> None:
    assert clean(f"ab{end}" * 2_000_000, lines=3) == "ab\nab\n… 1999998 more lines, 5999995 more characters"
