# Sources of src/proto that the protocols share; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/proto/output.h src/proto/output.c src/proto/exchange.h src/proto/exchange.c
