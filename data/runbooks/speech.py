"""Whether a sentence asks somebody to do something."""

import re
from dataclasses import dataclass

from data.runbooks import vocabulary as known
from data.runbooks.inline import Sentence

_WORD = re.compile(r"[^\s,;:()\[\]\"“”*]+|[,;:]")
_LABEL = re.compile(
    r"^(?:step\s*)?(?:\d{1,3}|[a-z])[.):]\s+|^step\s+\d+[a-z]?\s*[-–—:.)]*\s*|^[-–—•*]\s+"
    r"|^\(?(?:optional|recommended|required)\)?\s*[:.-]?\s+(?!but|and)(?=\w)|^\[[^\]]{1,12}\]\s+",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:you|we|engineers|sres?|the (?:on-?call|responder)(?: engineer)?)"
    r" (?P<how>(?:can|should|must|may|will|might|could|shall|'ll)(?P<need> (?:need|have|want|wish|try) to)?"
    r"|(?:have|need|want) to)"
    r" (?:(?:also|then|now|first|just|always|simply|either|instead|still|again|further|please|manually|safely"
    r"|temporarily) )*(?P<verb>\S+)"
)
_BETTER = re.compile(
    r"\bit(?:'s| is| may be| might be| can be) (?:strongly |highly |usually |also |often )?"
    r"(?:recommended|advisable|advised|suggested|best|better|cheaper|worthwhile|useful|helpful|wise|necessary"
    r"|a good idea|good practice)"
    r" (?:that you |to )(?:also |first )?(\S+)"
)
_CASES = re.compile(
    r"^(?:in|for) (?:\S+ ){0,3}(?:cases?|situations?|circumstances|scenarios?|events?)\b,? *", re.IGNORECASE
)
_ALERT = re.compile(
    r"^(?:this|the|these|an?)\s+(?:\S+\s+){0,3}?(?:alerts?|rules?|alarms?|metric|condition)\b[^.,]{0,60}?"
    r"\b(?:is|are|fires?|was|will|would|triggers?|triggered|indicates?|means|becomes|could|can|may|has|have|signals?|warns?)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:at first|first of all|in addition|as (?:a|an) \w+ (?:step|resort|measure)|in general"
    r"|if (?:needed|necessary|possible|required|applicable)|when needed|as needed|where possible|after that"
    r"|before that|once done|from there|for example|e\.g\.)\b[,:]?\s+",
    re.IGNORECASE,
)
# "See if it is up" and "Read its log" are work, "See the manual" and "Read more about it" are not
_WHAT_IT_IS = re.compile(
    r"(?:\w+ )?(?:see (?:if|whether|which|what|how|that|who|when|where)"
    r"|read (?!more|about|the (?:doc|guide|manual|page)|on\b|up\b))"
)
_REMARK = re.compile(r"^\W*(?:please\s+)?([\w.]+)\s*(?:[:!.]|that\b|[-–—]\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: it ``asks`` for something, at once (``plain``) or after a clause, or only points away."""

    asks: bool = False
    plain: bool = False
    conditional: bool = False
    pointer: bool = False


def listen(sentence: Sentence | str) -> Said:
    """Return what a sentence is; its inline code is no verb."""
    text = sentence.text if isinstance(sentence, Sentence) else sentence
    if isinstance(sentence, Sentence) and sentence.starts_with_code:
        return Said()
    return _listen(_OPENING.sub("", bare(text)[:1_000]))


def bare(text: str) -> str:
    """Return a sentence without number, bullet or box before it."""
    text = text.strip()
    for _ in range(3):
        shorter = _LABEL.sub("", text, count=1)
        if shorter == text or not shorter:
            return text
        text = shorter
    return text


def is_remark(text: str) -> bool:
    """Tell whether a text begins as a note or warning does."""
    found = _REMARK.match(text[:80])
    return bool(found) and found[1].lower().strip(".") in known.REMARKS  # type: ignore[index]


def tells_of_alert(text: str) -> bool:
    """Tell whether a text explains when the alert fires: meaning, under whatever heading."""
    return bool(_ALERT.match(text[:200]))


def _listen(text: str) -> Said:
    words = [word.lower().strip("`'‘’.!?<>_") for word in _WORD.findall(text)]
    words = [word for word in words if word]
    if not words or is_remark(text):
        return Said()
    conditional = words[0] in known.CONDITIONS or (words[0] == "in" and words[1:2] == ["case"])
    verb = _verb(words, 0)
    if verb:
        points = verb in known.POINTERS and not _WHAT_IT_IS.match(" ".join(words[:4]))
        return Said(True, True, conditional, points)
    if _foreign(words):
        return Said(True, True, conditional)
    lower = " ".join(text.lower().split())
    if match := _CASES.match(lower):
        rest = [word for word in _WORD.findall(lower[match.end() :]) if word]
        if rest and _verb(rest, 0):
            return Said(True, False, conditional)
    if _asked(lower):
        return Said(True, False, conditional)
    if words[0] in known.CLAUSES or words[0].endswith("ing"):
        verb = _after_clause(words)
        if verb:
            informs = words[0] == "for" and verb in known.POINTERS
            return Said(True, False, conditional, informs)
    return Said(conditional=conditional)


def _verb(words: list[str], start: int) -> str:
    """Return the verb an instruction begins with here, fillers skipped; "" for none."""
    while start < len(words) and (words[start] in known.FILLERS or words[start] == ","):
        start += 1
    if start >= len(words):
        return ""
    word = words[start]
    after = words[start + 1] if start + 1 < len(words) else ""
    if word in ("do", "don't", "never") and (word != "do" or after == "not"):
        return ""
    if word == "try" and after.endswith("ing"):
        return word
    if word in ("let", "let's") and after == "us":
        return word
    if "/" in word and all(part in known.VERBS or part in known.WEAK_VERBS for part in word.split("/")):
        return word
    if "_" in word.strip("_"):  # links are often named after files: gather_logs
        word = word.strip("_").split("_")[0]
    if word in known.WEAK_VERBS:
        # "Access to the logs is detailed below" is about access
        thing = after in ("to", "in", "for", "on", "by", "with", "from", "of")
        thing = thing and bool(known.AFTER_NOUN.intersection(words[start + 2 : start + 9]))
        return word if after in known.AFTER_VERB and not thing else ""
    if word in known.VERBS:
        if after in known.AFTER_NOUN or (after == "in" and word in known.BEFORE_IN):
            return ""
        return word
    return word if word in known.FOREIGN_FIRST else ""


def _foreign(words: list[str]) -> bool:
    """Tell whether this is a German instruction: the verb comes last, or before ``Sie``."""
    if len(words) > 1 and words[1] == "sie" and words[0].endswith("en"):
        return True
    clause = words[: words.index(",")] if "," in words else words
    if len(clause) < 2 or len(clause) > 25:
        return False
    return (clause[-1] in known.FOREIGN_LAST or words[-1].strip(":") in known.FOREIGN_LAST) and words[
        0
    ] != "zu"


def _asked(lower: str) -> bool:
    """Tell whether the text says that you should, can or must do something."""
    for match in _ASKED.finditer(lower):
        before = lower[: match.start()].rsplit(None, 1)
        if before and before[-1].strip(",") in known.NOT_ASKED_AFTER and len(before) > 1:
            continue
        sensed = match["verb"].strip(".,;:") in known.SENSED and not match["need"]
        if sensed and (
            match["how"] in ("will", "'ll", "might", "may")
            or match["verb"] in ("find", "see", "read", "learn")
        ):
            continue
        if _is_verb(match["verb"]):
            return True
    match_better = _BETTER.search(lower)
    return bool(match_better) and _is_verb(match_better[1])  # type: ignore[index]


def _is_verb(word: str) -> bool:
    word = word.strip(".,;:`'\"")
    return word in known.VERBS or word in known.WEAK_VERBS or word in known.FOREIGN_FIRST


def _after_clause(words: list[str]) -> str:
    """Return the verb that follows a leading clause: after a comma or ``then``, else before an article."""
    for place, word in enumerate(words):
        if word in (",", ":", "then") and place and (verb := _verb(words, place + 1)):
            return verb
    # "In some cases we have seen it put a load on the host" has its verb elsewhere
    told = words[0] not in known.CONDITIONS and words[0] not in ("to", "using", "after", "as")
    for place in range(2, len(words) - 1):
        if told and words[place] in _SUBJECTS:
            return ""
        sure = words[place] in known.SURE_VERBS and words[place + 1] not in known.AFTER_NOUN
        if sure or (
            words[place] in known.VERBS and words[place + 1] in ("the", "a", "an", "all", "your", "this")
        ):
            before = words[place - 1]
            if before not in known.NEVER_AFTER:
                return words[place]
    return ""


_LATE = 90
_SUBJECTS = known.AFTER_NOUN | frozenset(
    ("we", "we've", "you", "it", "they", "have", "be", "i", "there", "this", "that")
)


def asked_part(text: str) -> str:
    """Return a long sentence from where it begins to ask, the whole where that is its start."""
    lower = text.lower()
    for match in _ASKED.finditer(lower):
        after_clause = lower[: match.start()].rstrip().endswith(",")
        if match.start() > _LATE and after_clause and _is_verb(match["verb"]):
            return text[match.start()].upper() + text[match.start() + 1 :]
    return text
