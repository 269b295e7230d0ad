"""How far somebody has read an incident's record: a fact of theirs, no event of the incident."""

from datetime import datetime

from sqlalchemy import Connection, update

from data.store.commands.leases import insert_unless_there
from data.store.tables_after import LOOKED
from data.text import clean_line


def look(connection: Connection, now: datetime, *, operator: str, incident: int, seq: int) -> None:
    """Note that an operator has seen an incident's record up to an event; what was read stays read."""
    who = clean_line(operator)
    mine = (LOOKED.c.operator == who, LOOKED.c.incident == incident)
    again = update(LOOKED).where(*mine, LOOKED.c.seq <= seq).values(seq=seq, at=now)
    if connection.execute(again).rowcount == 0:
        row = {"operator": who, "incident": incident, "seq": seq, "at": now}
        insert_unless_there(connection, LOOKED, [row])
