"""Commands of a checklist under way: each in a process group of its own, watched, kept, and put on record."""
