"""The room's runbooks on both databases: versions of their texts, edits that meet, what an incident keeps."""

from dataclasses import replace

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.room import Definition, Kind, Origin, Service
from data.domain.severity import Severity
from data.runbook import read_runbook
from data.runbooks.preview import Reading, reading
from data.runbooks.texts import written
from data.store.commands import incidents, rooms, runbooks, steps
from data.store.commands.runbooks import MEANWHILE, Source
from data.store.definitions import load
from data.store.queries.runbooks import before, fittings, runbook_detail, runbook_list, texts, versions
from data.store.unit import Answer
from tests.store.room import Room, done, refused

DISK = "# Disk full\n\nMeaning: no room left.\n\n## Steps\n\n1. Look at the volume\n2. Remove old logs\n"


def read(room: Room, text: str, key: str = "disk") -> Reading:
    """Read a document as the room would take it in."""
    there = room.read(lambda connection: before(connection, [key])).get(key)
    return reading(read_runbook(text, f"{key}.md"), text, key, there)


def bring(room: Room, text: str, key: str = "disk", by: str = "ada") -> None:
    found = read(room, text, key)
    sources = {key: Source(found.text, found.name)}
    done(room.do(runbooks.import_runbooks, [found.runbook], sources, by=by))


def saved(room: Room, text: str, seen: int, by: str = "ada") -> Answer | Refused:
    found = read(room, text)
    return room.do(runbooks.save_runbook, found.runbook, found.text, seen=seen, by=by)


def test_a_text_becomes_a_version_only_when_it_changed(room: Room) -> None:
    bring(room, DISK, by="lin")
    room.clock.later(minutes=5)
    bring(room, DISK)
    assert [(item.number, item.by) for item in room.read(lambda c: versions(c, "disk"))] == [(1, "lin")]
    bring(room, DISK.replace("no room left", "nothing more can be written"))
    found = room.read(lambda c: versions(c, "disk"))
    assert [(item.number, item.by, item.file) for item in found] == [
        (2, "ada", "disk.md"),
        (1, "lin", "disk.md"),
    ]
    old = room.read(lambda c: runbook_detail(c, "disk", 1))
    assert old is not None
    assert (old.text, old.old) == (DISK.strip(), True)
    assert room.read(lambda c: texts(c, {"disk": 1}))["disk"][0] == 2
    assert not room.read(lambda c: texts(c, {"disk": 2}))


def test_the_second_of_two_editors_hears_who_was_first_and_loses_nothing(room: Room) -> None:
    bring(room, DISK)
    done(saved(room, DISK + "3. Tell the owner\n", 1, by="lin"))
    answer = saved(room, DISK + "3. Call the owner\n", 1)
    assert isinstance(answer, Refused)
    assert answer.code == MEANWHILE
    assert answer.reason.startswith("lin has saved version 2 meanwhile, at 2026-11-24T13:46:11Z")
    told = done(saved(room, DISK + "3. Call the owner\n", 2))
    assert told.text == "disk saved as version 3: 1 added (Call the owner), 1 removed (Tell the owner)"
    assert [item.number for item in room.read(lambda c: versions(c, "disk"))] == [3, 2, 1]


def test_what_a_person_made_of_a_step_is_made_of_it_again(room: Room) -> None:
    found = read(room, DISK)
    first = next(entry.key for entry in found.entries if entry.source.title == "Look at the volume")
    note = next(entry.key for entry in found.entries if not entry.step)
    turned = found.turned(first).turned(note)
    sources = {"disk": Source(turned.text)}
    done(room.do(runbooks.import_runbooks, [turned.runbook], sources))
    again = read(room, DISK + "3. Tell the owner\n")
    titles = [step.title for step in again.runbook.steps]
    assert titles == ["Meaning: no room left", "Remove old logs", "Tell the owner"]


