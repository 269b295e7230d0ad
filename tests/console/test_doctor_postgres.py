"""The doctor of a room in PostgreSQL: reached, and its clock compared."""

from pathlib import Path

import pytest

from tests.console.doctor_room import at_work, new_doctor
from tests.store.postgres import running

pytestmark = pytest.mark.slow
TABLES = """
[[contact]]
id = "ada"
phone = "1"
[[level]]
id = "on-call"
contacts = ["ada"]
severities = ["P0", "P1", "P2", "P3"]
"""


async def test_a_room_in_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as server:
        url = server.url(server.create())
        doctor = new_doctor(tmp_path, monkeypatch, {}, TABLES)
        shell = doctor.shell
        for words in (("init",), ("apply", str(tmp_path / "room.toml"))):
            assert shell(*words, "--store", url).code == 0
        with at_work(url):
            said = await doctor("--store", url, "--json")
        assert said.code == 0, said.out
        found = {item["subject"]: item for item in said.json}
        assert found["store"]["what"].startswith("reachable: postgresql://")
        assert found["clock"]["level"] == "ok"
        assert found["worker watch db1"]["level"] == "ok"
        assert found["level on-call"]["level"] == "note"
        assert "backup" not in found
    gone = await doctor("--store", url, "--json")
    assert (gone.code, gone.out, gone.error["code"]) == (3, "", "store")
