# Sources of src/base; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/base/i18n.h
libmalle_a_SOURCES += src/base/error.h src/base/error.c
libmalle_a_SOURCES += src/base/desktop.h src/base/desktop.c
libmalle_a_SOURCES += src/base/exit_codes.h
libmalle_a_SOURCES += src/base/id_set.h src/base/id_set.c
libmalle_a_SOURCES += src/base/keep.h src/base/keep.c
libmalle_a_SOURCES += src/base/log.h src/base/log.c
libmalle_a_SOURCES += src/base/mailflags.h src/base/mailflags.c
libmalle_a_SOURCES += src/base/text.h src/base/text-safe.c src/base/text-width.c src/base/text-fit.c \
	src/base/text-key.c src/base/text-words.c src/base/text-locale.c src/base/time.h src/base/time.c
libmalle_a_SOURCES += src/base/paths.h src/base/paths.c
libmalle_a_SOURCES += src/base/secret.h src/base/secret.c
libmalle_a_SOURCES += src/base/subprocess.h src/base/subprocess.c
libmalle_a_SOURCES += src/base/rendered.h src/base/rendered.c
libmalle_a_SOURCES += src/base/absent.h src/base/absent.c
