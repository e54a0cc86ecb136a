# Sources of src/proto/smtp; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/proto/smtp/error.h \
	src/proto/smtp/reply.h src/proto/smtp/reply.c \
	src/proto/smtp/capability.h src/proto/smtp/capability.c \
	src/proto/smtp/submission.h src/proto/smtp/submission.c \
	src/proto/smtp/data.h src/proto/smtp/data.c \
	src/proto/smtp/session.h src/proto/smtp/session-private.h src/proto/smtp/session.c \
	src/proto/smtp/session-auth.c src/proto/smtp/session-submit.c
EXTRA_DIST += doc/internals/smtp-session.md
