# Sources of src/proto/pop; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/proto/pop/error.h src/proto/pop/capability.h src/proto/pop/capability.c \
	src/proto/pop/session.h src/proto/pop/session-private.h src/proto/pop/session.c \
	src/proto/pop/session-queue.c src/proto/pop/session-auth.c src/proto/pop/session-receive.c
EXTRA_DIST += doc/internals/pop-session.md
