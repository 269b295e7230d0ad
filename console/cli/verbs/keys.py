"""The verb that prints the console's keys."""

from console.cli import output
from console.cli.common import verb
from console.cli.options import Options


@verb("keys", hides=("store", "as_"))
def keys(options: Options) -> None:
    """Print the console's keys and their ids.

    By its id console.toml in your configuration folder gives an action another key.
    """
    from console.actions import table as actions
    from data.text_table import Column, Part, table

    found = actions()
    if options.json:
        output.emit([dict(zip(("key", "where", "action", "id"), row, strict=True)) for row in found])
        return
    columns = (Column("KEY"), Column("WHERE"), Column("WHAT IT DOES", flexible=True), Column("ID"))
    output.show(table(columns, [tuple(map(Part, row)) for row in found], output.width()))
