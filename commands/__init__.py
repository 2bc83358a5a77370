"""One file a noun of the command line, loaded when it is first used; each command calls one function of a room."""
