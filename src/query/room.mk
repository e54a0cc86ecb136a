# Sources of src/query; see doc/internals/rooms.md for what belongs here.
