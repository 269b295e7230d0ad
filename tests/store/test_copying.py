"""A room is carried from one store to another: everything in it, or nothing, on both databases."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from data.store import copying, dump_reading
from data.store.commands import incidents
from data.store.dump import NotLoaded, Tally, dump
from data.store.dump_rows import CARRIED, LEFT_OUT
from data.store.errors import StoreError
from data.store.schema import TABLES
from data.store.store import Store, create_store, open_store
from tests.store.a_day import spend
from tests.store.postgres import Postgres
from tests.store.room import P1, Clock, Room, declare, definitions, done
from tests.store.test_any_order import AnyOrder, Fresh, on_sqlite

__all__ = ["on_sqlite"]

Change = Callable[[list[dict[str, Any]]], object]


def write(store: Store, file: Path) -> Tally:
    """Write a store's dump."""

    def work(connection: Any) -> Tally:
        found = dump(connection, "1.0", store.now())
        with file.open("w") as opened:
            opened.writelines(found.lines())
        return found.tally

    return store.read(work)


def tally(store: Store) -> Tally:
    """Count and digest what a store holds."""

    def work(connection: Any) -> Tally:
        found = dump(connection, "1.0", store.now())
        found.take()
        return found.tally

    return store.read(work)


@pytest.fixture
def day(room: Room) -> Room:
    spend(room)
    room.clock.later(minutes=1)
    return room


@pytest.fixture
def new(folder: Path) -> str:
    return str(folder / "new.db")


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "room.jsonl"


