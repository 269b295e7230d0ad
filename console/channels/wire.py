"""How the console and the process that sends talk: a JSON object a line."""

import json

from console.channels import Message, Outcome
from data.domain.codec import decode, encode

LINE = 4 * 1024 * 1024  # bytes of one line, at most


def asking(number: int, url: str, message: Message) -> str:
    """Return the line that asks for a message to be sent."""
    return json.dumps({"number": number, "url": url, "message": encode(message)}) + "\n"


def asked(line: str) -> tuple[int, str, Message]:
    """Return number, address and message of a line that asks."""
    found = json.loads(line)
    message: Message = decode(Message, found["message"])
    return found["number"], found["url"], message


def telling(number: int, outcome: Outcome) -> str:
    """Return the line that tells what a try came to."""
    return json.dumps({"number": number, "outcome": encode(outcome)}) + "\n"


def told(line: bytes) -> tuple[int, Outcome]:
    """Return number and outcome of a line that tells."""
    found = json.loads(line)
    outcome: Outcome = decode(Outcome, found["outcome"])
    return found["number"], outcome
