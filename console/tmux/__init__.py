"""The war room in tmux: one window of consoles that several people look at."""
