"""The pages that belong to an incident: its services', its ticket, the call everybody joins."""

from functools import partial

from console.handlers.subject import subject
from console.pages import in_words, is_page, open_or_copy
from console.place import Place
from console.screens.ask import ask_choice, ask_line
from data.domain.change import Refused
from data.domain.links import TICKET
from data.store.commands import linking
from data.store.queries.incidents import service_links
from data.store.queries.links import TicketPages, ticket_pages
from data.store.unit import Answer


async def _open(place: Place, kind: str) -> None:
    if not (key := await subject(place)):
        return
    found = await place.room.desk.read(lambda connection: service_links(connection, key))
    pages = [(service.id, dict(service.links)[kind]) for service in found if kind in dict(service.links)]
    if not pages:
        place.room.say(f"No {kind} page is configured for the services of {key}.", severity="warning")
        return
    if len(pages) == 1:
        await _visit(place, pages[0][1])
        return
    chosen = await ask_choice(place, f"Whose {kind}?", [(url, f"{service}  {url}") for service, url in pages])
    if chosen:
        await _visit(place, chosen)


async def _visit(place: Place, url: str) -> None:
    place.room.say(in_words(await open_or_copy(place.room, url), url))


async def dashboard(place: Place) -> None:
    """Open the dashboard, or copy its address where no browser can open."""
    await _open(place, "dashboard")


async def logs(place: Place) -> None:
    """Open the logs."""
    await _open(place, "logs")


async def apm(place: Place) -> None:
    """Open the traces."""
    await _open(place, "apm")


async def ticket(place: Place) -> None:
    """Open the page of a new ticket, filled in, and attach what became of it: that ticks its step."""
    if not (key := await subject(place)):
        return
    pages = await place.room.look(partial(ticket_pages, key=key)) or TicketPages()
    options = []
    if pages.attached:
        options.append(("there", f"{'open' if is_page(pages.attached) else 'copy'} {pages.attached}"))
    if pages.new:
        options.append(("new", "open the page of a new ticket, filled in, then attach it"))
    options.append(("attach", "attach a ticket by its link or number"))
    how = await ask_choice(place, f"Ticket of {key}", options) if len(options) > 1 else "attach"
    if how == "there":
        await _visit(place, pages.attached)
    elif how:
        await _attach_ticket(place, key, pages.new if how == "new" else "")


async def _attach_ticket(place: Place, key: str, page: str) -> None:
    question = f"Link of the ticket for {key}, or its number"
    if page:
        how = await open_or_copy(place.room, page)
        question = f"{how}: the page of a new ticket for {key}. Link or number of what it became?"
    if target := await ask_line(place, question):
        await place.room.command(partial(linking.add_link, key=key, kind=TICKET, target=target))


async def bridge(place: Place) -> None:
    """Join the call of an incident: open its address or copy it, made first where the room knows how."""
    if not (key := await subject(place)):
        return
    answer = await place.room.attempt(partial(linking.bridge, key=key))
    if isinstance(answer, Refused) and answer.code == linking.NO_BRIDGE:
        target = await ask_line(place, f"{key} has no bridge yet. Address of the call everybody joins?")
        if not target:
            return
        answer = await place.room.attempt(partial(linking.bridge, key=key, target=target))
    if isinstance(answer, Refused):
        place.room.refused(answer)
    else:
        await _join(place, key, answer)


async def _join(place: Place, key: str, answer: Answer) -> None:
    await place.room.answered(answer)
    url = str(answer.facts["target"])
    how = await open_or_copy(place.room, url)
    place.room.say(f"{'New bridge' if answer.facts['new'] else 'Bridge'} of {key}. {in_words(how, url)}")
