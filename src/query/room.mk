# Sources of src/query; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/query/query.h
