# Sources of src/engine; see doc/internals/rooms.md for what belongs here.
