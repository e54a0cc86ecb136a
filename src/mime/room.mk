# Sources of src/mime; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/mime/summary.h src/mime/part.h
libmalle_a_SOURCES += src/mime/charset.h src/mime/date.h src/mime/address.h src/mime/decoder.h src/mime/message.h \
	src/mime/choose.h src/mime/render.h src/mime/magic.h src/mime/mailcap.h src/mime/filename.h
