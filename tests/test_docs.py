"""Each piece of configuration that the pages show is taken by a new room."""

import re
from pathlib import Path

import pytest

from console.cli.run import run

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in sorted(DOCS.glob("*.md"))
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL), start=1)
]


def test_the_pages_show_configuration() -> None:
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize("block", BLOCKS)
def test_a_new_room_takes_it(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WARROOM_STORE", str(tmp_path / "room.db"))
    file = tmp_path / "warroom.toml"
    file.write_text(block)
    assert run(["init"]) == 0
    assert run(["apply", "--dry-run", str(file)]) == 0, capsys.readouterr().err
    assert "this was a dry run" in capsys.readouterr().out
