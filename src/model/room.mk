# Sources of src/model; see doc/internals/rooms.md for what belongs here.
