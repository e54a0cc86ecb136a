# Sources of src/mime; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/mime/summary.h src/mime/part.h
libmalle_a_SOURCES += src/mime/charset.h src/mime/date.h src/mime/address.h src/mime/decoder.h src/mime/message.h \
	src/mime/choose.h src/mime/render.h src/mime/magic.h src/mime/mailcap.h src/mime/filename.h
libmalle_a_SOURCES += src/mime/charset.c src/mime/words.c src/mime/date.c src/mime/decoder.c src/mime/part.c src/mime/fields.h \
	src/mime/fields.c src/mime/address.c src/mime/address-show.c src/mime/departure.c src/mime/departure.h src/mime/summary.c src/mime/subject.c
libmalle_a_SOURCES += src/mime/parameters.h src/mime/parameters.c src/mime/message.c src/mime/choose.c src/mime/filename.c
libmalle_a_SOURCES += src/mime/layout.h src/mime/layout.c src/mime/links.h src/mime/links.c src/mime/render-internal.h \
	src/mime/render.c src/mime/render-plain.c src/mime/render-html.c src/mime/html-walk.h src/mime/html-table.c src/mime/html-clean.c
libmalle_a_SOURCES += src/mime/magic.c src/mime/mailcap.c src/mime/mailcap-internal.h src/mime/mailcap-command.c
libmalle_a_SOURCES += src/mime/uudecode.h src/mime/uudecode.c
EXTRA_DIST += doc/internals/mime.md doc/internals/html.md
libmalle_a_SOURCES += src/mime/html-elements.c src/mime/html-pictures.c src/mime/picture.h src/mime/picture.c
libmalle_a_SOURCES += src/mime/unsubscribe.h src/mime/unsubscribe.c src/mime/letter.h src/mime/letter.c src/mime/letter_flow.c src/mime/letter_write.c
libmalle_a_SOURCES += src/mime/letter_reply.h src/mime/letter_reply.c src/mime/letter_quote.c src/mime/letter_read.c src/mime/letter_draft.c
libmalle_a_SOURCES += src/mime/mailto.h src/mime/mailto.c src/mime/handed_in.h src/mime/handed_in.c src/mime/address-wire.c
libmalle_a_SOURCES += src/mime/calendar.h src/mime/calendar.c
