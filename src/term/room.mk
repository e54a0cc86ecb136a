# Sources of src/term; see doc/internals/rooms.md for what belongs here.
