"""How each terminal is asked to notify, to the byte."""

import pytest

from console.terminal_notes import Dialect, dialect, sequence, through_tmux
from data.text import clean_line
from tests.hostile import HOSTILE, forbidden_in


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Dialect.OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Dialect.OSC_9),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, Dialect.OSC_9),
        ({"TERM": "xterm-256color", "WT_SESSION": "8c0f"}, Dialect.OSC_9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Dialect.OSC_9),  # over ssh
        ({"TERM": "rxvt-unicode-256color"}, Dialect.OSC_777),
        ({"TERM": "foot"}, Dialect.OSC_777),
        ({"TERM": "foot-extra"}, Dialect.OSC_777),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, Dialect.OSC_777),
        ({"TERM": "xterm-kitty"}, Dialect.OSC_99),
        ({"TERM": "xterm-kitty", "TERM_PROGRAM": "iTerm.app"}, Dialect.OSC_99),  # started from the other
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "linux"}, None),
        ({"TERM": "screen-256color", "STY": "123.pts", "VTE_VERSION": "7200"}, None),
        ({}, None),
    ],
)
def test_each_terminal_is_asked_in_its_own_dialect(environ: dict[str, str], spoken: Dialect | None) -> None:
    assert dialect(environ) is spoken


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        (Dialect.OSC_9, "\x1b]9;warroom acme: P0 INC-1 a, b\x1b\\"),
        (Dialect.OSC_777, "\x1b]777;notify;warroom acme;P0 INC-1 a, b\x1b\\"),
        (
            Dialect.OSC_99,
            "\x1b]99;i=warroom-7:d=0:o=unfocused;warroom acme\x1b\\"
            "\x1b]99;i=warroom-7:p=body;P0 INC-1 a, b\x1b\\",
        ),
    ],
)
def test_the_bytes_of_each_dialect(spoken: Dialect, written: str) -> None:
    assert sequence(spoken, "warroom acme", "P0 INC-1 a; b", 7) == written
    inner = written.replace("\x1b", "\x1b\x1b")
    assert through_tmux(written) == f"\x1bPtmux;{inner}\x1b\\"


@pytest.mark.parametrize(("name", "text"), HOSTILE)
@pytest.mark.parametrize("spoken", Dialect)
def test_nothing_hostile_reaches_the_terminal(spoken: Dialect, name: str, text: str) -> None:
    written = sequence(spoken, text, text)
    assert len(written) < 450, name
    inside = written.replace("\x1b]", "").replace("\x1b\\", "")
    assert forbidden_in(inside) == [], name
    assert written.count("\x1b") == 2 * written.count("\x1b]"), name
    assert inside.count(";") == {"9": 1, "777": 3, "99": 4}[spoken], name
    assert clean_line(inside, 500) == inside.strip(" "), name
