# Sources of src/local; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/local/mailbox.h src/local/discover.h src/local/demo.h
