"""The installed command in processes of its own: what a shell and a script really get."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.cli.catalogue import MODULES
from tests.console.cli_room import ROOT, process

pytestmark = pytest.mark.slow  # real processes, sockets and intervals

HEAVY = ("textual", "rich", "sqlmodel", "sqlalchemy", "alembic", "httpx", "h11")
# what a verb on a file's store has no use for
NEEDLESS = (
    *("textual", "rich", "alembic", "httpx", "httpcore", "h11", "cryptography", "psycopg", "tomlkit"),
    *("data.configuration.document", "data.configuration.tables", "data.domain.explain", "data.defaults"),
    *("console.app", "console.desk", "console.workers", "console.launch"),
)
VERBS = [name for names in MODULES.values() for name in names]
LOADED = """
import sys
from console.cli import main
codes = {main(words.split(',')) for words in sys.argv[1:]}
print(sorted(codes), [name for name in %r if name in sys.modules], file=sys.stderr)
"""


def test_help_loads_neither_the_screen_nor_the_store() -> None:
    asked = ["--help", "-h", "lst", *(f"{verb},--help" for verb in VERBS)]
    said = subprocess.run(
        [sys.executable, "-c", LOADED % (HEAVY,), *asked], cwd=ROOT, capture_output=True, text=True
    )
    assert said.stderr.splitlines()[-1] == "[0, 2] []"
    assert said.stdout.count("Usage: warroom") == len(asked) - 1


@pytest.mark.parametrize("words", ["list", "list,--json", "show,INC-1", "ack,INC-1", "declare,x,-s,P1"])
def test_a_verb_loads_nothing_it_does_not_need(tmp_path: Path, words: str) -> None:
    env = {"WARROOM_STORE": str(tmp_path / "room.db"), "HOME": str(tmp_path)}
    process("init", env=env)
    process("declare", "Checkout returns 503", "-s", "P1", env=env)
    said = subprocess.run(
        [sys.executable, "-c", LOADED % (NEEDLESS,), words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | env,
    )
    assert said.stderr.splitlines()[-1] == "[0] []"


@pytest.mark.slow
def test_the_story_in_real_processes(tmp_path: Path) -> None:
    env = {"WARROOM_STORE": str(tmp_path / "room.db"), "WARROOM_OPERATOR": "ada"}

    def run(*words: str, code: int = 0) -> str:
        said = process(*words, env=env)
        assert said.returncode == code, said.stderr
        return str(said.stdout.decode())

    run("list", code=3)
    assert run("init") == f"made a room at {tmp_path / 'room.db'}, by the guide's defaults\n"
    assert json.loads(run("declare", "Checkout returns 503", "-s", "P1", "--json"))["id"] == "INC-1"
    run("ack", "INC-1")
    run("severity", "INC-1", "P0")
    run("tick", "INC-1", "ir5", "ir7")
    assert "severity raised P1 → P0" in run("explain", "INC-1")
    shown = json.loads(run("show", "INC-1", "--json"))
    assert (shown["severity"], shown["response"]["state"]) == ("P0", "met")
    assert shown["steps"] == {"done": 4, "total": 19}


@pytest.mark.slow
def test_two_people_acknowledge_at_once_and_one_is_told_who_was_first(tmp_path: Path) -> None:
    env = {"WARROOM_STORE": str(tmp_path / "room.db")}
    process("init", env=env)
    process("declare", "Checkout returns 503", "-s", "P1", env=env)
    people = ("ada", "lin", "sam")
    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(lambda who: process("ack", "INC-1", "--as", who, env=env), people))
    codes = [one.returncode for one in said]
    assert sorted(codes) == [0, 1, 1]
    first = people[codes.index(0)].encode()
    assert all(b"by " + first in one.stderr for one in said if one.returncode)


@pytest.mark.slow
def test_racing_first_starts_make_one_room(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with ThreadPoolExecutor(4) as pool:
        said = list(
            pool.map(lambda n: process("declare", f"No {n}", "-s", "P2", "--json", env=env), range(4))
        )
    assert [one.returncode for one in said] == [0] * 4, [one.stderr for one in said]
    assert sorted(json.loads(one.stdout)["id"] for one in said) == ["INC-1", "INC-2", "INC-3", "INC-4"]


@pytest.mark.parametrize(("home", "named"), [("elsewhere", "{0}/data"), (".", "~/data")])
def test_help_names_the_default_store_of_this_user(tmp_path: Path, home: str, named: str) -> None:
    env = {"HOME": str(tmp_path / home), "XDG_DATA_HOME": str(tmp_path / "data")}
    said = process("init", "--help", env=env).stdout.decode()
    assert f"default:{named.format(tmp_path)}/warroom/warroom.db]" in "".join(said.split())


def test_the_version_is_printed() -> None:
    said = process("--version")
    assert (said.returncode, said.stderr) == (0, b"")
    assert said.stdout.startswith(b"warroom")
