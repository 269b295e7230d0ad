"""A drill: what its responders can do about it, hints, and the score."""

from collections.abc import Iterable

from console.demo.lifetime import ShopFailed
from console.drill.conductor import Conductor
from console.drill.sheet import EDGES, WIDEST, DrillSheet
from console.place import Place
from console.screens.ask import ask_choice, confirm
from data.domain.drill import HINT_COSTS, Kept
from data.drill_sheet import score_lines
from data.text_table import Line, line

BRIEF, HINT, SCORE = "brief", "hint", "score"


async def turn(place: Place) -> None:
    """Ask what is to be done in a drill, and do it."""
    shop = place.room.shop
    drill = shop.drill if shop is not None else None
    if drill is None:
        place.room.say("This is no drill: warroom drill opens one.", severity="warning")
        return
    chosen = await ask_choice(place, f"Drill: {drill.scenario.title}", _choices(drill))
    if chosen == BRIEF:
        await _read(place, drill.scenario.title, drill.scenario.brief.splitlines())
    elif chosen == HINT:
        await _hint(place, drill)
    elif chosen == SCORE:
        await _score(place, drill)
    elif chosen is not None:
        await _act(place, drill, int(chosen))


def _choices(drill: Conductor) -> list[tuple[str, str]]:
    found = []
    for number, remedy in enumerate(drill.scenario.remedies):
        done = " (done before)" if remedy in drill.tried else ""
        found.append((str(number), f"Do it: {remedy.do}{done}"))
    if drill.scenario.hints:
        left = f"{drill.hints_left} left, {HINT_COSTS} points each" if drill.hints_left else "all are taken"
        found.append((HINT, f"Hints ({left})"))
    return [*found, (SCORE, "The score so far"), (BRIEF, "What everybody was told")]


async def _act(place: Place, drill: Conductor, number: int) -> None:
    remedy = drill.scenario.remedies[number]
    try:
        await drill.act(remedy)
    except ShopFailed as error:
        place.room.say(f"{error}.", severity="error")
        return
    await _read(place, remedy.do, [f"{remedy.says}."])


async def _hint(place: Place, drill: Conductor) -> None:
    question = f"The next hint costs {HINT_COSTS} points. Take it?"
    if drill.hints_left and await confirm(place, question, yes="Take it"):
        drill.next_hint()
    given = drill.hints_given
    if given:
        await _read(
            place, "Hints so far", [f"{number}  {text}" for number, text in enumerate(given, start=1)]
        )


async def _score(place: Place, drill: Conductor) -> None:
    score = await drill.score(final=False)
    first, *rest = score_lines(drill.scenario, score, min(WIDEST, place.app.size.width) - EDGES)
    undecided = len(score.of(Kept.OPEN))
    heading = "".join(part.text for part in first) + (f", {undecided} still open" if undecided else "")
    await place.ask(DrillSheet(heading, rest))


async def _read(place: Place, heading: str, words: Iterable[str]) -> None:
    lines: list[Line] = [line(text) for text in words]
    await place.ask(DrillSheet(heading, lines))
