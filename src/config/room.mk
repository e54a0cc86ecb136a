# Sources of src/config; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/config/account.h
