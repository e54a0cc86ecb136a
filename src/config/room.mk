# Sources of src/config; see doc/internals/rooms.md for what belongs here.
