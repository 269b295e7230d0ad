"""Whatever comes from outside is read within its limits or refused in words, and nothing else happens."""
