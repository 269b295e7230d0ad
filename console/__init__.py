"""The program: command line, screens, workers, and the one clock."""
