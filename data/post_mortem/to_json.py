"""The post-mortem and action items for scripts: keys and words stay as they are (design 9, JSON)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from data.domain.action_item import ActionItem
from data.domain.instants import format_instant
from data.domain.post_mortem import Section
from data.post_mortem.model import Document


def as_json(document: Document, today: date) -> dict[str, Any]:
    """Return the whole post-mortem; durations are seconds."""
    return {
        "id": document.key,
        "title": document.title,
        "severity": document.severity.value,
        "status": document.status,
        "disposition": document.disposition or None,
        "services": list(document.services),
        "state": document.state or None,
        "complete": {
            "done": document.done,
            "total": len(Section),
            "missing": [section.value for section in document.missing],
        },
        "blameless": document.blameless,
        "written_at": format_instant(document.written_at),
        "instants": [
            {
                "label": item.label,
                "at": format_instant(item.at),
                "by": item.who or None,
                "approximate": item.about,
            }
            for item in document.moments
        ],
        "durations": {_key(item.label): int(item.took.total_seconds()) for item in document.spans},
        "severities": [
            {
                "at": format_instant(item.at),
                "severity": item.severity.value,
                "by": item.by or None,
                "why": item.why or None,
            }
            for item in document.levels
        ],
        "people": [{"role": item.role, "people": list(item.people)} for item in document.people],
        "attainment": {_key(item.label): {"met": item.met, "of": item.of} for item in document.attained},
        "sections": [_section(document, section) for section in Section],
        "timeline": [
            {"at": format_instant(row.at), "by": row.who or None, "text": row.text, "approximate": row.about}
            for row in document.timeline
        ],
        "action_items": items(document.items, today),
    }


def _key(label: str) -> str:
    return label.lower().replace(" ", "_")


def _section(document: Document, section: Section) -> dict[str, Any]:
    return {
        "id": section.value,
        "title": section.heading,
        "complete": section not in document.missing,
        "parts": [
            {
                "id": item.part.id,
                "title": item.part.title,
                "text": item.text,
                "todo": item.todo,
                "written": item.by_hand,
            }
            for item in document.of(section)
        ],
    }


def items(found: Iterable[ActionItem], today: date) -> list[dict[str, Any]]:
    """Return action items."""
    return [
        {
            "id": item.key,
            "incident": f"INC-{item.incident}",
            "number": item.number,
            "title": item.title,
            "owner": item.owner or None,
            "due": item.due.isoformat() if item.due else None,
            "type": item.kind.value,
            "state": item.state.value,
            "overdue": item.overdue(today),
            "ticket": item.ticket or None,
            "runbook": item.runbook or None,
            "created_at": format_instant(item.created_at),
            "ended_at": format_instant(item.ended_at) if item.ended_at else None,
            "why": item.why or None,
        }
        for item in found
    ]
