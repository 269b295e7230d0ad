"""The part of the action table for what comes after an incident: its post-mortem and action items."""

Row = tuple[str, str, str, str, tuple[str, ...], str, str]

_REVIEW = ("review",)
_POST_MORTEM = ("post-mortem",)

# id, key, label, help, places, handler, and the key as people write it
AFTER: tuple[Row, ...] = (
    (
        "post-mortem.open",
        "P",
        "",
        "Write the post-mortem, filled in from the record",
        ("board", "incident", *_REVIEW),
        "review:post_mortem",
        "",
    ),
    ("part.write", "w", "write", "Write this part", _POST_MORTEM, "review:write", ""),
    ("part.editor", "E", "editor", "Write this part in $EDITOR", _POST_MORTEM, "review:in_editor", ""),
    ("part.clear", "minus", "", "Leave this part to the record again", _POST_MORTEM, "review:clear", "-"),
    (
        "post-mortem.final",
        "F",
        "final",
        "Make it final: locked until it is reopened",
        _POST_MORTEM,
        "review:finish",
        "",
    ),
    (
        "post-mortem.reopen",
        "O",
        "",
        "Reopen a final post-mortem, with a reason",
        _POST_MORTEM,
        "review:reopen",
        "",
    ),
    (
        "post-mortem.not-needed",
        "x",
        "",
        "Say that no post-mortem is needed, with a reason",
        (*_REVIEW, *_POST_MORTEM),
        "review:waive",
        "",
    ),
    (
        "post-mortem.blameless",
        "b",
        "blameless",
        "Roles instead of names, and back",
        _POST_MORTEM,
        "review:blameless",
        "",
    ),
    ("item.add", "n", "action item", "Add an action item", (*_REVIEW, *_POST_MORTEM), "review:add_item", ""),
    ("item.done", "space", "done", "Set the action item done", _REVIEW, "review:item_done", "space"),
    ("item.drop", "minus", "", "Drop the action item, with a reason", _REVIEW, "review:item_drop", "-"),
    (
        "item.change",
        "e",
        "change",
        "Change the action item: owner, due date, type, ticket",
        _REVIEW,
        "review:item_change",
        "",
    ),
)
