# Sources of src/ui; see doc/internals/rooms.md for what belongs here.
