# Sources of src/net; see doc/internals/rooms.md for what belongs here.
