"""What comes after an incident: its post-mortem and its action items."""

from console.actions.action import AFTER, BOTH, Action, Where

_REVIEW = (Where.REVIEW,)
_POST_MORTEM = (Where.POST_MORTEM,)

ON_REVIEW: tuple[Action, ...] = (
    Action(
        "post-mortem.open",
        "P",
        "",
        "Write the post-mortem, filled in from the record",
        (*BOTH, *_REVIEW),
        "review:post_mortem",
        "",
    ),
    Action("part.write", "w", "write", "Write this part", _POST_MORTEM, "review:write", ""),
    Action("part.editor", "E", "editor", "Write this part in $EDITOR", _POST_MORTEM, "review:in_editor", ""),
    Action(
        "part.clear", "minus", "", "Leave this part to the record again", _POST_MORTEM, "review:clear", "-"
    ),
    Action(
        "post-mortem.final",
        "F",
        "final",
        "Make it final: locked until it is reopened",
        _POST_MORTEM,
        "review:finish",
        "",
    ),
    Action(
        "post-mortem.reopen",
        "O",
        "",
        "Reopen a final post-mortem, with a reason",
        _POST_MORTEM,
        "review:reopen",
        "",
    ),
    Action(
        "post-mortem.not-needed",
        "x",
        "",
        "Say that no post-mortem is needed, with a reason",
        AFTER,
        "review:waive",
        "",
    ),
    Action(
        "post-mortem.blameless",
        "b",
        "blameless",
        "Roles instead of names, and back",
        _POST_MORTEM,
        "review:blameless",
        "",
    ),
    Action("item.add", "n", "action item", "Add an action item", AFTER, "review:add_item", ""),
    Action("item.done", "space", "done", "Set the action item done", _REVIEW, "review:item_done", "space"),
    Action("item.drop", "minus", "", "Drop the action item, with a reason", _REVIEW, "review:item_drop", "-"),
    Action(
        "item.change",
        "e",
        "change",
        "Change the action item: owner, due date, type, ticket",
        _REVIEW,
        "review:item_change",
        "",
    ),
)
