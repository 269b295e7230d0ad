"""Answering what machines propose."""

from functools import partial

from console.place import Place
from console.screens.ask import ask_choice, ask_line
from data.domain.severity import Severity
from data.store.commands import proposals


async def confirm(place: Place) -> None:
    """Confirm a proposal; its severity is confirmed with it, or changed in the same breath."""
    key = place.proposal_key()
    if not key:
        place.room.say("There is no proposal under the cursor.", severity="warning")
        return
    row = next((row for row in place.room.board.rows if row.key == key), None)
    proposed = row.severity if row else Severity.P2
    levels = [proposed, *(level for level in Severity if level is not proposed)]
    options = [
        (
            level.value,
            f"{level.value}  {level.word}{'  as proposed' if level is proposed else ''}: {level.meaning}",
        )
        for level in levels
    ]
    chosen = await ask_choice(place, f"Confirm {key}: {row.title if row else ''}", options)
    if chosen is None:
        return
    answer = await place.room.command(partial(proposals.confirm, key=key, severity=Severity(chosen)))
    if answer is not None:
        place.room.follow(answer.key)


async def dismiss(place: Place) -> None:
    """Dismiss a proposal with a reason; its cause is muted until it clears, at most four hours."""
    key = place.proposal_key()
    if not key:
        place.room.say("There is no proposal under the cursor.", severity="warning")
        return
    why = await ask_line(place, f"Dismiss {key} as a false alarm. Why?")
    if why:
        await place.room.command(partial(proposals.dismiss, key=key, why=why))