@pytest.fixture(params=["sqlite", "postgres"])
def another_place(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A place where there is no store yet, on each database."""
    if request.param == "sqlite":
        yield str(folder / "other.db")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


def test_every_table_is_carried_or_left_out_on_purpose(day: Room) -> None:
    assert {table.name for table in CARRIED} | LEFT_OUT == {table.name for table in TABLES}
    empty = [name for name, count in tally(day.store).rows.items() if not count]
    assert not empty, "the day leaves a row in every table"


def test_a_dump_makes_the_same_room_again(day: Room, file: Path, new: str) -> None:
    written = write(day.store, file)
    assert file.read_text().isascii()
    copied = copying.load_file(file, new, day.clock)
    assert (copied.incidents, copied.events, copied.rows) == (3, day.seq, written.total)
    other = Room(open_store(new, day.clock), day.clock)
    try:
        other.look()
        assert tally(other.store).digests == written.digests
        assert other.board == day.board
        assert other.incident("INC-1") == day.incident("INC-1")
        assert done(other.do(incidents.declare, "The next one", P1)).key == "INC-4", "numbers go on"
    finally:
        other.store.close()


def test_a_command_that_was_done_there_is_done_here(room: Room, file: Path, new: str) -> None:
    first = done(room.do(incidents.declare, "Checkout down", P1, command_id="once"))
    write(room.store, file)
    copying.load_file(file, new, room.clock)
    other = Room(open_store(new, room.clock), room.clock)
    assert other.do(incidents.declare, "Checkout down", P1, command_id="once") == first
    other.store.close()


def test_a_room_moves_there_and_back(day: Room, another_place: str, folder: Path) -> None:
    before = tally(day.store)
    copying.move(day.store, another_place, "1.0")
    there = open_store(another_place, day.clock)
    try:
        assert tally(there) == before == tally(day.store), "the old store is as it was"
        copying.move(there, str(folder / "back.db"), "1.0")
    finally:
        there.close()
    back = Room(open_store(str(folder / "back.db"), day.clock), day.clock)
    assert tally(back.store) == before
    back.look()
    back.store.close()
    assert stat.S_IMODE((folder / "back.db").stat().st_mode) == 0o600


def test_nobody_can_write_to_a_room_that_is_being_moved(
    where: str, clock: Clock, another_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, console = (open_store(where, clock, busy=0.05) for _ in range(2))
    try:
        declare(store)
        heard: list[str] = []

        def meanwhile(connection: Any) -> str:
            if not where.startswith("postgresql"):  # there who writes waits, for as long as it may take
                try:
                    declare(console)
                except StoreError as error:
                    heard.append(error.reason)
            heard.append(f"{len(Room(console, clock).board.rows)} read")
            return ""

        monkeypatch.setattr(copying, "flaw", meanwhile)
        copying.move(store, another_place, "1.0")
        assert heard[-1] == "1 read"
        assert where.startswith("postgresql") or "locked" in heard[0]
    finally:
        console.close()
        store.close()


def test_a_room_that_somebody_works_on_stays_where_it_is(room: Room, another_place: str, new: str) -> None:
    spend(room)
    with pytest.raises(NotLoaded, match="a watch on server, ada on laptop") as caught:
        copying.move(room.store, another_place, "1.0")
    assert "leave the consoles" in caught.value.hint
    with pytest.raises(StoreError, match="no store"):
        open_store(another_place, room.clock)


def test_what_goes_wrong_leaves_nothing_behind(
    day: Room, another_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "flaw", lambda _: "the events of INC-1 do not tell what its rows say")
    with pytest.raises(NotLoaded, match="not sound: the events of INC-1"):
        copying.move(day.store, another_place, "1.0")
    with pytest.raises(StoreError, match="no store"):
        open_store(another_place, day.clock)


def test_a_copy_that_differs_is_no_move(
    day: Room, another_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copying._together

    def forgetful(rows: Any) -> Any:
        return whole((table, values) for table, values in rows if table.name != "probe")

    monkeypatch.setattr(copying, "_together", forgetful)
    with pytest.raises(NotLoaded, match="does not hold what it was given: probe"):
        copying.move(day.store, another_place, "1.0")


def test_only_an_empty_store_is_filled(day: Room, where: str, file: Path, folder: Path, clock: Clock) -> None:
    write(day.store, file)
    with pytest.raises(
        NotLoaded, match=r"not empty: it has 3 incidents, 2 proposals, \d+ events, 11 definit"
    ):
        copying.load_file(file, where, clock)
    assert day.row("INC-2")
    from data.defaults import defaults

    fresh = str(folder / "fresh.db")
    create_store(fresh, clock, definitions=defaults().definitions).close()
    copying.load_file(file, fresh, clock)
    own = str(folder / "own.db")
    create_store(own, clock, definitions=definitions()).close()
    with pytest.raises(NotLoaded, match="definitions of its own"):
        copying.load_file(file, own, clock)


def test_a_store_is_not_moved_onto_itself(day: Room, where: str) -> None:
    with pytest.raises(NotLoaded, match="one and the same"):
        copying.move(day.store, where, "1.0")


class Moved(AnyOrder):
    """Anything in any order, and then a move."""

    def teardown(self) -> None:
        if hasattr(self, "room"):
            path = Path(self.room.store.where).with_name("moved.db")
            copying.move(self.room.store, str(path), "1.0")
            there = open_store(str(path), self.clock)
            assert tally(there) == tally(self.room.store)
            there.close()
        super().teardown()


def test_any_room_is_the_same_after_its_move(on_sqlite: Fresh) -> None:
    machine = type("MovedHere", (Moved,), {"fresh": staticmethod(on_sqlite)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


# What is wrong with a file, by what was done to its lines.


def _row(rows: list[dict[str, Any]], table: str, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = [row for row in rows if row.get("table") == table][number]["row"]
    return found


BAD: dict[str, tuple[Change, str]] = {
    "no end": (lambda rows: rows.pop(), "line {last}: the file was cut off: its last line is missing"),
    "no head": (lambda rows: rows.pop(0), "line 1: this is no dump of a room"),
    "a row less": (lambda rows: rows.pop(3), "the file has {} rows of"),
    "a row twice": (lambda rows: rows.insert(3, rows[3]), "line 5: this row of cause stands twice"),
    "a row elsewhere": (lambda rows: rows.insert(1, rows.pop(-2)), "in the wrong place"),
    "another word": (lambda rows: _row(rows, "incident").update(title="x"), "changed after it was written"),
    "a strange table": (lambda rows: rows[4].update(table="user"), 'line 5: there is no table "user"'),
    "a strange column": (lambda rows: _row(rows, "event").update(x=1), 'the table event has no column "x"'),
    "a column less": (lambda rows: _row(rows, "event").pop("kind"), "its column kind is missing"),
    "a word for a number": (
        lambda rows: _row(rows, "event").update(seq="1"),
        "column seq is no whole number",
    ),
    "a huge number": (lambda rows: _row(rows, "event").update(seq=2**40), "column seq is no whole number"),
    "a naive instant": (
        lambda rows: _row(rows, "event").update(at="2026-01-01T00:00:00"),
        "at is no instant",
    ),
    "no instant": (lambda rows: _row(rows, "event").update(at="soon"), "column at is no instant"),
    "null": (lambda rows: _row(rows, "event").update(kind=None), "column kind is no text"),
    "a truth": (lambda rows: _row(rows, "incident").update(live=1), "live is neither true nor false"),
    "a list": (lambda rows: _row(rows, "incident").update(causes={}), "column causes is no list"),
    "an object": (lambda rows: _row(rows, "event").update(data=[]), "column data is no object"),
    "escape": (lambda rows: _row(rows, "incident").update(title="\x1b[2J"), "text that a terminal obeys"),
    "bidi": (lambda rows: _row(rows, "event").update(data={"a\u202eb": 1}), "text that a terminal obeys"),
    "NUL": (lambda rows: _row(rows, "event").update(data={"a": ["\0"]}), "text that a terminal obeys"),
    "a surrogate": (lambda rows: _row(rows, "event").update(by="\ud800"), "text that a terminal obeys"),
    "no row": (lambda rows: rows[3].update(row=7), "line 4: its row is no object"),
    "more in it": (lambda rows: rows[3].update(more=7), "line 4: is no row of a dump"),
    "the future": (
        lambda rows: rows[0].update(schema=99),
        "written by a newer warroom: it has store version 99",
    ),
    "another form": (lambda rows: rows[0].update(format=2), "written by a newer warroom"),
    "the past": (lambda rows: rows[0].update(schema=1), "an older warroom, with store version 1"),
    "no version": (lambda rows: rows[0].update(schema=None), "does not say which version"),
    "no counter": (lambda rows: rows[0].update(counter={}), "where the numbers of the room stand"),
    "no counts": (lambda rows: rows[0].update(rows=[]), "does not say what it holds"),
    "after the end": (lambda rows: rows.append(rows[-1]), "something follows the end"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("good")
    clock = Clock()
    room = Room(create_store(str(folder / "room.db"), clock, "laptop", definitions()), clock)
    spend(room)
    write(room.store, folder / "room.jsonl")
    room.store.close()
    return (folder / "room.jsonl").read_text().splitlines()


@pytest.mark.parametrize("what", BAD)
def test_a_file_with_a_mistake_is_told_by_its_line(good: list[str], what: str, tmp_path: Path) -> None:
    change, words = BAD[what]
    rows = [json.loads(line) for line in good]
    change(rows)
    file, target = tmp_path / "room.jsonl", tmp_path / "new.db"
    file.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows))
    with pytest.raises(NotLoaded) as caught:
        copying.load_file(file, str(target), Clock())
    told = caught.value.reason
    assert told.startswith(f"{file}, line "), told
    assert all(part in told for part in words.format("{}", last=len(good)).split("{}")), told
    assert not list(tmp_path.glob("new.db*")), "no store was made"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: the file is empty"),
        (b"\n", "line 1: is not JSON as a dump has it"),
        (b"[" * 100_000 + b"\n", "line 1: is not JSON as a dump has it"),
        (b"{" + b'"a":' * 100_000 + b"\n", "line 1: is not JSON as a dump has it"),
        (b"9" * 10_000 + b"\n", "line 1: is not JSON as a dump has it"),
        (b'{"format": NaN}\n', "line 1: is not JSON as a dump has it"),
        (b"\xff\xfe\n", "line 1: is not JSON as a dump has it"),
        (b"null\n", "line 1: is no object"),
        (b'{"title": "' + b"x" * 10_000_000 + b'"}\n', "line 1: this is no dump of a room"),
        (b'{"title": "' + b"x" * 10_000_000, "line 1: the file was cut off in this line"),
        (b"x" * (dump_reading.LONGEST + 2), "line 1: is longer than 64 MB"),
    ],
)
def test_what_is_no_dump_at_all_is_one_sentence(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    file.write_bytes(content)
    with pytest.raises(NotLoaded) as caught:
        copying.load_file(file, str(tmp_path / "new.db"), Clock())
    assert words in caught.value.reason
    assert len(caught.value.reason) < 300


def test_a_whole_file_whose_rows_do_not_fit_together_makes_no_room(good: list[str], tmp_path: Path) -> None:
    """Counts and digest are right: whoever wrote it wanted it so."""
    import hashlib

    rows = [json.loads(line) for line in good[:-1]]
    _row(rows, "incident")["title"] = "Another title"
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in rows]
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    end = json.dumps({"end": len(lines) - 1, "sha256": digest}) + "\n"
    file = tmp_path / "room.jsonl"
    file.write_text("".join([*lines, end]))
    with pytest.raises(NotLoaded, match="the events of INC-1 do not tell what its rows say"):
        copying.load_file(file, str(tmp_path / "new.db"), Clock())
    assert not list(tmp_path.glob("new.db*"))
