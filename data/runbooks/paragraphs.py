"""Paragraphs that ask for something, alone or with the code after them (R4, R5)."""

import re
from collections.abc import Sequence

from data.runbooks import speech
from data.runbooks.blocks import Code
from data.runbooks.commands import inline_command, read_code
from data.runbooks.drafts import Draft, Drafts, Place, titled
from data.runbooks.headings import Standing
from data.runbooks.inline import Sentence, Text
from data.runbooks.items import Items
from data.runbooks.mend import shown
from data.runbooks.vocabulary import CLAUSES

OUTPUT = re.compile(
    r"\b(?:(?:sample|example|expected|typical|the) (?:output|result|response)s?|outputs?\b|looks? like|"
    r"look similar|"
    r"should (?:see|look|return|show|be|print)|will (?:see|return|show|print|look)|returns?|as follows|"
    r"like (?:this|so)|similar to|in the form|"
    r"responds? with|results? in)\b",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"\b(?:run|runs|running|execut\w+|commands?|script|using|use|issue|invoke|shell|call"
    r"|(?:following|this|below) quer(?:y|ies))\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(r"\b(?:following|below)\b|:$", re.IGNORECASE)
_THIS_PAGE = re.compile(
    r"\b(?:use|follow|read|see|consult) (?:this|these) (?:\w+ )?"
    r"(?:runbook|playbook|guide|document|page|procedure|doc|file|section)",
    re.IGNORECASE,
)


class Paragraphs(Items):
    """Makes steps of paragraphs. ``loose`` takes what is neither context nor action for action (R7)."""

    def __init__(self, found: Drafts, *, loose: bool) -> None:
        super().__init__(found)
        self._loose = loose

    def _standing(self, place: Place) -> Standing:
        return Standing.ACTION if self._loose and place.standing is Standing.NEUTRAL else place.standing

    def _instructions(self, text: Text, place: Place) -> bool:
        """Make the steps of a paragraph (R5); False where it asks for nothing."""
        sentences = text.sentences
        if not sentences or speech.is_remark(text.plain):
            return False
        if text.only_links:
            return self._only_links(text, place)
        said = [speech.listen(sentence) for sentence in sentences]
        asking = asked = [
            n
            for n, item in enumerate(said)
            if item.asks and not item.pointer and not _THIS_PAGE.search(sentences[n].text)
        ]
        if self._standing(place) is not Standing.ACTION:
            below = bool(place.heading.text) and bool(place.path)
            if not below:
                asking = []
            elif not all(item.plain for item in said):  # unless each line is an instruction, only the first
                begins = text.line.split(None, 1)[0].lower().strip(",")
                asking = [0] if asking[:1] == [0] and (said[0].plain or begins in CLAUSES) else []
        commands = [n for n, sentence in enumerate(sentences) if any(map(inline_command, sentence.codes))]
        if speech.tells_of_alert(text.plain) and not asking:
            return False
        if not asking and not commands:
            points = next(
                (sentence for sentence, item in zip(sentences, said, strict=True) if item.pointer), None
            )
            if points is not None and text.links and place.pointer is None:
                place.pointer = text
            return False
        lines = all(sentence.starts_line for sentence in sentences)
        if len(asking) > 1 and lines and all(said[n].plain or said[n].conditional for n in asking):
            self._by_lines(sentences, asking, text, place)
            return True
        number = asking[0] if asking else commands[0]
        step = Draft(
            place.path,
            titled(sentences[number].text),
            [text.shown],
            low=number not in asked,
            links=list(text.links),
        )
        self._inline(step, sentences)
        self.found.add(place, step)
        return True

    def _only_links(self, text: Text, place: Place) -> bool:
        """Take a link below a heading that asks for something as how to do it."""
        if self._standing(place) is not Standing.ACTION:
            return False
        if place.heading.asks and not place.titled and place.last is None:
            place.titled = True
            step = Draft(place.parent, titled(place.heading.text), [text.shown], links=list(text.links))
            self.found.add(place, step)
            return True
        if place.pointer is None:
            place.pointer = text
        return False

    def _by_lines(
        self, sentences: Sequence[Sentence], asking: Sequence[int], text: Text, place: Place
    ) -> None:
        """Make a step of each line: the author wrote a list without bullets."""
        for number, sentence in enumerate(sentences):
            if number in asking:
                step = Draft(place.path, titled(sentence.text), [sentence.text])
                step.links = [link for link in text.links if link.text in sentence.text]
                step.details += [f"{link.text}: {link.url}" for link in step.links]
                self._inline(step, (sentence,))
                self.found.add(place, step)
            else:
                self.found.aside(place, [sentence.text])

    def _command(self, text: Text, code: Code, place: Place) -> bool:
        """Make the step of a paragraph and the code after it (R4); False where they are not one."""
        if place.standing is Standing.CONTEXT:
            return False
        reading = read_code(code.text, code.language)
        said = [speech.listen(sentence) for sentence in text.sentences]
        asking = [n for n, item in enumerate(said) if item.asks and not item.pointer]
        last = text.sentences[-1].text if text.sentences else ""
        if not reading.command or not (reading.sure or asking or _RUNS.search(text.line)):
            if not asking or speech.is_remark(text.plain) or self._standing(place) is not Standing.ACTION:
                return False
            if not self._instructions(text, place):
                return False
            self.found.aside(place, shown([code]))
            return True
        if speech.is_remark(text.plain) and not asking:
            return False
        if not asking and speech.tells_of_alert(text.plain):
            self.found.note(place, [text.shown, *shown([code])])
            return True
        if not asking and OUTPUT.search(last) and not _RUNS.search(last):
            return False
        if (
            asking
            and len(text.sentences) - 1 not in asking
            and _INTRODUCES.search(last)
            and not _RUNS.search(last)
        ):
            self._instructions(text, place)  # two thoughts: what to do, and a query to look at
            asking = []
        speaks = [n for n in asking if len(text.sentences[n].text.split()) > 2] or asking
        speaks = [n for n in speaks if _INTRODUCES.search(text.sentences[n].text)] or speaks
        title = titled(text.sentences[speaks[-1]].text) if asking else titled(last)
        path, low = place.path, not asking and not _RUNS.search(last)
        headed = (place.heading.asks or place.heading.step) and not place.titled and place.last is None
        if not asking and headed:
            title, path, low, place.titled = (
                titled(place.heading.bare or place.heading.text),
                place.parent,
                False,
                True,
            )
        step = Draft(path, title, [text.shown], low=low, links=list(text.links))
        self._give(step, reading)
        self.found.add(place, step)
        return True
