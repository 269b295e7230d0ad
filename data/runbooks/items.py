"""Items of lists that are steps: title, detail, command and the steps below them (R5)."""

from collections.abc import Sequence

from data.runbooks import lists, speech
from data.runbooks.blocks import Block, Code, Item, Listing, Paragraph
from data.runbooks.commands import Reading, inline_command, read_code
from data.runbooks.drafts import Draft, Drafts, Place, titled
from data.runbooks.headings import Standing
from data.runbooks.inline import Sentence, Text
from data.runbooks.lists import Worth
from data.runbooks.mend import shown

DEEPEST = 2  # sub-steps below sub-steps are detail


class Items:
    """Makes steps of items."""

    def __init__(self, found: Drafts) -> None:
        self.found = found

    def item(self, item: Item, place: Place, depth: int) -> None:
        """Make the step of one item, and those below it."""
        text = item.text
        worth = Worth.DO if item.task else lists.weigh(item)
        if worth is Worth.LINK and place.last is not None and not item.task:
            self.found.aside(place, shown(item.blocks))
            return
        if text is None or not text.sentences:
            self._without_words(item, place, depth)
            return
        step = Draft(place.path, _title(text), [text.shown], depth=depth, links=list(text.links))
        step.low = worth is not Worth.DO and not speech.listen(step.title).asks
        self._inline(step, text.sentences)
        self.found.add(place, step)
        self._rest(item.blocks[1:], step, place, depth)
        place.last = step

    def _without_words(self, item: Item, place: Place, depth: int) -> None:
        first = next(iter(item.blocks), None)
        reading = read_code(first.text, first.language) if isinstance(first, Code) else None
        if reading is not None and reading.command:
            step = Draft(place.path, titled(f"Run {reading.command.splitlines()[0]}"), depth=depth)
            self._give(step, reading)
            self.found.add(place, step)
            self._rest(item.blocks[1:], step, place, depth)
        elif isinstance(first, Listing):
            for below in first.items:
                self.item(below, place, depth)
        elif item.blocks:
            self.found.aside(place, shown(item.blocks))

    def _rest(self, blocks: Sequence[Block], step: Draft, place: Place, depth: int) -> None:
        """Add to a step what its item holds beside its first paragraph."""
        current = step
        before: Block | None = None
        for block in blocks:
            match block:
                case Code():
                    current = self._item_code(block, before, step, current, place)
                case Listing():
                    intro = before.text if isinstance(before, Paragraph) else None
                    self._below(block, step, place, depth, intro)
                case _:
                    current.details += shown([block])
            before = block

    def _item_code(
        self, code: Code, before: Block | None, step: Draft, current: Draft, place: Place
    ) -> Draft:
        """Place a block of code in an item; return the step that further text belongs to."""
        reading = read_code(code.text, code.language)
        if not reading.command:
            current.details += shown([code])
            return current
        if isinstance(before, Paragraph) and current.command and not current.inline:
            said = [sentence for sentence in before.text.sentences if speech.listen(sentence).asks]
            if said and step.depth < DEEPEST:
                shows = before.text.shown
                if current.details and current.details[-1] == shows:
                    current.details.pop()
                current = Draft(step.path, titled(said[-1].text), [shows], depth=step.depth + 1)
                current.links = list(before.text.links)
                self._give(current, reading)
                return self.found.add(place, current)
            current.details += shown([code])
            return current
        if current.command and not current.inline and isinstance(before, Code):
            current.command += "\n" + reading.command
            return current
        self._give(current, reading)
        return current

    def _below(self, listing: Listing, step: Draft, place: Place, depth: int, intro: Text | None) -> None:
        """Place a list inside an item: steps below it where they are ordered, ticked or hold commands."""
        tasks = any(item.task for item in listing.items)
        commands = lists.commands(listing)
        # "If the node is unreachable:" asks for nothing itself, what stands below it does
        branch = not speech.listen(intro.line if intro else step.title).asks
        all_ask = len(listing.items) > 1 and all(
            item.text and lists.asks(item.text) for item in listing.items
        )
        counted = listing.ordered or tasks or branch or all_ask or len(commands) > 1
        intro = intro or Text(step.title + ":")
        if depth < DEEPEST and counted and lists.is_steps(listing, Standing.ACTION, intro, nested=True):
            for item in listing.items:
                self.item(item, place, depth + 1)
            return
        if len(commands) == 1 and (not step.command or step.inline):
            self._give(step, commands[0])
        step.details += shown([listing])

    @staticmethod
    def _give(step: Draft, reading: Reading) -> None:
        step.command, step.language, step.inline = reading.command, reading.language, False
        if reading.output.strip():
            step.details.append(
                "\n".join(f"    {line}".rstrip() for line in reading.output.split("\n")[:100])
            )

    @staticmethod
    def _inline(step: Draft, sentences: Sequence[Sentence]) -> None:
        """Give a step the first command inside its sentences."""
        for sentence in sentences:
            for code in sentence.codes:
                command = inline_command(code)
                if command:
                    step.command, step.language, step.inline = command, "shell", True
                    return


def _title(text: Text) -> str:
    """Return an item's title: its bold lead, else the first sentence that asks, else the first."""
    strong = text.strong.strip(" :.")
    if len(strong.split()) > 1 and speech.listen(strong).asks and text.line.startswith(strong[:20]):
        return titled(strong)
    first = text.sentences[0]
    if not speech.listen(first).asks:
        asking = [sentence for sentence in text.sentences[1:] if speech.listen(sentence).asks]
        if asking and not lists.term(text):
            return titled(asking[0].text)
    return titled(first.text)
