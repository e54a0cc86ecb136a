# Sources of src/net; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/net/error.h src/net/flights.h src/net/tls.h src/net/stream.h src/net/connect.h src/net/scripted.h
