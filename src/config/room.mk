# Sources of src/config; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/config/account.h
libmalle_a_SOURCES += src/config/keys.h
libmalle_a_SOURCES += src/config/options.h
libmalle_a_SOURCES += src/config/problem.h
libmalle_a_SOURCES += src/config/theme.h
