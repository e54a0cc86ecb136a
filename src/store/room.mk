# Sources of src/store; see doc/internals/rooms.md for what belongs here.
