"""What a heading says of the text below it: something to do, something to know, or neither."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from data.runbooks import speech, vocabulary
from data.text import clean_line

_ANCHOR = re.compile(r"\s*\{[#.:][^}]*\}\s*$|\s*#+\s*$")
_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_NUMBER = re.compile(r"^\s*(?:(?:\d{1,3}|[IVX]{1,4})(?:\.\d{1,3})*[.):]|\d{1,3}(?:\.\d{1,3})+)\s+")
_STEP = re.compile(
    r"^(?:step|schritt|étape|etape|paso|passo|phase|task)\s+(?:\d+|[a-z]|one|two|three|four|five|six)\b"
    r"(?:[.]\d+)*\s*[-–—:.)]*\s*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Standing(StrEnum):
    """The class of a section."""

    ACTION = "action"
    CONTEXT = "context"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, read. ``asks`` tells that it is an instruction itself, ``step`` that it counts one."""

    text: str
    standing: Standing = Standing.NEUTRAL
    asks: bool = False
    step: bool = False
    bare: str = ""  # without "Step 3:"


def tidy(text: str) -> str:
    """Return a heading without its number, anchor and emoji."""
    text = _SHORTCODE.sub("", _ANCHOR.sub("", text))
    text = "".join(character for character in text if not _pictures(character))
    return clean_line(_NUMBER.sub("", " ".join(text.split())).strip(" :*_"))


def _pictures(character: str) -> bool:
    return character in "\ufe0f\u20e3\u200d" or (
        ord(character) > 0x2190 and unicodedata.category(character) in ("So", "Sk")
    )


def read_heading(text: str) -> Heading:
    """Return what a heading says of its section."""
    shown = tidy(text)
    lower = shown.lower()
    step = bool(_STEP.match(shown)) and not lower.startswith("phase")
    bare = _STEP.sub("", shown) or shown
    asks = _asks(bare)
    return Heading(shown, _standing(bare.lower() if step else lower, asks, step), asks, step, bare)


def _asks(text: str) -> bool:
    words = _WORDS.findall(text.lower())
    if not words or "?" in text:
        return False
    if words[0] in vocabulary.POINTERS or _explains(text.lower()):
        return False
    short = len(words) <= 4 and not set(words) & vocabulary.AFTER_VERB
    if short and words[-1] in vocabulary.THINGS and words[0] not in vocabulary.SURE_HEADINGS:
        return False
    return len(words) > 1 and speech.listen(text).asks


def _standing(lower: str, asks: bool, step: bool) -> Standing:
    words = _WORDS.findall(lower)
    if not words:
        return Standing.NEUTRAL
    if step or asks:
        return Standing.ACTION
    acts = any(word.startswith(stem) for word in words for stem in vocabulary.ACTION)
    if any(phrase in lower for phrase in vocabulary.ACTION_PHRASES):
        return Standing.ACTION
    if any(lower.startswith(phrase) or f" {phrase}" in lower for phrase in vocabulary.CONTEXT_PHRASES):
        return Standing.CONTEXT
    explains = [number for number, word in enumerate(words) if _about(word)]
    if explains:
        # "Causes and solutions" is for doing, "Description of the steps" for reading
        joined = {"and", "und", "et", "y", "e", "or"} & set(words) or re.search(r"[&/+]", lower)
        if not acts or (explains[0] <= 1 and not joined):
            return Standing.CONTEXT
        return Standing.ACTION
    if acts or words[0] in ("if", "when", "wenn", "falls", "si") or _gerund(words[0]):
        return Standing.ACTION
    return Standing.NEUTRAL


def _explains(lower: str) -> bool:
    return any(lower.startswith(phrase) for phrase in vocabulary.CONTEXT_PHRASES)


def _about(word: str) -> bool:
    return any(word.startswith(stem) and len(word) <= len(stem) + 4 for stem in vocabulary.CONTEXT)


def _gerund(word: str) -> bool:
    """Tell whether a word is an instruction's verb with -ing: "Restarting the broker"."""
    if not word.endswith("ing") or len(word) < 6:
        return False
    stem = word[:-3]
    return any(verb in vocabulary.VERBS for verb in (stem, stem + "e", stem[:-1]))


def slug(text: str) -> str:
    """Return the anchor that forges give a heading."""
    kept = "".join(letter for letter in text.lower().strip() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def stage_of(path: tuple[str, ...]) -> str:
    """Return the guide's phase that a path of headings falls in, the deepest that says so; "" for none."""
    for heading in reversed(path):
        words = _WORDS.findall(heading.lower())
        for word in words:
            for stage, stems in vocabulary.STAGES:
                if any(word.startswith(stem) for stem in stems):
                    return stage
    return ""