def test_the_guides_ticks_survive_an_edit(room: Room) -> None:
    guide = next(row for row in room.read(runbook_list) if row.runbook.always)
    text = written(guide.runbook) + "- [ ] Bring coffee\n"
    there = room.read(lambda c: before(c, [guide.key]))
    found = reading(read_runbook(text, "x.md"), text, guide.key, there[guide.key])
    answer = done(room.do(runbooks.save_runbook, found.runbook, found.text, seen=0))
    assert "takes the guide's place, 1 added (Bring coffee)" in answer.text
    kept = next(row for row in room.read(runbook_list) if row.key == guide.key)
    assert kept.origin is Origin.CONSOLE
    assert kept.runbook.always
    assert [step.auto for step in kept.runbook.steps[:-1]] == [step.auto for step in guide.runbook.steps]


def test_an_imported_one_can_be_removed_and_the_guides_comes_back(room: Room) -> None:
    bring(room, DISK)
    bring(room, "# Database\n\n## Steps\n1. Look\n", "database-issues")
    done(room.do(runbooks.remove_runbook, "disk"))
    done(room.do(runbooks.remove_runbook, "database-issues"))
    rows = {row.key: row for row in room.read(runbook_list)}
    assert "disk" not in rows
    assert (rows["database-issues"].origin, rows["database-issues"].version) == (Origin.DEFAULT, None)
    assert "is the guide's" in refused(room.do(runbooks.remove_runbook, "database-issues"))
    bring(room, "# Ours\n\n## Steps\n1. Look\n", "api-failures")
    done(room.do(runbooks.remove_runbook, "api-failures"))  # a service needs it: the guide's is there
    done(saved_again(room))


def saved_again(room: Room) -> Answer | Refused:
    """Save what was removed once more: nobody has saved anything meanwhile."""
    found = read(room, "# Database\n\n## Steps\n1. Look again\n", "database-issues")
    return room.do(runbooks.save_runbook, found.runbook, found.text, seen=0)


def test_one_that_a_service_needs_stays(room: Room) -> None:
    bring(room, DISK)
    search = Definition(Kind.SERVICE, "search", encode(Service("search", (), ("disk",))))
    done(room.do(rooms.apply, [search], [], []))
    assert refused(room.do(runbooks.remove_runbook, "disk")) == "the service search needs disk"


def test_an_incident_keeps_the_checklist_and_says_its_version(room: Room) -> None:
    bring(room, DISK)
    key = done(room.do(incidents.declare, "Disk full on host 3", Severity.P2)).key
    done(room.do(steps.attach, key, "disk"))
    bring(room, DISK + "3. Tell the owner\n")
    titles = [step.title for step in room.incident(key).steps if step.runbook == "disk"]
    assert titles == ["Look at the volume", "Remove old logs"]
    found = room.read(lambda c: runbook_detail(c, "disk"))
    assert found is not None
    assert found.attached == ((key, 1),)
    assert found.row.attached == (key,)
    assert found.row.version is not None
    assert found.row.version.number == 2


def test_what_fits_comes_first_and_says_why(room: Room) -> None:
    bring(room, DISK)
    key = done(room.do(incidents.declare, "Disk full on host 3", Severity.P2, services=["checkout"])).key
    found = room.read(lambda c: fittings(c, key))
    assert [(item.id, item.why) for item in found[:3]] == [
        ("api-failures", "belongs to checkout"),
        ("performance-degradation", 'the title says "disk full"'),
        ("disk", 'the title says "disk full"'),
    ]
    assert [(item.id, item.why) for item in found[3:]] == [("database-issues", "")]
    done(room.do(steps.attach, key, "disk"))
    assert "disk" not in {item.id for item in room.read(lambda c: fittings(c, key))}
    assert room.read(lambda c: fittings(c, "INC-99")) == ()


def test_what_the_file_owns_is_not_changed_here(room: Room) -> None:
    bring(room, DISK)
    mine = next(item for item in room.read(load) if item.id == "disk")
    done(room.do(rooms.apply, [replace(mine, origin=Origin.FILE)], [], []))
    assert "owns disk" in refused(saved(room, DISK + "3. Tell\n", 1))
    assert "owns disk" in refused(room.do(runbooks.remove_runbook, "disk"))
    assert "owns disk" in refused(room.do(runbooks.import_runbooks, [read(room, DISK).runbook]))
