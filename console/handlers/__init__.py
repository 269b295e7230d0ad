"""What each action of the table does: ask what is missing, run one command, say what came of it."""
