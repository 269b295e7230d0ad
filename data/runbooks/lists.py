"""Which lists are things to do (R1-R3), decided for a list as a whole."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from data.runbooks import speech
from data.runbooks.blocks import Block, Code, Item, Listing, Paragraph
from data.runbooks.commands import Reading, inline_command, read_code
from data.runbooks.headings import Standing
from data.runbooks.inline import Text

NEUTRAL_SHARE = 0.34
BULLET_SHARE = 0.5
CONTEXT_SHARE = 0.75
LINKS_SHARE = 0.6

_CAUSES = re.compile(
    r"\b(causes?|reasons?|such as|factors?|scenarios?|symptoms?|conditions?|indicat\w+|means?|due to|because"
    r"|includ\w+|possibilit\w+|e\.g\.|for example|examples?|one of|any of|either|issues?|problems?|lead to"
    r"|result in|impacts?|variants?|consists?|contains?|shows?|allows? you to see|displays?)\b[^.]*:?\s*$",
    re.IGNORECASE,
)
_TERM = re.compile(r"^(?P<term>[^:–—]{1,60}?)(?:\s*:\s+|\s+[-–—]\s+)(?P<rest>\S.*)$", re.DOTALL)
_LONGEST_TERM = 6


class Worth(StrEnum):
    """What an item is."""

    DO = "do"
    SAY = "say"  # prose, or a thing
    LINK = "link"
    TERM = "term"  # a term and what it means


def weigh(item: Item) -> Worth:
    """Return what an item is by itself."""
    text = item.text
    if any(_commands_in(item.blocks)):
        return Worth.DO
    if text is None:
        return Worth.SAY
    if text.only_links:
        return Worth.LINK
    if asks(text):
        return Worth.DO
    if any(inline_command(text.plain[a:b]) for a, b in text.spans):
        return Worth.DO
    if term(text):
        return Worth.TERM
    return Worth.SAY


def asks(text: Text) -> bool:
    """Tell whether an item asks for something: its bold lead, its first sentence, what follows a term."""
    if not text.sentences:
        return False
    first = text.sentences[0]
    said = speech.listen(first)
    if said.asks or (text.strong and len(text.strong.split()) > 1 and speech.listen(text.strong).asks):
        return True
    parts = _TERM.match(first.text)
    if parts and len(parts["term"].split()) <= _LONGEST_TERM and speech.listen(parts["rest"]).asks:
        return True
    return said.conditional and any(speech.listen(sentence).asks for sentence in text.sentences[1:3])


def term(text: Text) -> bool:
    """Tell whether an item explains a term."""
    line = text.line
    parts = _TERM.match(line)
    if parts is None:
        return bool(text.strong) and line != text.strong and len(text.strong.split()) <= _LONGEST_TERM
    return len(parts["term"].split()) <= _LONGEST_TERM


def is_steps(listing: Listing, standing: Standing, intro: Text | None, *, nested: bool = False) -> bool:
    """Tell whether a list's items are steps."""
    items = [item for item in listing.items if item.blocks]
    if not items:
        return False
    if any(item.task for item in items):
        return True
    worths = [weigh(item) for item in items]
    if listing.ordered and listing.start == 0:
        return False
    if worths.count(Worth.LINK) >= LINKS_SHARE * len(items):
        return False
    share = worths.count(Worth.DO) / len(items)
    lead = intro.sentences[-1].text if intro and intro.sentences else ""
    if lead and share < BULLET_SHARE and _CAUSES.search(lead) and not speech.listen(lead).plain:
        return False
    if standing is Standing.CONTEXT:
        return listing.ordered and share >= CONTEXT_SHARE and any(map(_has_command, items))
    if listing.ordered:
        if nested and intro is not None and speech.listen(lead).asks and share < NEUTRAL_SHARE:
            return False  # what is asked for is said above; these are its parts
        if standing is Standing.ACTION or nested:
            return share > 0 or worths.count(Worth.TERM) < len(items)
        return share >= NEUTRAL_SHARE
    return share >= BULLET_SHARE


def _has_command(item: Item) -> bool:
    spans = (
        text.plain[a:b]
        for block in item.blocks
        if isinstance(block, Paragraph)
        for text in (block.text,)
        for a, b in text.spans
    )
    return any(map(inline_command, spans)) or any(_commands_in(item.blocks))


def commands(listing: Listing) -> list[Reading]:
    """Return the blocks of commands in a list and in the lists below it."""
    return [reading for item in listing.items for reading in _commands_in(item.blocks)]


def _commands_in(blocks: Sequence[Block]) -> Iterator[Reading]:
    for block in blocks:
        if isinstance(block, Code):
            reading = read_code(block.text, block.language)
            if reading.command:
                yield reading
        elif isinstance(block, Listing):
            yield from commands(block)
