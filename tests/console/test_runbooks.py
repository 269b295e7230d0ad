"""View 4: find a runbook, read it, bring Markdown in after a look at it, and attach it."""

from pathlib import Path

import pytest

from data.domain.room import Origin
from data.domain.severity import Severity
from data.runbook import read_runbook
from data.runbooks.preview import reading
from data.store.commands import runbooks, steps
from data.store.commands.runbooks import Source
from data.store.queries.runbooks import before, runbook_list, versions
from tests.console.room import SIZES, House, User, using
from tests.hostile import HOSTILE, forbidden_in
from tests.store.room import done
from widgets.page import PageView
from widgets.runbook_preview import PreviewTable
from widgets.runbooks import RunbookTable

P1 = Severity.P1
DISK = """# Disk full

## Meaning

The volume of a host has *no room* left. See [the wiki](https://wiki.example/disk).

## Mitigation

1. Look at the volume

   ```sh
   $ df -h /var
   ```

2. Remove old logs
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A team's folder: a checklist, a reference document, a stub, and a file that is none."""
    made = tmp_path / "team"
    made.mkdir()
    (made / "DiskFull.md").write_text(DISK)
    (made / "Glossary.md").write_text(
        "# Glossary\n\n## Overview\n\nA pod is what runs. A node is where it runs.\n" * 2
    )
    (made / "Moved.md").write_text("# Pager\n\nThis has moved to [the handbook](https://h.example/pager).\n")
    (made / "binary.md").write_bytes(b"\x7fELF\x00\x01" * 50)
    return made


def bring(house: House, text: str, key: str = "diskfull", by: str = "lin") -> None:
    """Let somebody elsewhere import a document."""
    there = house.others.read(lambda c: before(c, [key])).get(key)
    found = reading(read_runbook(text, f"{key}.md"), text, key, there)
    sources = {key: Source(found.text, found.name)}
    done(house.others.do(runbooks.import_runbooks, [found.runbook], sources, by=by))


def rows(house: House) -> dict[str, int]:
    """Return the imported runbooks with how many steps they have."""
    found = house.others.read(runbook_list)
    return {row.key: len(row.runbook.steps) for row in found if row.origin is Origin.CONSOLE}


async def previewed(user: User, path: Path) -> None:
    """Ask for an import and wait for its preview."""
    await user.press("4")
    await user.sees("Runbooks  ", "TITLE")
    await user.press("i")
    await user.sees("Import which Markdown?")
    await user.type(str(path))
    await user.press("enter")
    await user.sees("nothing is kept yet")


def at(user: User, text: str) -> None:
    """Put the cursor of the preview on the first line that says this."""
    table = user.app.screen.query_one(PreviewTable)
    assert table.select(next(line.key for line in table.lines if text in line.text))


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_list_to_the_text_and_back(house: House, size: tuple[int, int]) -> None:
    bring(house, DISK)
    async with using(house, size) as user:
        await user.press("4")
        await user.sees("Runbooks  5 runbooks", "Disk full", "2 steps", "imported")
        assert user.focuses(RunbookTable)
        await user.press("G", "enter")
        await user.sees("diskfull · imported · 2 steps", "version 1 by lin")
        await user.sees("[ ] Look at the volume")
        await user.press("tab")
        await user.sees("The volume of a host has no room left", "https://wiki.example/disk")
        await user.press("G")
        await user.sees("$ df -h /var", "2. Remove old logs")
        await user.press("escape")
        await user.sees("TITLE")


@pytest.mark.parametrize("size", SIZES)
async def test_the_filter_looks_at_titles_steps_and_text(house: House, size: tuple[int, int]) -> None:
    bring(house, DISK)
    async with using(house, size) as user:
        await user.press("4")
        await user.sees("Disk full")
        await user.press("slash")
        await user.type("wiki")
        await user.sees("1 of 5 fit", "Disk full")
        await user.press("enter", "escape")
        await user.sees("Database")
        await user.press("slash")
        await user.type("!guide df")
        await user.sees("1 of 5 fit")
        await user.press("escape")
        await user.sees_not("of 5 fit")
        await user.press("slash")
        await user.type("nothing-like-it")
        await user.sees("Nothing fits the filter")


