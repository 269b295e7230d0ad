"""Everything that can be wrong with a file, and the line and the sentence that mend it."""

import pytest

from tests.configuration.blame import API, SHOP, problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[room\nname = 'x'\n", "1: is not TOML: Expected ']' at the end of a table declaration"),
        ("[room]\nname = acme\n", "2: is not TOML: Invalid value (text needs quotes)"),
        (
            '[room]\nname = "acme\n',
            "2: is not TOML: Illegal character '\\n' (a quote is not closed on this line)",
        ),
        ('[room]\nname = """acme\n\n', "2: is not TOML: Unterminated string"),
        ("[room]\n[check]\n[room]\n", "3: is not TOML: Cannot declare ('room',) twice"),
        ("a = " + "1" * 5000, " holds a number that is too long"),
        ("a = " + "[" * 3000 + "]" * 3000, " is nested too deep"),
    ],
)
def test_what_is_no_toml_is_blamed_on_its_line(text: str, said: str) -> None:
    assert problems(text)[0].startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rooom]\n", '1: rooom: is an unknown table (did you mean "room"?)'),
        ('\n[[services]]\nid = "x"\n', '2: services: is an unknown table (did you mean "service"?)'),
        ("[[room]]\n", "1: room: expected a table, found a list (write [room], not [[room]])"),
        ("[check]\n", "1: check: expected [[check]], found a table (write [[check]], not [check])"),
        ("room = 3\n", "1: room: expected a table, found a number"),
        ("check = [3]\n", "1: check.#1: expected a table, found a number"),
        ("severity = 1\n", "1: severity: expected [severity.P0], found a number"),
        ("[severity.P5]\n", '1: severity.P5: "P5" is not a severity: P0, P1, P2 or P3'),
        (API + 'timout = "5s"', '7: check.api.timout: is an unknown key (did you mean "timeout"?)'),
        (API + "expect.jsn = 1", '7: check.api.expect.jsn: is an unknown key (did you mean "json"?)'),
        (
            "[severity.P0]\nfrequency = 1",
            "2: severity.P0.frequency: is an unknown key (known: response, update)",
        ),
        ("[[service]]\n", '1: service.#1: "id" is missing'),
        ('\n[[check]]\nid = "api"\nservice = "shop"\n' + SHOP, '2: check.api: "url" is missing'),
        ('[[source]]\nid = "am"\n', '1: source.am: "url" is missing'),
    ],
)
def test_unknown_and_missing_tables_and_keys(text: str, said: str) -> None:
    assert problems(text) == [said]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        '[room]\nname = ""\nzone = "UTC"\n'  # an unknown key beside a bad value
        '[[check]]\nid = "api"\nservice = "shop"\nurl = "ftp://x"\nevery = "15"\n'  # names an unknown service
        '[[check]]\nid = "api"\nservice = "edge"\nurl = "https://x.example"\ndepends_on = ["api"]\n'
        '[[service]]\nid = "edge"\nowner = "ada"\n'  # a bad table is still known to others
        '[[source]]\nid = "am"\nuri = "http://a.example"\n'  # an unknown key hides nothing
        "[whatever]\n"
    )
    assert [problem.partition(" (")[0] for problem in problems(text)] == [
        "2: room.name: must not be empty",
        "3: room.zone: is an unknown key",
        '6: check.api.service: there is no service "shop"',
        '7: check.api.url: must begin with http, https or tcp and ://, found "ftp"',
        "8: check.api.every: '15' is not a duration",
        '10: check.api.id: "api" is already the id of the check on line 5',
        "16: service.edge.owner: is an unknown key",
        '17: source.am: "url" is missing',
        "19: source.am.uri: is an unknown key",
        "20: whatever: is an unknown table",
    ]


def test_a_secret_in_clear_is_never_repeated() -> None:
    text = (
        '[room]\nheartbeat = "https://hunter2.example"\ncanaries = ["https://u:hunter2@x.example"]\n'
        '[[channel]]\nid = "c"\nurl = "slack://hunter2"\n[[channel]]\nid = "d"\nurl = ["hunter2"]\n'
        '[[contact]]\nid = "a"\nnotify = ["hunter2", "file:hunter2"]\n'
        f'{API}headers = {{ Authorization = "hunter2" }}\n'
    )
    said = problems(text)
    assert len(said) == 7
    assert "hunter2" not in "".join(said)
