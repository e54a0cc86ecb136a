# Sources of src/proto/imap; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/proto/imap/error.h src/proto/imap/text.h src/proto/imap/uidset.h src/proto/imap/capability.h \
	src/proto/imap/mailbox.h src/proto/imap/response.h src/proto/imap/search.h src/proto/imap/command.h \
	src/proto/imap/session.h