@pytest.mark.parametrize("size", SIZES)
async def test_an_import_is_looked_at_first(house: House, folder: Path, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await previewed(user, folder)
        seen = await user.sees(
            "2 new, 1 left out", "not read: team/binary.md is not text", "team/DiskFull.md"
        )
        assert rows(house) == {}
        if size[1] > 20:
            assert "[ ] Look at the volume" in seen
        at(user, "Remove old logs")
        await user.press("space")
        await user.sees("note Remove old logs")
        await user.press("space")
        await user.sees("[ ] Remove old logs")
        at(user, "Look at the volume")
        await user.press("space")
        at(user, "Pager")
        await user.press("minus")
        await user.sees("3 new")
        at(user, "Glossary")
        await user.press("minus")
        await user.sees("2 new, 1 left out")
        await user.press("enter")
        await user.sees("runbooks: 2 new", "TITLE")
        assert rows(house) == {"diskfull": 1, "moved": 0}
        await user.app.show_news()
        await user.press("slash")
        await user.type("pager")
        await user.press("enter", "enter")
        await user.sees("only points elsewhere: https://h.example/pager")


async def test_leaving_the_preview_keeps_nothing(house: House, folder: Path) -> None:
    async with using(house) as user:
        await previewed(user, folder / "DiskFull.md")
        await user.press("escape")
        await user.sees("Runbooks  4 runbooks")
    assert rows(house) == {}


async def test_a_second_import_shows_what_changed_and_ticks_stay(house: House, folder: Path) -> None:
    bring(house, DISK)
    key = house.declare("Disk full", P1)
    done(house.others.do(steps.attach, key, "diskfull"))
    text = DISK.replace("2. Remove old logs", "2. Tell the owner").replace("df -h /var", "df -h /srv")
    (folder / "DiskFull.md").write_text(text)
    async with using(house, (120, 36)) as user:
        await previewed(user, folder / "DiskFull.md")
        seen = await user.sees("1 changed", "Tell the owner")
        assert "+ [ ] Tell the owner" in seen
        assert "~ [ ] Look at the volume" in seen
        assert "no longer a step" in user.line("Remove old logs")
        await user.press("enter")
        await user.sees("runbooks: 1 updated", "INC-1")
    titles = [step.title for step in house.others.incident(key).steps if step.runbook == "diskfull"]
    assert titles == ["Look at the volume", "Remove old logs"]


async def test_where_nothing_can_be_read_each_file_is_told(
    house: House, folder: Path, tmp_path: Path
) -> None:
    async with using(house) as user:
        for path, said in (
            (folder / "binary.md", "is not text"),
            (tmp_path / "nowhere.md", "cannot be read"),
        ):
            await user.press("4")
            await user.sees("TITLE")
            await user.press("i")
            await user.sees("Import which Markdown?")
            await user.press("ctrl+u")
            await user.type(str(path))
            await user.press("enter")
            await user.sees("There is nothing to import", said)
            await user.press("enter", "escape")


@pytest.mark.parametrize("size", SIZES)
async def test_attached_to_a_live_incident(house: House, size: tuple[int, int]) -> None:
    bring(house, DISK)
    async with using(house, size) as user:
        await user.press("4")
        await user.sees("Disk full")
        await user.press("G", "R")
        await user.sees("no live incident")
        key = house.declare("Disk full", P1)
        await user.app.show_news()
        await user.press("R", "1")
        await user.sees(f"Disk full attached to {key}")
        await user.press("enter")
        await user.sees("INC-1 (version 1)" if size[0] > 64 else "version 1")
        await user.press("1", "enter")
        await user.sees("Checklist")
        await user.press("R")
        await user.sees("Attach a runbook to INC-1", "fits: the title says")
        await user.sees_not("Disk full  2 steps")


async def test_versions_are_listed_and_an_old_one_is_read(house: House) -> None:
    bring(house, DISK)
    bring(house, DISK.replace("no room", "nothing"), by="sam")
    async with using(house) as user:
        await user.press("4")
        await user.sees("Disk full")
        await user.press("G", "v")
        await user.sees("version 2 by sam", "version 1 by lin")
        await user.press("2")
        await user.sees("VERSION 1, not the latest", "has no room left")
        await user.press("escape", "g", "v")
        await user.sees("No text of it is kept yet")


async def test_an_imported_one_is_removed_after_a_question(house: House) -> None:
    bring(house, DISK)
    async with using(house) as user:
        await user.press("4")
        await user.sees("Disk full")
        await user.press("G", "minus")
        await user.sees("Remove the runbook diskfull?")
        await user.press("y")
        await user.sees("runbook diskfull: removed", "4 runbooks")
        await user.press("minus", "y")
        await user.sees("is the guide's")
    assert [item.number for item in house.others.read(lambda c: versions(c, "diskfull"))] == [1]


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_markdown_is_words_alone(house: House, tmp_path: Path, size: tuple[int, int]) -> None:
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    for number, (_, text) in enumerate(HOSTILE):
        short = text[:300]
        step = f"1. Restart {short}\n\n   ```\n   {short}\n   ```\n\n"
        body = f"# {short}\n\n## Steps {short}\n\n{step}{short}\n\n| {short} |\n|--|\n"
        (hostile / f"h{number:02}.md").write_bytes(body.encode("utf-8", "replace"))
    async with using(house, size) as user:
        await previewed(user, hostile)
        await user.press("enter")
        await user.sees("runbooks: ")
        table = user.app.screen.query_one(RunbookTable)
        for row in [row for row in table.rows if row.origin is Origin.CONSOLE][::9]:
            table.select(row.key)
            await user.press("enter")
            await user.sees(f"{row.key} · imported")
            await user.press("tab")
            for view in user.app.screen.query(PageView):
                assert not any(forbidden_in(item.text) for item in view.items)
            assert not forbidden_in("".join(user.lines).replace("\n", ""))
            await user.press("escape")
            table = user.app.screen.query_one(RunbookTable)


@pytest.mark.slow
async def test_a_large_folder_is_read_beside_the_keys(house: House, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(1_200):
        (many / f"Runbook{number}.md").write_text(DISK.replace("Disk", f"Disk{number}"))
    async with using(house, (120, 36)) as user:
        await user.press("4")
        await user.sees("TITLE")
        await user.press("i")
        await user.sees("Import which Markdown?")
        await user.type(str(many))
        await user.press("enter")
        await user.sees("Reading ", " of 1200")
        await user.press("question_mark")
        await user.sees("Leave this file out")
        await user.press("escape")
        for _ in range(60):
            if user.app.screen.query_one(PreviewTable).lines:
                break
            await user.pilot.pause(0.5)
        await user.sees("Import 1200 files: 1200 new")
        await user.press("enter")
        await user.sees("runbooks: 1200 new", "1204 runbooks")
        await user.press("slash")
        await user.type("disk777")
        await user.sees("1 of 1204 fit")
