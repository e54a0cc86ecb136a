# Sources of src/mime; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/mime/summary.h src/mime/part.h
