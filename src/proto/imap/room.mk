# Sources of src/proto/imap; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/proto/imap/error.h src/proto/imap/limits.h \
	src/proto/imap/text.h src/proto/imap/text.c \
	src/proto/imap/uidset.h src/proto/imap/uidset.c \
	src/proto/imap/capability.h src/proto/imap/capability.c \
	src/proto/imap/mailbox.h src/proto/imap/mailbox.c \
	src/proto/imap/tokenizer.h src/proto/imap/tokenizer.c \
	src/proto/imap/reader.h src/proto/imap/reader.c \
	src/proto/imap/parse.h src/proto/imap/response.h src/proto/imap/code.c src/proto/imap/flags.c \
	src/proto/imap/envelope.c src/proto/imap/bodystructure.c src/proto/imap/fetch.c \
	src/proto/imap/list.c src/proto/imap/esearch.c src/proto/imap/thread.c \
	src/proto/imap/encode.h src/proto/imap/encode.c \
	src/proto/imap/search.h src/proto/imap/search.c \
	src/proto/imap/command.h src/proto/imap/command.c src/proto/imap/command-mailbox.c \
	src/proto/imap/command-message.c src/proto/imap/command-search.c \
	src/proto/imap/session.h src/proto/imap/session-private.h src/proto/imap/session.c \
	src/proto/imap/session-queue.c src/proto/imap/session-auth.c src/proto/imap/session-receive.c \
	src/proto/imap/session-untagged.c src/proto/imap/verbs.c
EXTRA_DIST += doc/internals/imap-session.md
