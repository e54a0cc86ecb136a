# Sources of src/local; see doc/internals/rooms.md for what belongs here.
