# Sources of src/sasl; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/sasl/sasl.h
