# Sources of src/local; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/local/mailbox.h src/local/discover.h src/local/demo.h
libmalle_a_SOURCES += src/local/deliver.h src/local/deliver.c src/local/tree.h src/local/tree.c src/local/watch.h src/local/watch.c src/local/change.h src/local/change.c src/local/maildir-change.c src/local/maildir-internal.h src/local/maildir-keywords.c src/local/files.c
libmalle_a_SOURCES += src/local/mailbox-internal.h src/local/mailbox.c src/local/maildir.c src/local/mbox.c src/local/mbox-internal.h src/local/mbox-marks.c src/local/mbox-lock.c src/local/mbox-redo.c src/local/mbox-change.c src/local/mbox-tree.c \
	src/local/mh.c src/local/folders.c \
	src/local/discover.c
libmalle_a_SOURCES += src/local/demo.c src/local/demo-book.c src/local/demo-letter.c src/local/demo-letter.h src/local/demo-internal.h
nodist_libmalle_a_SOURCES += src/local/demo-data.c src/local/demo-data.h
BUILT_SOURCES += src/local/demo-data.h
CLEANFILES += src/local/demo-data.c src/local/demo-data.h
DEMO_FILES = src/local/demo/people \
	src/local/demo/files/facture-2043.pdf \
	src/local/demo/files/notes.txt \
	src/local/demo/files/plan.png \
	src/local/demo/files/programme.pdf \
	src/local/demo/files/quote-level.patch \
	src/local/demo/files/renard.png \
	src/local/demo/files/repetition.ics \
	src/local/demo/files/scans.zip \
	src/local/demo/letters/1-inbox.letters \
	src/local/demo/letters/2-sent.letters \
	src/local/demo/letters/3-drafts-junk-trash.letters \
	src/local/demo/letters/4-malle-dev.letters \
	src/local/demo/letters/5-cuisine.letters \
	src/local/demo/letters/6-archive.letters
EXTRA_DIST += src/local/demo/demo.gresource.xml $(DEMO_FILES) contrib/demo/make-files.py

# glib-compile-resources comes with GLib's own headers (libglib2.0-dev).
demo_resources = glib-compile-resources --internal --manual-register --c-name demo --sourcedir=$(top_srcdir)/src/local/demo
src/local/demo-data.c: src/local/demo/demo.gresource.xml $(DEMO_FILES)
	$(AM_V_GEN)$(MKDIR_P) src/local && $(demo_resources) --generate-source --target=$@ $(top_srcdir)/src/local/demo/demo.gresource.xml
src/local/demo-data.h: src/local/demo/demo.gresource.xml
	$(AM_V_GEN)$(MKDIR_P) src/local && $(demo_resources) --generate-header --target=$@ $(top_srcdir)/src/local/demo/demo.gresource.xml
# For those who build one program only: BUILT_SOURCES count for "all" and "check".
src/local/demo.$(OBJEXT) src/local/demo-letter.$(OBJEXT): src/local/demo-data.h
EXTRA_DIST += doc/internals/local.md
libmalle_a_SOURCES += src/local/copies.c src/local/copies.h
