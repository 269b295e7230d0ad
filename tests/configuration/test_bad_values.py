"""Values that a room, a check or anything else may not have, and the sentence that mends them."""

import re

import pytest

from tests.configuration.blame import API, DB, SHOP, TCP, problems

IN_CLEAR = "is a secret and must not stand here in clear: write env:NAME or file:/PATH"
WHOLE = f"{IN_CLEAR} for the whole value"
NO_ID = "is not an id: up to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit"
WINDOW = SHOP + '[[maintenance]]\nservice = "shop"\n'
PLACES = "id, title, severity, service, body, random"
PAIR = "has a brace without its pair: places are written {title}"
NO_ZONE = "needs a time zone: write 2026-12-01T22:00:00+01:00, or Z at the end for UTC"
UNITS = "write 90s, 5m, 1h30m or 2d"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('name = ""', "name: must not be empty"),
        ("name = 3", "name: expected text in quotes, found a number"),
        (r'name = "a\u001b[2Jb"', "name: holds U+001B, which a terminal obeys or nobody can see"),
        (r'name = "a\u202eb"', "name: holds U+202E, which a terminal obeys or nobody can see"),
        (r'name = "a\nb"', "name: must be one line, without tabs"),
        (f'name = "{"x" * 81}"', "name: is 81 characters long, at most 80 fit"),
        (
            'timezone = "Europe/Berln"',
            'timezone: "Europe/Berln" is not a time zone: did you mean "Europe/Berlin"?',
        ),
        (
            'timezone = "../../etc/passwd"',
            'timezone: "../../etc/passwd" is not a time zone: write a name like "Europe/Berlin"',
        ),
        ("ladder_repeats = -1", "ladder_repeats: must be at least 0"),
        ("ladder_repeats = 2.0", "ladder_repeats: expected a whole number, found a number"),
        (
            "reopen_within = 24",
            'reopen_within: expected a duration in quotes, like "90s", "5m" or "1h30m", found a number',
        ),
        (
            'reopen_within = "24"',
            f"reopen_within: '24' is not a duration (a number needs a unit): {UNITS}",
        ),
        (
            'reopen_within = "0s"',
            "reopen_within: '0s' is no time at all: a duration must be longer than zero",
        ),
        (
            'confirm_within = { P9 = "2m" }',
            'confirm_within.P9: "P9" is not a severity: P0, P1, P2 or P3',
        ),
        ('confirm_within = { P0 = "soon" }', f"confirm_within.P0: 'soon' is not a duration: {UNITS}"),
        ('canaries = "https://x.example"', "canaries: expected a list, found text"),
        (
            'canaries = ["ftp://x.example"]',
            'canaries.#1: must begin with http, https or tcp and ://, found "ftp"',
        ),
        (
            'canaries = ["x.example"]',
            "canaries.#1: must begin with http, https or tcp and ://, found nothing",
        ),
        ('canaries = ["tcp://x.example"]', "canaries.#1: tcp needs a port: write tcp://host:port"),
        ('canaries = ["tcp://x.example:1/a"]', "canaries.#1: tcp has no path: write tcp://host:port"),
        (
            'canaries = ["https://x.example:99999"]',
            'canaries.#1: port "99999" is not between 1 and 65535',
        ),
        ('canaries = ["https://x.example:0"]', 'canaries.#1: port "0" is not between 1 and 65535'),
        ('canaries = ["https://"]', "canaries.#1: names no host"),
        ('canaries = ["https://-x.example"]', 'canaries.#1: "-x.example" is not a host'),
        ('canaries = ["https://1.2.3.400"]', 'canaries.#1: "1.2.3.400" is not a host'),
        ('canaries = ["https://[::1"]', "canaries.#1: is not a URL: write tcp://host…"),
        ('canaries = ["https://x.example/a b"]', "canaries.#1: a URL holds no blanks"),
        (
            'canaries = ["https://ada:hunter2@x.example"]',
            "canaries.#1: holds a user or password in clear: write env:NAME or file:/PATH for the whole URL",
        ),
        (
            'canaries = ["https://a.example", "https://a.example"]',
            'canaries.#2: "https://a.example" is named twice',
        ),
        ('heartbeat = "https://hc.example/hunter2"', f"heartbeat: {IN_CLEAR}"),
        (
            'heartbeat = "env:1X"',
            "heartbeat: is not a secret reference: write env:NAME or file:/PATH (absolute, or from ~)",
        ),
        (
            'heartbeat = "file:hunter2"',
            "heartbeat: is not a secret reference: write env:NAME or file:/PATH (absolute, or from ~)",
        ),
        (
            'ticket = "https://git.example/new?title={titel}"',
            f'ticket: "{{titel}}" is not known: {PLACES}',
        ),
        ('ticket = "https://git.example/?t={}"', f'ticket: "{{}}" is not known: {PLACES}'),
        (
            'ticket = "https://git.example/?t={title.__class__}"',
            'ticket: "{title.__class__}" is not known: ' + PLACES,
        ),
        ('ticket = "https://git.example/?t={title"', f"ticket: {PAIR}"),
        ('ticket = "https://git.example/?t=title}"', f"ticket: {PAIR}"),
        ('ticket = "https://git.example/?t={{title}}"', f"ticket: {PAIR}"),
        ('ticket = "{title}"', "ticket: must begin with http or https and ://, found nothing"),
        (
            'ticket = "javascript:{title}"',
            'ticket: must begin with http or https and ://, found "javascript"',
        ),
        ('ticket = "https://git.example/new {title}"', "ticket: a URL holds no blanks"),
        ("ticket = 42", "ticket: expected text in quotes, found a number"),
        # what somebody wrote in a title must not choose who is visited
        ('bridge = "https://{title}/x"', 'bridge: "{title}" is not a host'),
        ('bridge = "https://{random}.meet.example"', 'bridge: "{random}.meet.example" is not a host'),
        ('bridge = "https://meet.example:{random}/"', 'bridge: port "{random}" is not between 1 and 65535'),
        (
            'bridge = "https://{id}@meet.example/"',
            "bridge: holds a user or password in clear: write env:NAME or file:/PATH for the whole URL",
        ),
        ('bridge = "env:BRIDGE"', 'bridge: must begin with http or https and ://, found "env"'),
    ],
)
def test_values_of_the_room(line: str, said: str) -> None:
    assert problems(f"[room]\n\n{line}\n") == [f"3: room.{said}"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('every = "100ms"', "every: must be at least 200ms, found 100ms"),
        ('timeout = "2m"', "timeout: must be at most 1m, found 2m"),
        ("fail_after = 0", "fail_after: must be at least 1"),
        ("ok_after = true", "ok_after: expected a whole number, found true or false"),
        ('opens = "yes"', "opens: expected true or false, found text"),
        ("verify = 1", "verify: expected true or false, found a number"),
        ('method = "get"', 'method: expected GET, HEAD, OPTIONS or POST, found "get"'),
        ('severity = "p1"', 'severity: "p1" is not a severity: P0, P1, P2 or P3'),
        ("expect = { status = [200, 99] }", "expect.status.#2: must be at least 100"),
        ('expect.status = ["200"]', "expect.status.#1: expected a whole number, found text"),
        ("expect = 200", "expect: expected a table, found a number"),
        ('expect.json = "up"', 'expect.json: expected { "db.status" = "up" }, found text'),
        (
            "expect = { json = { a = [1] } }",
            "expect.json.a: expected text, a finite number, true or false, found a list",
        ),
        (
            "expect = { json = { b = { c = nan } } }",
            "expect.json.b.c: expected text, a finite number, true or false, found a number",
        ),
        (
            "warn = { certificate = true }",
            'warn.certificate: expected a duration in quotes, like "90s", "5m" or "1h30m", found true'
            " or false",
        ),
        ('headers = { "X Y" = "z" }', 'headers.X Y: "X Y" is not the name of a header'),
        ('headers = { X-Room = "é" }', "headers.X-Room: a header holds only ASCII"),
        (
            'headers = { Authorization = "Bearer hunter2" }',
            f"headers.Authorization: {WHOLE}",
        ),
        ('headers = { X-Api-Key = "hunter2" }', f"headers.X-Api-Key: {WHOLE}"),
        ('depends_on = ["api"]', "depends_on: this check depends on itself"),
        ('depends_on = ["x", "x"]', 'depends_on.#2: "x" is named twice'),
        ('method = "HEAD"\nexpect.text = "ok"', "expect.text: an answer to HEAD has no body to look at"),
    ],
)
def test_values_of_a_check(line: str, said: str) -> None:
    number = 7 + line.count("\n")
    assert problems(f"{API}{line}\n") == [f"{number}: check.api.{said}"]


