"""The verb for a shift change: handover."""

from typing import Annotated

import typer

from console.cli import output
from console.cli.common import CommandId, verb
from console.cli.options import Options


@verb("handover")
def handover(
    options: Options,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="INC", help="Take this incident over; repeat it for several."),
    ] = None,
    command_id: CommandId = None,
) -> None:
    """Show what a shift change hands over, and take it over.

    Live incidents with their holders, deadlines and open steps, and who is on call.

    With --accept you take incidents over from whoever has them. Nothing is acknowledged anew, and the
    response stays as it was. For example: warroom handover --accept INC-42 --accept INC-43.
    """
    from console.cli.room import opened
    from data import handover_sheet
    from data.store.commands.handover import accept_all
    from data.store.queries.people import handover_view

    with opened(options) as room:
        answer = None
        if accept:
            answer = room.write(lambda write: accept_all(write, accept), command_id)
        now = room.now()
        view = room.read(lambda connection: handover_view(connection, now))
    if options.json:
        told = {"answer": answer.text} if answer else {}
        output.emit(handover_sheet.as_json(view, now) | told)
    elif answer:
        output.answer(answer.text)
    else:
        output.show(handover_sheet.sheet(view, now, output.width()))
