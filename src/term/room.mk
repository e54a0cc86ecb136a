# Sources of src/term; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/term/style.h src/term/cells.h src/term/cells.c src/term/picture.h src/term/picture.c src/term/screen_pictures.h src/term/screen_pictures.c src/term/direct.h src/term/direct.c src/term/screen_private.h \
	src/term/key.h src/term/key.c src/term/history.h src/term/history.c \
	src/term/line_editor.h src/term/line_editor.c src/term/scroller.h src/term/scroller.c src/term/signals.h src/term/signals.c \
	src/term/screen.h src/term/screen.c src/term/screen_run.c src/term/screen_osc.c
