"""The room's runbooks: the list, one to read with its versions, and which of them fit an incident."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import Connection, RowMapping, and_, func, select

from data.domain.alert import Alert
from data.domain.alert_runbooks import runbooks_for
from data.domain.room import Kind, Origin, Runbook
from data.runbook_views import Fitting, RunbookDetail, RunbookRow, Version
from data.runbooks.preview import Before
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.definitions import load_runbooks, load_services, load_settings
from data.store.queries import alert_views as alerts
from data.store.queries.incidents import ASKED, suggested
from data.store.tables import DEFINITION, EVENT, INCIDENT, STEP
from data.store.tables_after import DOCUMENT

_COLUMNS = (DOCUMENT.c.runbook, DOCUMENT.c.version, DOCUMENT.c.file, DOCUMENT.c.by, DOCUMENT.c.at)
_LENGTH = func.length(DOCUMENT.c.text).label("length")


def runbook_list(connection: Connection) -> tuple[RunbookRow, ...]:
    """Return every runbook, in the room's order."""
    origins = _origins(connection)
    trusted = load_settings(connection).trusted
    newest = latest(connection)
    attached: dict[str, list[str]] = {}
    live = (
        select(STEP.c.runbook, STEP.c.incident)
        .join(INCIDENT, INCIDENT.c.id == STEP.c.incident)
        .where(INCIDENT.c.live)
        .distinct()
        .order_by(STEP.c.incident)
    )
    for runbook_id, number in connection.execute(live):
        attached.setdefault(runbook_id, []).append(f"INC-{number}")
    return tuple(
        RunbookRow(
            item,
            origins[item.id],
            item.id in trusted,
            newest.get(item.id),
            tuple(attached.get(item.id, ())),
        )
        for item in load_runbooks(connection)
    )


def _origins(connection: Connection) -> Mapping[str, Origin]:
    query = select(DEFINITION.c.id, DEFINITION.c.origin).where(
        DEFINITION.c.kind == Kind.RUNBOOK.value, DEFINITION.c.retired_at.is_(None)
    )
    return {row.id: Origin(row.origin) for row in connection.execute(query)}


def _version(row: RowMapping) -> Version:
    return Version(row["version"], row["by"], row["at"], row["file"])


def latest(connection: Connection) -> Mapping[str, Version]:
    """Return the latest version of each runbook whose text is kept."""
    numbers = select(DOCUMENT.c.runbook, func.max(DOCUMENT.c.version).label("version"))
    last = numbers.group_by(DOCUMENT.c.runbook).subquery()
    here = and_(DOCUMENT.c.runbook == last.c.runbook, DOCUMENT.c.version == last.c.version)
    found = connection.execute(select(*_COLUMNS, _LENGTH).join(last, here)).mappings()
    return {row["runbook"]: _version(row) for row in found if row["length"]}


def texts(connection: Connection, known: Mapping[str, int]) -> Mapping[str, tuple[int, str]]:
    """Return (version, text) of the runbooks of which ``known`` is not the latest version."""
    wanted = {
        key: version.number for key, version in latest(connection).items() if known.get(key) != version.number
    }
    found = {}
    for key, number in wanted.items():
        text = select(DOCUMENT.c.text).where(DOCUMENT.c.runbook == key, DOCUMENT.c.version == number)
        found[key] = (number, str(connection.execute(text).scalar_one()))
    return found


def versions(connection: Connection, runbook_id: str) -> tuple[Version, ...]:
    """Return the kept versions of a runbook's text, the latest first; none where it has no text."""
    lines = func.length(DOCUMENT.c.text) - func.length(func.replace(DOCUMENT.c.text, "\n", ""))
    query = (
        select(*_COLUMNS, _LENGTH, (lines + 1).label("lines"))
        .where(DOCUMENT.c.runbook == runbook_id)
        .order_by(DOCUMENT.c.version.desc())
    )
    found = connection.execute(query).mappings().all()
    return tuple(replace(_version(row), lines=row["lines"]) for row in found if row["length"])


def runbook_detail(connection: Connection, runbook_id: str, version: int = 0) -> RunbookDetail | None:
    """Return a runbook to read, with the text of a version (0: the latest); None when there is none such."""
    row = next((item for item in runbook_list(connection) if item.key == runbook_id), None)
    if row is None:
        return None
    number = version or (row.version.number if row.version else 0)
    query = select(*_COLUMNS, DOCUMENT.c.text).where(
        DOCUMENT.c.runbook == runbook_id, DOCUMENT.c.version == number
    )
    found = connection.execute(query).mappings().one_or_none()
    return RunbookDetail(
        row,
        found["text"] if found else "",
        _version(found) if found else None,
        found["file"] if found else "",
        tuple((key, _began_with(connection, key, runbook_id)) for key in row.attached),
        tuple(item.id for item in load_services(connection) if runbook_id in item.runbooks),
    )


