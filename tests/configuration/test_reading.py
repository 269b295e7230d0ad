"""What may be written, and what it then means."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.configuration.model import Configuration, ConfigurationError
from data.configuration.people import AudienceTable, ChannelTable, ContactTable, LevelTable
from data.configuration.reading import read, read_path
from data.configuration.sentences import names_at
from data.configuration.tables import ARRAYS, RoomTable, RunbooksTable, SeverityTable
from data.domain.codec import decode
from data.domain.policy import Hours
from data.domain.room import SPECS, Kind, Origin, Runbook
from data.domain.severity import Severity
from data.text import clean_line
from tests.configuration.rooms import EXAMPLE
from tests.hostile import HOSTILE, forbidden_in

FULL = Path(__file__).parents[2] / "docs" / "warroom.toml"
SHOP = '[[service]]\nid = "shop"\n'
API = SHOP + '[[check]]\nid = "api"\nservice = "shop"\nurl = "https://shop.example"\n'


def _thing(configuration: Configuration, kind: Kind, key: str) -> Any:
    found = next(item for item in configuration.definitions if (item.kind, item.id) == (kind, key))
    return decode(SPECS[kind], found.spec)


def _one(text: str, kind: Kind, key: str) -> Any:
    return _thing(read(text, "warroom.toml"), kind, key)


def test_the_example_of_the_design_is_read_as_it_stands() -> None:
    configuration = read(EXAMPLE, "warroom.toml")
    assert {item.origin for item in configuration.definitions} == {Origin.FILE}
    assert [(item.kind, item.id) for item in configuration.definitions] == [
        (Kind.ROOM, "room"),
        (Kind.SEVERITY, "P0"),
        (Kind.SERVICE, "checkout"),
        (Kind.CHECK, "checkout-api"),
        (Kind.MAINTENANCE, "checkout-20261201t210000z"),
        (Kind.SOURCE, "prod-alerts"),
        (Kind.CONTACT, "ada"),
        (Kind.LEVEL, "on-call"),
        (Kind.CHANNEL, "exec-mail"),
        (Kind.AUDIENCE, "executives"),
    ]
    check = _thing(configuration, Kind.CHECK, "checkout-api")
    assert (check.every, check.warn.latency) == (timedelta(seconds=15), timedelta(milliseconds=800))
    assert check.expect.json == (("db", "up"),)
    window = _thing(configuration, Kind.MAINTENANCE, "checkout-20261201t210000z")
    assert window.starts == datetime(2026, 12, 1, 21, tzinfo=UTC)
    room = _thing(configuration, Kind.ROOM, "room")
    assert room.confirm_within == ((Severity.P0, timedelta(minutes=2)), (Severity.P1, timedelta(minutes=2)))
    assert room.trusted == ("db-failover",)
    assert configuration.lines[Kind.CHECK, "checkout-api"] == 14


def test_names_that_the_console_may_still_make_are_only_warned_about() -> None:
    warnings = [str(warning) for warning in read(EXAMPLE, "warroom.toml").warnings]
    assert [warning.partition(" (")[0] for warning in warnings] == [
        'warroom.toml:24: check.checkout-api.depends_on.#1: there is no check "edge"',
        'warroom.toml:58: runbooks.trusted.#1: there is no runbook "db-failover"',
    ]


def test_the_documented_file_is_read_without_a_word_and_shows_every_key() -> None:
    assert read_path(FULL).warnings == ()
    text = FULL.read_text(encoding="utf-8")
    models: list[type[Any]] = [*ARRAYS.values(), RoomTable, RunbooksTable, SeverityTable]
    keys = {key for model in models for key in names_at(model, ())}
    inner = [names_at(ARRAYS[Kind.CHECK], (name,)) for name in ("expect", "warn")]
    inner += [names_at(AudienceTable, ("hours",)), names_at(ARRAYS[Kind.RUNBOOK], ("step", 0))]
    keys |= {key for names in inner for key in names}
    assert len(keys) > 50
    assert [key for key in sorted(keys) if f"{key} = " not in text] == ["step"]  # [[runbook.step]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{ db = { status = 'up' } }", (("db.status", "up"),)),
        ("{ db.status = 'up', 'a.b' = 1 }", (("db.status", "up"), ("a.b", 1))),
        ("{ ready = true, load = 0.5 }", (("ready", True), ("load", 0.5))),
    ],
)
def test_json_conditions_are_dotted_paths_however_they_are_written(written: str, meant: object) -> None:
    assert repr(_one(f"{API}expect.json = {written}", Kind.CHECK, "api").expect.json) == repr(meant)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("Mon, Wed, sat-sun", (0, 2, 5, 6)),
        ("fri-mon", (0, 4, 5, 6)),
        ("sunday", (6,)),
    ],
)
def test_hours_are_in_the_rooms_zone_unless_they_name_one(written: str, days: tuple[int, ...]) -> None:
    text = f'[[audience]]\nid = "board"\nhours = {{ days = "{written}", from = "8:00", until = 18:30:00 }}\n'
    text += '[room]\ntimezone = "Europe/Berlin"\n'
    hours = _one(text, Kind.AUDIENCE, "board").hours
    assert hours == Hours(days, time(8), time(18, 30), "Europe/Berlin")


def test_a_certificate_need_not_be_watched() -> None:
    assert _one(API + "warn = { certificate = false }", Kind.CHECK, "api").warn.certificate is None
    assert _one(API + 'warn = { latency = "1s" }', Kind.CHECK, "api").warn.certificate == timedelta(days=14)


def test_never_means_no_proposal_opens_by_itself() -> None:
    room = _one('[room]\nconfirm_within = { P0 = "1m", P1 = "never" }', Kind.ROOM, "room")
    assert room.confirm_within == ((Severity.P0, timedelta(minutes=1)),)


def test_a_level_or_audience_of_the_guide_keeps_the_guides_caution() -> None:
    text = '[[level]]\nid = "night"\n[[level]]\nid = "ceo"\n[[audience]]\nid = "customers"\n'
    ceo, night = _one(text, Kind.LEVEL, "ceo"), _one(text, Kind.LEVEL, "night")
    assert (ceo.name, ceo.rank, ceo.severities, ceo.confirmed_only) == ("CEO", 2, (Severity.P0,), True)
    assert (night.name, night.rank, night.severities, night.confirmed_only) == (
        "night",
        1,
        tuple(Severity),
        False,
    )
    customers = _one(text, Kind.AUDIENCE, "customers")
    assert (customers.by_hand, customers.external) == (True, True)


def test_a_severity_keeps_what_it_does_not_change() -> None:
    times = _one('[severity.P1]\nupdate = "20m"', Kind.SEVERITY, "P1")
    assert (times.response, times.update) == (timedelta(minutes=15), timedelta(minutes=20))


def test_trusted_runbooks_alone_make_a_room() -> None:
    assert _one('[runbooks]\ntrusted = ["api-failures"]', Kind.ROOM, "room").trusted == ("api-failures",)


@pytest.mark.parametrize(
    "url", ["json://127.0.0.1:8080/", "mailto://localhost:2525/?to=a", "json://[::1]:1/"]
)
def test_a_url_of_this_very_host_is_no_secret(url: str) -> None:
    assert _one(f'[[channel]]\nid = "c"\nurl = "{url}"', Kind.CHANNEL, "c").url == url


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/acme/ops/issues/new?title={id}:%20{title}&body={body}&labels={severity}",
        "https://git.example/-/issues/new?issue[title]={title}&issue[description]={body}",
        "https://jira.example/secure/CreateIssueDetails!init.jspa?pid=1&summary={title}&description={body}",
        "https://meet.example/{id}-{service}-{random}#{title}",
        "https://meet.example/always-the-same",
        "",
    ],
)
def test_a_page_to_fill_in_is_kept_as_it_is_written(address: str) -> None:
    room = _one(f'[room]\nticket = "{address}"\nbridge = "{address}"', Kind.ROOM, "room")
    assert (room.ticket, room.bridge) == (address, address)


def test_a_source_is_told_how_its_teams_speak() -> None:
    text = '[[source]]\nid = "am"\nurl = "http://a.example/mimir"\nbearer = "env:T"\nverify = false\n'
    text += 'severity_labels = ["prio"]\nseverity_table = { wake = "P0", nap = "P3" }\npriority_base = 1\n'
    source = _one(text + 'heartbeats = []\nresolve_timeout = "2m"', Kind.SOURCE, "am")
    assert (source.urls, source.bearer, source.basic) == (("http://a.example/mimir",), "env:T", "")
    assert (source.verify, source.severity_labels, source.priority_base) == (False, ("prio",), 1)
    assert source.severity_table == (("wake", Severity.P0), ("nap", Severity.P3))
    assert (source.heartbeats, source.resolve_timeout) == ((), timedelta(minutes=2))


def test_a_status_page_is_known_by_its_page_and_token() -> None:
    text = '[[channel]]\nid = "page"\nkind = "statuspage"\npage = "abc"\ntoken = "env:T"\n'
    channel = _one(text, Kind.CHANNEL, "page")
    assert (channel.kind, channel.page, channel.token, channel.url) == ("statuspage", "abc", "env:T", "")


def test_an_empty_file_is_a_room_without_changes() -> None:
    assert read("", "warroom.toml").definitions == ()
    assert read("\ufeff# only a comment\r\n", "warroom.toml").definitions == ()


def _beside(folder: Path, **files: str) -> Path:
    """Write Markdown into the folder of runbooks beside a configuration; return the configuration."""
    (folder / "runbooks").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "runbooks" / f"{name.replace('_', '-')}.md").write_text(text, encoding="utf-8")
    file = folder / "warroom.toml"
    file.write_text(SHOP + 'runbooks = ["fail-over"]\n', encoding="utf-8")
    return file


def test_markdown_beside_the_file_is_part_of_it(tmp_path: Path) -> None:
    steps = "# Fail over\n\n## Steps\n\n1. Stop the old one\n2. Start the new one\n"
    file = _beside(tmp_path, fail_over=steps, about="# About\n\n## Overview\n\n" + "Words to read. " * 20)
    for path in (tmp_path, file):
        found = read_path(path)
        assert [(item.kind, item.id, item.position) for item in found.definitions] == [
            (Kind.SERVICE, "shop", 0),
            (Kind.RUNBOOK, "about", 0),
            (Kind.RUNBOOK, "fail-over", 1),
        ]
        books = [decode(Runbook, item.spec) for item in found.definitions[1:]]
        assert [len(book.steps) for book in books] == [0, 2]
        assert found.texts["fail-over"] == steps.strip()
        assert found.files["fail-over"] == str(tmp_path / "runbooks" / "fail-over.md")
        assert found.warnings == ()


def test_an_id_may_be_a_table_or_a_file_not_both(tmp_path: Path) -> None:
    file = _beside(tmp_path, fail_over="# Fail over\n")
    file.write_text(file.read_text() + '[[runbook]]\nid = "fail-over"\ntitle = "Fail over"\n')
    with pytest.raises(ConfigurationError) as refused:
        read_path(tmp_path)
    assert str(refused.value) == (
        f'{file}:5: runbook.fail-over.id: "fail-over" is also runbooks/fail-over.md (keep one of the two)'
    )


def test_what_is_wrong_with_markdown_is_told_with_what_is_wrong_with_the_tables(tmp_path: Path) -> None:
    file = _beside(tmp_path, fail_over=" \n", Disk_Full="# Disk full\n", disk_full="# Disk full\n")
    (tmp_path / "runbooks" / "binary.md").write_bytes(b"\x7fELF\x00" * 50)
    file.write_text(file.read_text() + "[nonsense]\n")
    with pytest.raises(ConfigurationError) as refused:
        read_path(tmp_path)
    told = str(refused.value).split("\n")
    folder = tmp_path / "runbooks"
    assert told[:3] == [
        f"{folder}/binary.md: is not text",
        f'{folder}/disk-full.md: "disk-full" is the id of Disk-Full.md too (rename one)',
        f"{folder}/fail-over.md: is empty",
    ]
    assert told[3].startswith(f"{file}:4: nonsense: is an unknown table")
    assert len(told) == 4  # the service that names the empty one is not blamed as well


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"[room]\nname = '\xff'\n", "is not UTF-8 text"),
        (b"#" * (4 * 1024 * 1024 + 1), "is larger than 4 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "warroom.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=words):
        read_path(tmp_path)


@pytest.mark.parametrize(
    "name", ["x" * 300, "x" * 10_000, "a/" * 5_000, "nul\0", "\udcff"], ids=lambda name: repr(name[:5])
)
def test_a_name_no_file_can_have_is_a_problem_of_its_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_path(tmp_path / name)


def test_a_device_is_not_waited_for() -> None:
    with pytest.raises(ConfigurationError, match="is not a regular file"):
        read_path(Path("/dev/zero"))


def _quote(text: str) -> str:
    # TOML has no escape for half a surrogate pair; a caller's text may hold one all the same.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    plain = (c if c.isprintable() or "\ud800" <= c <= "\udfff" else f"\\U{ord(c):08x}" for c in escaped)
    return '"' + "".join(plain) + '"'


@pytest.mark.parametrize(("name", "text"), [pair for pair in HOSTILE if len(pair[1]) < 20_000])
def test_hostile_text_is_refused_in_clean_words_or_kept_as_it_is(name: str, text: str) -> None:
    written = _quote(text)
    document = f"[[contact]]\nid = {written}\nchat = {written}\n{written} = 1\n[{written}]\n"
    with pytest.raises(ConfigurationError) as caught:
        read(document, text)
    assert len(caught.value.problems) >= 2
    for problem in caught.value.problems:
        assert forbidden_in(str(problem)) == []
        assert len(str(problem)) < 1000
    if forbidden_in(clean_line(text)) or clean_line(text) != text.strip(" "):
        with pytest.raises(ConfigurationError) as refused:
            read(f'[[contact]]\nid = "a"\nchat = {written}', "warroom.toml")
        assert [problem.line for problem in refused.value.problems] == [3]
    else:
        kept = _one(f'[[contact]]\nid = "a"\nchat = {written}', Kind.CONTACT, "a").chat
        assert kept == text.strip(" ")


def test_every_kind_of_table_has_its_place() -> None:
    assert set(ARRAYS) == set(Kind) - {Kind.ROOM, Kind.SEVERITY}
    assert [ARRAYS[kind] for kind in (Kind.CONTACT, Kind.LEVEL, Kind.CHANNEL)] == [
        ContactTable,
        LevelTable,
        ChannelTable,
    ]
