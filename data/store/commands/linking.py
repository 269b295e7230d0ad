"""What belongs to an incident: its ticket, the call everybody joins, documents (design 3.8, 4)."""

import secrets
from dataclasses import replace

from data.configuration import addresses
from data.domain import links, page_template, roles
from data.domain.change import Refused
from data.domain.incident import Incident, Link
from data.store.commands.finding import find_incident
from data.store.commands.incidents import act
from data.store.unit import Answer, Write
from data.text import clean_line

NO_BRIDGE = "no-bridge"  # the code of a refusal: nobody has made one, and nothing says how


def add_link(write: Write, key: str, kind: str, target: str) -> Answer | Refused:
    """Attach a ticket (by address or number), a bridge or another page; ``facts`` say which."""
    link = _link(kind, target)
    return link if isinstance(link, Refused) else _attach(write, key, link)


def bridge(write: Write, key: str, target: str = "") -> Answer | Refused:
    """Answer the address of the call everybody joins, in ``facts["target"]``; the first one made wins.

    Where there is none yet it becomes ``target``, else one made by the room's template, and
    ``facts["new"]`` is true. Refused with the code ``NO_BRIDGE`` where there is neither.
    """
    incident = find_incident(write, key)
    if isinstance(incident, Refused):
        return incident
    there = links.newest(incident, links.BRIDGE)
    if there:
        return Answer(incident.key, "", {"kind": links.BRIDGE, "target": there, "new": False})
    if incident.status.over:
        return Refused(f"{incident.key} is {incident.status} and had no bridge")
    link: Link | Refused
    if target:
        link = _link(links.BRIDGE, target)
    elif template := write.settings.bridge:
        link = Link(links.BRIDGE, filled(template, incident))
    else:
        hint = "warroom link INC URL --kind bridge attaches one; [room] bridge makes them by itself"
        return Refused(f"{incident.key} has no bridge yet", hint, NO_BRIDGE)
    if isinstance(link, Refused):
        return link
    return _attach(write, key, link)


def filled(template: str, incident: Incident) -> str:
    """Return a page's address filled in for an incident; its random part is another each time."""
    random = "".join(secrets.choice(page_template.RANDOM_LETTERS) for _ in range(page_template.RANDOM_LENGTH))
    return page_template.fill(template, page_template.values_of(incident, random))


def _link(kind: str, target: str) -> Link | Refused:
    known = clean_line(kind, 30)
    if known not in links.KINDS:
        return Refused(f"{known or 'nothing'} is no kind of link", f"one of: {', '.join(links.KINDS)}")
    where = target.strip().removeprefix("<").removesuffix(">")
    if not where:
        return Refused("a link needs a target", "give its address, https://…")
    if known == links.TICKET and links.is_ticket_number(where):
        return Link(known, where)
    try:
        return Link(known, addresses.page(where))
    except ValueError as error:
        what = "its address or its number" if known == links.TICKET else "its whole address, https://…"
        return Refused(f"that is no link: {error}", f"give {what}")


def _attach(write: Write, key: str, link: Link) -> Answer | Refused:
    answer = act(
        write,
        key,
        lambda incident: roles.link(incident, link),
        lambda state: f"{state.key}: {link.kind} linked",
    )
    if isinstance(answer, Refused):
        return answer
    return replace(answer, facts={"kind": link.kind, "target": link.target, "new": True})
