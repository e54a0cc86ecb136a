# Sources of src/mime; see doc/internals/rooms.md for what belongs here.
