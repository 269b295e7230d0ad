"""What is done with runbooks: read, import, edit, attach."""

from console.actions.action import RUNBOOKS, Action, Where

_LIST = (Where.RUNBOOKS,)
_IMPORT = (Where.IMPORT,)

ON_RUNBOOKS: tuple[Action, ...] = (
    Action(
        "runbook.import",
        "i",
        "import",
        "Import Markdown: a file, a folder or file.md#heading",
        _LIST,
        "runbooks:bring",
        writes=True,
    ),
    Action(
        "runbook.attach",
        "R",
        "attach",
        "Attach it to a live incident",
        RUNBOOKS,
        "runbooks:attach_to",
        writes=True,
    ),
    Action(
        "runbook.edit", "E", "edit", "Edit its Markdown in $EDITOR", RUNBOOKS, "runbooks:edit", writes=True
    ),
    Action("runbook.versions", "v", "versions", "Its versions: who and when", RUNBOOKS, "runbooks:versions"),
    Action(
        "runbook.remove",
        "minus",
        "",
        "Remove an imported runbook; incidents keep their copy",
        RUNBOOKS,
        "runbooks:remove",
        "-",
        writes=True,
    ),
    Action(
        "runbook.filter",
        "slash",
        "filter",
        "Filter by title, steps and text; !word leaves out",
        _LIST,
        "runbooks:filter_rows",
        "/",
    ),
    Action(
        "import.take",
        "f2",
        "import",
        "Import what is shown; nothing is kept before",
        _IMPORT,
        "runbooks:take",
        "enter",
        writes=True,
    ),
    Action(
        "import.turn",
        "space",
        "step/note",
        "Turn a step into a note and back; unfold or fold a file",
        _IMPORT,
        "runbooks:turn",
        "space",
    ),
    Action(
        "import.leave",
        "minus",
        "leave out",
        "Leave this file out, or take it in again",
        _IMPORT,
        "runbooks:leave",
        "-",
    ),
)
