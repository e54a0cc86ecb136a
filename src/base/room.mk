# Sources of src/base; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/base/i18n.h
libmalle_a_SOURCES += src/base/mailflags.h src/base/mailflags.c
