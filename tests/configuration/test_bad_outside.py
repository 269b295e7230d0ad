"""What a source of alerts, a channel or an audience may not have, and the sentence that mends it."""

import pytest

from tests.configuration.blame import problems

IN_CLEAR = "is a secret and must not stand here in clear: write env:NAME or file:/PATH"
NO_REFERENCE = "is not a secret reference: write env:NAME or file:/PATH (absolute, or from ~)"
SOURCE = '[[source]]\nid = "am"\nurl = "http://a.example"\n'
MAIL = '[[channel]]\nid = "mail"\nurl = "env:MAIL"\n'
PAGE = '[[channel]]\nid = "page"\nkind = "statuspage"\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('bearer = "hunter2"', f"bearer: {IN_CLEAR}"),
        ('bearer = "file:token"', f"bearer: {NO_REFERENCE}"),
        ('basic = "ada:hunter2"', f"basic: {IN_CLEAR}"),
        ('basic = "env:"', f"basic: {NO_REFERENCE}"),
        ('bearer = "env:A"\nbasic = "env:B"', 'basic: give "bearer" or "basic", not both'),
        ('verify = "no"', "verify: expected true or false, found text"),
        ("priority_base = 2", "priority_base: must be at most 1"),
        ("priority_base = -1", "priority_base: must be at least 0"),
        ("priority_base = true", "priority_base: expected a whole number, found true or false"),
        ('severity_table = { page = "P9" }', 'severity_table.page: "P9" is not a severity: P0, P1, P2 or P3'),
        ('severity_table = ["page"]', "severity_table: expected a table, found a list"),
        ('severity_labels = "severity"', "severity_labels: expected a list, found text"),
        ('severity_labels = ["a", "a"]', 'severity_labels.#2: "a" is named twice'),
        ('severity_labels = [""]', "severity_labels.#1: must not be empty"),
        ('heartbeats = ["Watchdog", 3]', "heartbeats.#2: expected text in quotes, found a number"),
        (
            'resolve_timeout = "0s"',
            "resolve_timeout: '0s' is no time at all: a duration must be longer than zero",
        ),
        (
            'headers = { Authorization = "Bearer hunter2" }',
            f"headers.Authorization: {IN_CLEAR} for the whole value",
        ),
        (
            'urls = ["http://ada:hunter2@b.example"]',
            "urls.#1: holds a user or password in clear: write env:NAME or file:/PATH for the whole URL",
        ),
    ],
)
def test_values_of_a_source(lines: str, said: str) -> None:
    number = 4 + lines.count("\n")
    assert problems(f"{SOURCE}{lines}\n") == [f"{number}: source.am.{said}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAIL + 'kind = "slack"', '4: channel.mail.kind: expected apprise or statuspage, found "slack"'),
        (MAIL + 'page = "abc"', '4: channel.mail.page: "page" belongs to kind = "statuspage"'),
        (MAIL + 'token = "env:T"', '4: channel.mail.token: "token" belongs to kind = "statuspage"'),
        ('[[channel]]\nid = "mail"\nkind = "apprise"', '1: channel.mail: "url" is missing'),
        (PAGE, '1: channel.page: "page" is missing'),
        (PAGE + 'page = "abc"', '1: channel.page: "token" is missing'),
        (PAGE + 'page = ""\ntoken = "env:T"', '1: channel.page: "page" is missing'),
        (PAGE + 'page = "abc"\ntoken = "hunter2"', f"5: channel.page.token: {IN_CLEAR}"),
        (
            PAGE + 'page = "abc"\ntoken = "env:T"\nurl = "https://api.statuspage.example/hunter2"',
            f"6: channel.page.url: {IN_CLEAR}",
        ),
        (
            '[[audience]]\nid = "board"\ntemplate = 7',
            "3: audience.board.template: expected text in quotes, found a number",
        ),
        (
            '[[audience]]\nid = "board"\ntemplate = "a\\u001b]0;b"',
            "3: audience.board.template: holds U+001B, which a terminal obeys or nobody can see",
        ),
    ],
)
def test_values_of_channels_and_audiences(text: str, said: str) -> None:
    assert problems(text) == [said]
