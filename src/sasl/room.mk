# Sources of src/sasl; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += \
	src/sasl/gssapi.c \
	src/sasl/mechanism.h \
	src/sasl/oauth.c \
	src/sasl/pbkdf2.c src/sasl/pbkdf2.h \
	src/sasl/plain.c \
	src/sasl/sasl.c src/sasl/sasl.h \
	src/sasl/saslprep.c src/sasl/saslprep.h \
	src/sasl/scram.c src/sasl/scram.h
EXTRA_DIST += doc/internals/sasl.md
