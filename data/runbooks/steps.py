"""The rules that find steps, section after section (R1-R6)."""

from collections.abc import Sequence
from dataclasses import replace

from data.runbooks import lists, speech, tables
from data.runbooks.blocks import Block, Code, Listing, Paragraph, Quote, Section, Table
from data.runbooks.commands import read_code
from data.runbooks.drafts import Draft, Drafts, Place, titled
from data.runbooks.headings import Heading, Standing, read_heading
from data.runbooks.inline import Text
from data.runbooks.mend import shown
from data.runbooks.paragraphs import OUTPUT, Paragraphs

_LONGEST_HEAD = 60


class Reader(Paragraphs):
    """Reads sections one after another. ``loose`` takes what is not context for action (R7)."""

    def __init__(self, *, loose: bool = False) -> None:
        super().__init__(Drafts(), loose=loose)

    def read(self, section: Section, title: Section | None) -> Drafts:
        """Read a document; ``title`` is the section whose heading is its title."""
        self._section(section, (), Standing.NEUTRAL, title)
        return self.found

    def _section(
        self, section: Section, path: tuple[str, ...], inherited: Standing, title: Section | None
    ) -> None:
        heading = read_heading(section.heading.line) if section.heading else Heading("")
        parent = path
        if section is title:
            standing = (
                Standing.ACTION if heading.asks or heading.standing is Standing.ACTION else Standing.NEUTRAL
            )
            standing = standing if _title_asks(heading) else Standing.NEUTRAL
        else:
            standing = inherited if heading.standing is Standing.NEUTRAL else heading.standing
            if heading.text:
                path = (*path, heading.text)
        place = Place(path, standing, heading, parent, inherited)
        place.titled = section is title
        before = len(self.found.steps)
        self._body(section.blocks, place)
        for child in section.children:
            self._section(child, path, standing, title)
        if len(self.found.steps) == before and section is not title:
            self._heading_alone(section, place)

    def _heading_alone(self, section: Section, place: Place) -> None:
        """Give a section that gave none its step: where it points to, or what its heading asks for (R6)."""
        heading = place.heading
        if place.standing is not Standing.ACTION:
            return
        if (heading.step or heading.asks) and place.inherited is not Standing.CONTEXT:
            step = Draft(place.parent, titled(heading.bare or heading.text), shown(section.blocks))
            step.pointer = place.pointer is not None and not heading.step
            if place.pointer:
                step.links += place.pointer.links
            self.found.said.pop(place.path, None)
            self.found.add(place, step)
        elif place.pointer is not None:
            text = place.pointer
            points = [sentence for sentence in text.sentences if speech.listen(sentence).pointer]
            title = titled((points or text.sentences)[0].text)
            if text.only_links:
                title = titled(f"See {', '.join(link.text for link in text.links)}")
            step = Draft(place.path, title, [text.shown], links=list(text.links))
            step.pointer = True
            self.found.add(place, step)

    def _body(self, blocks: Sequence[Block], place: Place) -> None:
        position = 0
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            position += 1
            match block:
                case Paragraph():
                    if isinstance(following, Code) and self._command(block.text, following, place):
                        position += 1
                    elif isinstance(following, Listing) and block.text.line.endswith((":", "：")):
                        self._listing(following, place, block.text)
                        position += 1
                    elif following is None and block.text.line.endswith(":"):
                        self.found.aside(
                            place, [block.text.shown]
                        )  # it leads in what comes under other headings
                    else:
                        self._prose(block.text, place)
                case Code():
                    self._code(block, place, blocks[position - 2] if position > 1 else None)
                case Listing():
                    self._listing(block, place, None)
                case Table():
                    self._table(block, place)
                case Quote():
                    self._quote(block, place)

    def _prose(self, text: Text, place: Place) -> None:
        if place.standing is Standing.CONTEXT:
            self.found.note(place, [text.shown])
        elif not self._instructions(text, place):
            self.found.aside(place, [text.shown])

    def _code(self, code: Code, place: Place, before: Block | None) -> None:
        """Place code that no paragraph introduces."""
        reading = read_code(code.text, code.language)
        standing = place.standing
        if standing is Standing.CONTEXT or not reading.command or not reading.sure:
            if standing is Standing.CONTEXT:
                self.found.note(place, shown([code]))
            else:
                self.found.aside(place, shown([code]))
            return
        last = place.last
        if (
            isinstance(before, Code)
            and last is not None
            and last.command
            and last.language == reading.language
        ):
            last.command += "\n" + reading.command
            return
        if isinstance(before, Paragraph) and before.text.sentences:
            if last is not None and not last.command and not OUTPUT.search(before.text.sentences[-1].text):
                self._give(last, reading)
            else:
                self.found.aside(place, shown([code]))
            return
        if (place.heading.asks or place.heading.step) and not place.titled:
            place.titled = True
            step = Draft(place.parent, titled(place.heading.bare or place.heading.text))
        else:
            step = Draft(place.path, titled(f"Run {reading.command.splitlines()[0]}"))
        self._give(step, reading)
        self.found.add(place, step)

    def _listing(self, listing: Listing, place: Place, intro: Text | None) -> None:
        standing = self._standing(place)
        if intro is not None and len(intro.line) <= _LONGEST_HEAD:
            # "How to fix it:" and "How it works:" are headings in all but form
            own = read_heading(intro.line).standing
            standing = standing if own is Standing.NEUTRAL or speech.listen(intro.line).asks else own
        if lists.is_steps(listing, standing, intro):
            if intro is not None:
                self._lead(intro, place)
            for item in listing.items:
                self.item(item, place, 0)
            return
        texts = ([intro.shown] if intro else []) + shown([listing])
        if standing is Standing.CONTEXT:
            self.found.note(place, texts)
            return
        if intro is not None and self._asks_in(intro, standing):
            sentences = intro.sentences
            title = titled(sentences[-1].text)
            if " " not in title:  # "Run:"
                title = titled(f"{title} {_first_line(listing)}")
            step = Draft(place.path, title, texts, links=list(intro.links))
            step.links += [link for item in listing.items if item.text for link in item.text.links]
            self._inline(step, sentences)
            self.found.add(place, step)
            return
        if intro is None or not self._instructions(intro, place):
            if intro is not None and standing is Standing.ACTION and place.pointer is None:
                links = tuple(link for item in listing.items if item.text for link in item.text.links)
                if links and speech.listen(intro.sentences[-1]).pointer:
                    place.pointer = replace(intro, shown="\n\n".join(texts), links=intro.links + links)
            self.found.aside(place, texts)
        else:
            self.found.aside(place, shown([listing]))

    @staticmethod
    def _asks_in(intro: Text, standing: Standing) -> bool:
        """Tell whether the sentence before a list asks for what the list details (R3)."""
        said = speech.listen(intro.sentences[-1])
        if not said.asks or speech.is_remark(intro.plain):
            return False
        if said.pointer and not said.conditional:
            return False
        return standing is Standing.ACTION or said.plain

    def _lead(self, intro: Text, place: Place) -> None:
        """Keep what stands before a list of steps: only more than "do the following" is a step itself."""
        sentences = intro.sentences
        earlier = [sentence for sentence in sentences[:-1] if speech.listen(sentence).plain]
        if earlier and self._standing(place) is Standing.ACTION and not speech.is_remark(intro.plain):
            step = Draft(place.path, titled(earlier[0].text), [intro.shown], links=list(intro.links))
            self._inline(step, sentences[:-1])
            self.found.add(place, step)
        else:
            self.found.note(place, [intro.shown])

    def _table(self, table: Table, place: Place) -> None:
        found = tables.rows(table) if place.standing is not Standing.CONTEXT else []
        for row in found:
            first = row.text.sentences[0].text
            step = Draft(place.path, titled(first), [row.text.shown, row.rest], links=list(row.text.links))
            step.low = not any(speech.listen(sentence).asks for sentence in row.text.sentences[:1])
            if row.command:
                step.command, step.language = row.command, "shell"
            self.found.add(place, step)
        if not found:
            self.found.aside(place, shown([table]))

    def _quote(self, quote: Quote, place: Place) -> None:
        """Boxes to tick count even in a quotation; everything else in it is a remark."""
        for block in quote.blocks:
            if isinstance(block, Listing) and any(item.task for item in block.items):
                self._listing(block, place, None)
            else:
                self.found.aside(place, shown([Quote([block])]))


def _first_line(listing: Listing) -> str:
    return next((item.text.line for item in listing.items if item.text), "")


def _title_asks(heading: Heading) -> bool:
    lower = heading.text.lower()
    return (
        heading.asks or lower.startswith(("how to", "troubleshoot")) or lower.split(" ", 1)[0].endswith("ing")
    )