@pytest.mark.parametrize("line", ["expect.status = 200", "verify = false", 'headers = { Accept = "*/*" }'])
def test_a_tcp_check_asks_for_nothing(line: str) -> None:
    key = re.split(r"\W", line)[0]
    said = "a tcp check only connects: nothing is asked or answered"
    assert problems(f"{TCP}{line}\n") == [f"7: check.api.{key}: {said}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[service]]\nid = "Shop 1"',
            f'2: service.Shop 1.id: "Shop 1" {NO_ID}',
        ),
        (
            f'[[service]]\nid = "{"x" * 65}"',
            f'2: service.{"x" * 65}.id: "{"x" * 39}…" {NO_ID}',
        ),
        (
            SHOP + 'links = { logs = "javascript:alert(1)" }',
            '3: service.shop.links.logs: must begin with http or https and ://, found "javascript"',
        ),
        (
            SHOP + 'runbooks = ["api-failure"]',
            '3: service.shop.runbooks.#1: there is no runbook "api-failure" (did you mean "api-failures"?)',
        ),
        (SHOP + "\n" + SHOP, '5: service.shop.id: "shop" is already the id of the service on line 2'),
        (
            API.replace('service = "shop"', 'service = "shopp"'),
            '5: check.api.service: there is no service "shopp" (did you mean "shop"?)',
        ),
        (
            API + 'depends_on = ["db"]\n' + DB + 'depends_on = ["api"]\n',
            "7: check.api.depends_on: these checks wait for each other: api, db, api",
        ),
        (
            WINDOW + "from = 2026-12-01T22:00:00\nuntil = 2026-12-01T23:00:00Z",
            f"5: maintenance.#1.from: {NO_ZONE}",
        ),
        (
            WINDOW + 'from = "2026-12-01"\nuntil = 2026-12-01T23:00:00Z',
            f"5: maintenance.#1.from: {NO_ZONE}",
        ),
        (
            WINDOW + 'from = 2026-12-01T22:00:00Z\nuntil = "tomorrow"',
            '6: maintenance.#1.until: "tomorrow" is not an instant: write 2026-12-01T22:00:00+01:00',
        ),
        (
            WINDOW + "from = 2026-12-01T22:00:00Z\nuntil = 2026-12-01T23:00:00+01:00",
            '6: maintenance.#1.until: must be later than "from"',
        ),
        (
            WINDOW + "from = 0001-01-01T00:00:00+10:00\nuntil = 2026-12-01T23:00:00Z",
            "5: maintenance.#1.from: is outside the calendar",
        ),
        (
            '[[maintenance]]\nservice = "shop"\nfrom = 2026-12-01T22:00:00Z\nuntil = 2026-12-01T23:00:00Z',
            '2: maintenance.#1.service: there is no service "shop"',
        ),
        (
            '[[source]]\nid = "am"\nurl = "http://a.example"\nurls = ["http://b.example"]',
            '4: source.am.urls: give "url" or "urls", not both',
        ),
        (
            '[[source]]\nid = "am"\nurl = "http://a.example"\nkind = "prometheus"',
            '4: source.am.kind: expected alertmanager, found "prometheus"',
        ),
        ('[[contact]]\nid = "ada"\nnotify = ["ntfy://hunter2"]', f"3: contact.ada.notify.#1: {IN_CLEAR}"),
        ('[[contact]]\nid = "ada"\nnotify = ["json://10.0.0.1/"]', f"3: contact.ada.notify.#1: {IN_CLEAR}"),
        (
            '[[channel]]\nid = "mail"\nurl = "mailto://ada:hunter2@127.0.0.1"',
            f"3: channel.mail.url: {IN_CLEAR}",
        ),
        (
            '[[level]]\nid = "on-call"\ncalendar = "https://cal.example/hunter2"',
            f"3: level.on-call.calendar: {IN_CLEAR}",
        ),
        (
            '[[contact]]\nid = "ada"\n[[level]]\nid = "on-call"\ncontacts = ["ada", "adda"]',
            '5: level.on-call.contacts.#2: there is no contact "adda" (did you mean "ada"?)',
        ),
        (
            '[[audience]]\nid = "board"\nchannels = ["mail"]',
            '3: audience.board.channels.#1: there is no channel "mail"',
        ),
        (
            '[[audience]]\nid = "board"\nseverities = []',
            "3: audience.board.severities: names no severity: it would never apply",
        ),
        (
            '[[audience]]\nid = "board"\nhours = { days = "mon-fry", from = "08:00", until = "18:00" }',
            '3: audience.board.hours.days: "mon-fry" is not a day: write "mon-fri" or "mon, wed, sat-sun"',
        ),
        (
            '[[audience]]\nid = "board"\nhours = { from = "25:00", until = "18:00" }',
            '3: audience.board.hours.from: "25:00" is not a time of day: write "08:00", at most "23:59"',
        ),
        (
            '[[audience]]\nid = "board"\nhours = { from = "18:00", until = "08:00" }',
            '3: audience.board.hours.until: must be later than "from" on the same day',
        ),
        (
            '[[runbook]]\nid = "x"\ntitle = "t"\n[[runbook.step]]\ntitle = "a"\nauto = "resolve"',
            "6: runbook.x.step.#1.auto: expected acknowledged, severity, stakeholders, ticket, resolved"
            ' or post-mortem, found "resolve"',
        ),
        (
            '[[runbook]]\nid = "x"\ntitle = "t"\n'
            'step = [\n{ title = "a" },\n{ title = "b", command = "rm \\u0007" }]',
            "6: runbook.x.step.#2.command: holds U+0007, which a terminal obeys or nobody can see",
        ),
    ],
)
def test_values_and_names_elsewhere(text: str, said: str) -> None:
    assert [problem.partition(" (known: ")[0] for problem in problems(text)] == [said]
