"""Tables whose rows are things to do: what to look at, what to do about it, with which command."""

import re
from dataclasses import dataclass

from data.runbooks import speech
from data.runbooks.blocks import Table
from data.runbooks.commands import inline_command, read_code
from data.runbooks.inline import Text

_DOES = re.compile(
    r"^(?:recommended |suggested |immediate |next |corrective |possible )?"
    r"(?:actions?|fix(?:es)?|resolutions?|remed(?:y|iation)|solutions?|what to do|steps?|tasks?|mitigations?|"
    r"responses?|to-?do|checks?|how to fix|instructions?|procedure|workaround|"
    r"aktion|maßnahmen?|lösung|schritte?|prüfung|behebung|acción|acciones|solución|ação|solução|étape)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"^(?:commands?|cmd|run|query|quer(?:y|ies)|befehle?|kommando|comando|commande)\b", re.IGNORECASE
)
SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is a step."""

    text: Text
    command: str
    rest: str


def rows(table: Table) -> list[Row]:
    """Return the rows that are steps, none where the table only tells something."""
    if len(table.rows) < 2:
        return []
    head, *body = table.rows
    column = _column(head, body)
    command_column = next((n for n, cell in enumerate(head) if _COMMANDS.match(cell.line)), None)
    if column is None:
        return []
    found = []
    for row in body:
        if column >= len(row) or not row[column].line:
            continue
        text = row[column]
        cells = (
            [text] if command_column is None or command_column >= len(row) else [row[command_column], text]
        )
        command = next((item for cell in cells for item in _commands(cell)), "")
        if not command and len(cells) > 1:
            command = read_code(cells[0].line, "").command
        others = [
            f"{head[n].line}: {cell.shown}" if n < len(head) and head[n].line else cell.shown
            for n, cell in enumerate(row)
            if n not in (column, command_column) and cell.line
        ]
        found.append(Row(text, command, "\n".join(others)))
    return found


def _commands(cell: Text) -> list[str]:
    return [command for a, b in cell.spans if (command := inline_command(cell.plain[a:b]))]


def _column(head: list[Text], body: list[list[Text]]) -> int | None:
    """Return the column that says what to do: named so, or where nearly every cell asks for something."""
    shares = []
    for number in range(len(head)):
        cells = [row[number] for row in body if number < len(row) and row[number].line]
        asking = sum(any(speech.listen(sentence).asks for sentence in cell.sentences[:1]) for cell in cells)
        shares.append(asking / len(cells) if cells else 0.0)
    named = [number for number, cell in enumerate(head) if _DOES.match(cell.line)]
    best = max(named, key=lambda number: shares[number], default=None)
    if best is not None and shares[best] >= SHARE:
        return best
    if best is not None and not any(shares) and not head[best].line.isascii():
        return best  # a language whose verbs are not known
    best = max(range(len(head)), key=lambda number: shares[number], default=None)
    return best if best is not None and shares[best] >= 0.75 and len(body) > 1 else None
