"""A room's definitions as the text of a configuration file (design 10)."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from data.configuration.rows import Row, row
from data.domain.codec import decode
from data.domain.room import SPECS, Definition, Kind, Origin, RoomSettings

if TYPE_CHECKING:
    from tomlkit.items import Item, Table

_WHOLE = (Kind.LEVEL, Kind.AUDIENCE)


def export(definitions: Iterable[Definition], markdown: Collection[str] = ()) -> str:
    """Return TOML that reads as these definitions, without what every room has by default.

    Secrets stay references; durations are short; order is by kind, then position, then id. Where some
    levels or audiences are not the default ones, all of them are written, because a file replaces
    the set. A maintenance begun by key or verb is left out: it ends by itself, and a file that names it
    could not be applied here. ``markdown`` are the ids of runbooks that stand in files of their own: they
    are named, not written. Raises ValueError for a JSON condition that must be null, which TOML
    cannot say.
    """
    import tomlkit

    kept = _written(
        tuple(item for item in definitions if item.kind is not Kind.RUNBOOK or item.id not in markdown)
    )
    things = {kind: [_thing(item) for item in kept if item.kind is kind] for kind in Kind}
    settings: RoomSettings = next(iter(things[Kind.ROOM]), RoomSettings())
    document = tomlkit.document()
    for key in sorted(markdown):
        document.add(tomlkit.comment(f"runbooks/{key}.md stands beside this file"))
    for kind in Kind:
        rows = [row(thing, settings.timezone) for thing in things[kind]]
        if not rows:
            continue
        if kind is Kind.ROOM:
            document.append("room", _table(rows[0]))
        elif kind is Kind.SEVERITY:
            severities = tomlkit.table(is_super_table=True)
            for thing, written in zip(things[kind], rows, strict=True):
                severities.append(thing.severity.value, _table(written))
            document.append("severity", severities)
        else:
            tables = tomlkit.aot()
            for written in rows:
                tables.append(_table(written))
            document.append(kind.value, tables)
    if settings.trusted:
        document.append("runbooks", _table({"trusted": list(settings.trusted)}))
    return tomlkit.dumps(document)


def _written(definitions: tuple[Definition, ...]) -> list[Definition]:
    own = {item.kind for item in definitions if item.origin is not Origin.DEFAULT}
    kept = [
        item
        for item in definitions
        if (item.kind, item.origin) != (Kind.MAINTENANCE, Origin.CONSOLE)
        if item.origin is not Origin.DEFAULT or (item.kind in _WHOLE and item.kind in own)
    ]
    return sorted(kept, key=_order)


def _order(item: Definition) -> tuple[int, str]:
    if item.kind is Kind.LEVEL:
        return _thing(item).rank, item.id
    return item.position, item.id


def _thing(item: Definition) -> Any:
    return decode(SPECS[item.kind], item.spec)


def _table(written: Row) -> "Table":
    import tomlkit

    table = tomlkit.table()
    for key, value in written.items():
        table.append(key, _steps(value) if key == "step" else _item(value))
    return table


def _steps(steps: list[Row]) -> "Item":
    import tomlkit

    tables = tomlkit.aot()
    for step in steps:
        tables.append(_table(step))
    return tables


def _item(value: Any) -> "Item":
    import tomlkit

    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, item in value.items():
            table.append(key, _item(item))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for item in value:
            array.append(_item(item))
        return array
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    plain: Item = tomlkit.item(value)
    return plain
