"""Personal settings of how one is called: what may be written, and the sentence that mends the rest."""

from datetime import time
from pathlib import Path

import pytest

from console.settings import AttentionSettings, load_attention, load_keymap, load_theme


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("", AttentionSettings()),
        ('[keys]\nincident.ack = "f9"\n', AttentionSettings()),
        ("[attention]\n", AttentionSettings()),
        ("[attention]\nbell = false\nnotify = false\n", AttentionSettings(False, False)),
        ('[attention]\nquiet = "22:00-07:00"\n', AttentionSettings(quiet=(time(22), time(7)))),
        ('[attention]\nquiet = "9:30 - 17:00"\n', AttentionSettings(quiet=(time(9, 30), time(17)))),
        ('[attention]\nquiet = ""\n', AttentionSettings()),
        ("[attention]\nquiet = false\n", AttentionSettings()),
    ],
)
def test_how_one_is_called_is_a_personal_setting(
    tmp_path: Path, text: str, settings: AttentionSettings
) -> None:
    file = tmp_path / "console.toml"
    file.write_text(text)
    assert load_attention(file) == settings
    load_keymap(file)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("attention = 3\n", "console.toml: attention is no table: write [attention]."),
        ("[attention]\nbell = 1\n", "console.toml: [attention] bell is neither true nor false."),
        ('[attention]\nquiet = "night"\n', 'quiet is no span of hours: write quiet = "22:00-07:00".'),
        ('[attention]\nquiet = "22:00-25:00"\n', "quiet is no span of hours"),
        ("[attention]\nquiet = 22\n", "quiet is no span of hours"),
        ('[attention]\nquiet = "07:00-07:00"\n', "always or never?"),
        ("[attention]\nbel = true\n", "bel is unknown: bell, notify and quiet are known."),
        ('[attention]\n"\\u001b[2J" = 1\n', "\ufffd[2J is unknown"),
        (
            "[attention]\nbell = 1\nnotify = 2\n",
            "bell is neither true nor false. console.toml: [attention] notify is",
        ),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_still_holds(tmp_path: Path, text: str, warning: str) -> None:
    file = tmp_path / "console.toml"
    file.write_text(text)
    found = load_attention(file)
    assert warning in found.warning
    assert (found.bell, found.notify, found.quiet) == (True, True, None)


def test_without_a_file_or_with_an_unreadable_one_everything_is_as_at_first(tmp_path: Path) -> None:
    assert load_attention(tmp_path / "console.toml") == AttentionSettings()
    (tmp_path / "console.toml").write_text("half [a")
    assert load_attention(tmp_path / "console.toml") == AttentionSettings()


@pytest.mark.parametrize(
    ("text", "theme", "says"),
    [
        ("", "dark", ""),
        ('theme = "colour-blind"', "colour-blind", ""),
        ('theme = "neon"', "dark", "console.toml: there is no theme neon: dark, light, colour-blind"),
        ("theme = 3", "dark", "console.toml: there is no theme: dark"),
        ("theme = [", "dark", ""),  # the key map keeps the console closed
    ],
)
def test_a_wrong_theme_is_told_and_closes_nothing(tmp_path: Path, text: str, theme: str, says: str) -> None:
    file = tmp_path / "console.toml"
    file.write_text(text)
    assert load_theme(file) == theme
    warning = load_attention(file).warning
    assert warning.startswith(says) if says else not warning


def test_a_theme_and_a_wrong_hour_are_both_told(tmp_path: Path) -> None:
    file = tmp_path / "console.toml"
    file.write_text('theme = "neon"\n[attention]\nquiet = "x"\n')
    warning = load_attention(file).warning
    assert "no theme neon" in warning
    assert "no span of hours" in warning
