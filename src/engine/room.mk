# Sources of src/engine; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/engine/change.h src/engine/change.c src/engine/engine.h
