# Sources of src/sasl; see doc/internals/rooms.md for what belongs here.