def _began_with(connection: Connection, key: str, runbook_id: str) -> int:
    """Return the version of a runbook that was copied onto an incident, 0 where its record says none."""
    number = incident_number(key)
    events = rows.load_events(connection, EVENT.c.incident == number, EVENT.c.kind == "runbook")
    told = [event.data for event in events if event.data.get("runbook") == runbook_id]
    return int(told[-1].get("version") or 0) if told else 0


def latest_version(connection: Connection, runbook_id: str) -> int:
    """Return the number of a runbook's latest version, whatever became of its text; 0 for none."""
    query = select(func.max(DOCUMENT.c.version)).where(DOCUMENT.c.runbook == runbook_id)
    return connection.execute(query).scalar() or 0


def latest_text(connection: Connection, runbook_id: str) -> str:
    """Return a runbook's text, "" where none is kept."""
    query = (
        select(DOCUMENT.c.text)
        .where(DOCUMENT.c.runbook == runbook_id)
        .order_by(DOCUMENT.c.version.desc())
        .limit(1)
    )
    return str(connection.execute(query).scalar() or "")


def before(connection: Connection, ids: Collection[str]) -> Mapping[str, Before]:
    """Return the runbooks that stand under these ids now, with their texts."""
    origins = _origins(connection)
    there = {item.id: item for item in load_runbooks(connection) if item.id in ids}
    newest = latest(connection)
    return {
        key: Before(
            runbook,
            origins[key],
            latest_text(connection, key) if key in newest else "",
            newest[key].number if key in newest else 0,
        )
        for key, runbook in there.items()
    }


def changed_texts(connection: Connection, wanted: Mapping[str, str], lines: Collection[str]) -> list[str]:
    """Return a line for each runbook of which nothing but the text changes: none of ``lines`` tells of it."""
    told = {line.split(":")[0].split()[2] for line in lines if line[2:].startswith("runbook ")}
    return [
        f"~ runbook {key}: text"
        for key, text in wanted.items()
        if key not in told and latest_text(connection, key) != text
    ]


def in_files(connection: Connection) -> Mapping[str, str]:
    """Return the texts of the runbooks that stand in Markdown files beside the configuration, by id."""
    owned = {key for key, origin in _origins(connection).items() if origin is Origin.FILE}
    return {key: latest_text(connection, key) for key in latest(connection) if key in owned}


def fittings(connection: Connection, key: str) -> tuple[Fitting, ...]:
    """Return the runbooks that can be attached to an incident, those that fit first, with the reason.

    What its alerts ask for comes first (``runbook_url``, then the name), then what belongs to its
    services, then what words in its title suggest.
    """
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None:
        return ()
    attached = {step.runbook for step in incident.steps}
    runbooks = {item.id: item for item in load_runbooks(connection)}
    asking = alerts.worst(connection, [cause.key for cause in incident.causes], ASKED)
    reasons: dict[str, str] = {}
    for alert in asking:
        reasons = {**_asked(runbooks.values(), alert), **reasons}
    for service in load_services(connection):
        if service.id in incident.services:
            for item in service.runbooks:
                reasons.setdefault(item, f"belongs to {service.id}")
    for runbook in runbooks.values():
        said = (word for word in runbook.words if word.lower() in incident.title.lower())
        word = max(said, key=len, default="")
        if word:
            reasons.setdefault(runbook.id, f'the title says "{word}"')
    first = [item for item in suggested(connection, incident) if item in runbooks]
    rest = [item.id for item in runbooks.values() if not item.always and item.id not in first]
    return tuple(
        Fitting(item, runbooks[item].title, len(runbooks[item].steps), reasons.get(item, ""))
        for item in (*first, *rest)
        if item not in attached and runbooks[item].steps
    )


def _asked(runbooks: Collection[Runbook], alert: Alert) -> Mapping[str, str]:
    by_name = {item.id for item in runbooks_for(runbooks, replace(alert, annotations={}))}
    found = runbooks_for(runbooks, alert)
    return {
        item.id: f"alert {alert.name}" if item.id in by_name else f"runbook_url of {alert.name}"
        for item in found
    }
