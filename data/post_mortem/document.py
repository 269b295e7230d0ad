"""From the record and what people wrote to one document (design 3.10)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from data.domain.post_mortem import PARTS, missing, unfinished
from data.post_mortem import record as records
from data.post_mortem.blameless import nobody_named
from data.post_mortem.drafts import drafts, todo
from data.post_mortem.model import Document, PostMortemView, Row, Written
from data.post_mortem.remembered import added


def texts(view: PostMortemView) -> dict[str, str]:
    """Return every part as it is shown: as somebody wrote it, else as the record fills it in."""
    return _texts(view.written, records.read(view.incident, view.events))


def _texts(written: Mapping[str, str], record: records.Record) -> dict[str, str]:
    by_hand = {name: text for name, text in written.items() if text.strip()}
    return {name: by_hand.get(name, text) for name, text in drafts(record).items()}


def document(view: PostMortemView, now: datetime, *, blameless: bool = False) -> Document:
    """Return the post-mortem of an incident; ``blameless`` puts roles in the place of names everywhere."""
    incident = view.incident
    record = records.read(incident, view.events)
    shown = _texts(view.written, record)
    by_hand = [replace(row, who="added") for row in _by_hand(shown["timeline"], view)]
    found = Document(
        key=incident.key,
        title=incident.title,
        severity=incident.severity,
        status=incident.status.value,
        disposition=str(incident.disposition or ""),
        services=incident.services,
        state=incident.post_mortem,
        blameless=blameless,
        written_at=now,
        moments=tuple(records.moments(record)),
        spans=tuple(records.spans(record)),
        levels=tuple(record.levels),
        ended=record.resolved[-1][0] if record.resolved and not incident.live else None,
        people=tuple(records.people(record)),
        attained=tuple(records.attained(record)),
        timeline=tuple(sorted((*_began(view), *records.rows(record), *by_hand), key=lambda row: row.at)),
        parts=tuple(
            Written(
                part,
                shown[part.id],
                unfinished(shown[part.id]) and not part.optional,
                part.id in view.written,
            )
            for part in PARTS
        ),
        items=view.items,
        missing=missing(shown, len(view.items)),
    )
    found = _asking(found)
    return _without_names(found, view, record) if blameless else found


def _began(view: PostMortemView) -> tuple[Row, ...]:
    began = view.incident.began_at
    return (Row(began, "", "the trouble began", about=True),) if began is not None else ()


def _by_hand(text: str, view: PostMortemView) -> list[Row]:
    try:
        return added(text, view.incident.detected_at)
    except ValueError:  # nothing unreadable was taken, so this was written by another version
        return []


def _asking(found: Document) -> Document:
    """Let the action items ask for themselves as long as there is nothing under them."""
    if found.items:
        return found
    parts = tuple(
        replace(item, text=todo(item.part), todo=True)
        if item.part.id == "actions" and not item.text.strip()
        else item
        for item in found.parts
    )
    return replace(found, parts=parts)


def _without_names(found: Document, view: PostMortemView, record: records.Record) -> Document:
    owners = (name for item in view.items for name in (item.owner, item.by))
    hide = nobody_named(view.policy, record, owners)
    return replace(
        found,
        title=hide(found.title),
        moments=tuple(replace(item, who=hide(item.who)) for item in found.moments),
        levels=tuple(replace(item, by=hide(item.by), why=hide(item.why)) for item in found.levels),
        people=tuple(
            replace(item, people=tuple(dict.fromkeys(map(hide, item.people)))) for item in found.people
        ),
        timeline=tuple(replace(item, who=hide(item.who), text=hide(item.text)) for item in found.timeline),
        parts=tuple(replace(item, text=hide(item.text)) for item in found.parts),
        items=tuple(
            replace(
                item, title=hide(item.title), owner=hide(item.owner), by=hide(item.by), why=hide(item.why)
            )
            for item in found.items
        ),
    )
