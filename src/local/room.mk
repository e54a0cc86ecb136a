# Sources of src/local; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/local/mailbox.h src/local/discover.h src/local/demo.h
libmalle_a_SOURCES += src/local/mailbox-internal.h src/local/mailbox.c src/local/maildir.c src/local/mbox.c src/local/folders.c \
	src/local/discover.c
