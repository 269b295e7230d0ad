"""The rules of the war room: pure functions, standard library only, `now` always an argument."""
