"""Commands: each changes the store through one write, or is refused with a reason."""
