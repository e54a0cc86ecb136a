# Sources of src/cli; see doc/internals/rooms.md for what belongs here.
