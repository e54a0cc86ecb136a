# Sources of src/store: the only room with SQLite.
libmalle_a_SOURCES += src/store/intent.h src/store/rows.h src/store/reader.h src/store/writer.h
libmalle_a_SOURCES += src/store/intent.c src/store/rows.c src/store/reader.c src/store/writer.c
libmalle_a_SOURCES += src/store/database.c src/store/database.h src/store/lock.c src/store/lock.h
libmalle_a_SOURCES += src/store/checkpoint.c src/store/checkpoint.h src/store/journal_log.c src/store/journal_log.h
libmalle_a_SOURCES += src/store/schema.c src/store/schema.h
libmalle_a_SOURCES += src/store/store-private.h src/store/uidtext.c src/store/uidtext.h
libmalle_a_SOURCES += src/store/accounts.c src/store/mailboxes.c src/store/mailbox_renames.c src/store/mailbox_reads.c src/store/mailbox_names.c src/store/mailbox_names.h src/store/reader-private.h src/store/envelope.c src/store/envelope.h
libmalle_a_SOURCES += src/store/messages.c src/store/renumber.c src/store/renumber.h src/store/flags.c src/store/shown.c src/store/contents.c
libmalle_a_SOURCES += src/store/structure.c src/store/bodies.c src/store/body_files.c src/store/body_files.h src/store/letters.c src/store/letters.h
libmalle_a_SOURCES += src/store/outbox.c src/store/local_uids.c src/store/local_uids.h src/store/filter_marks.c src/store/filter_marks.h
libmalle_a_SOURCES += src/store/fulltext.h src/store/fulltext.c
libmalle_a_SOURCES += src/store/told_uids.c src/store/told_uids.h
libmalle_a_SOURCES += src/store/keep.c
libmalle_a_SOURCES += src/store/pop_letter.c src/store/pop_letter.h src/store/pop_ledger.c src/store/pop_ledger.h
libmalle_a_SOURCES += src/store/repair.c src/store/repair.h src/store/recount.c src/store/recount.h
libmalle_a_SOURCES += src/store/journal.c src/store/journal_effects.c src/store/journal_freeze.c src/store/journal_rows.c src/store/journal_done.c src/store/journal_rules.c src/store/journal_adopt.c src/store/journal_carry.c \
	src/store/journal_server.c src/store/journal_named.c src/store/undo.c src/store/retarget.c src/store/journal-private.h
libmalle_a_SOURCES += src/store/threads.c src/store/thread_tree.c src/store/thread_tree.h src/store/threads-private.h
libmalle_a_SOURCES += src/store/thread_gather.c src/store/thread_subjects.c src/store/thread_subjects.h src/store/thread_choices.c src/store/thread_choices.h src/store/thread_change.c src/store/thread_change.h
libmalle_a_SOURCES += src/store/views.c src/store/settings.c src/store/addresses.c
libmalle_a_SOURCES += src/store/windows.c src/store/thread_windows.c src/store/list_rows.c

# The numbered schema steps, as strings in the program: a new step is a new file in this list.
SCHEMA_STEPS = src/store/schema/001.sql src/store/schema/002.sql src/store/schema/003.sql src/store/schema/004.sql src/store/schema/005.sql src/store/schema/006.sql src/store/schema/007.sql src/store/schema/008.sql src/store/schema/009.sql src/store/schema/010.sql src/store/schema/011.sql src/store/schema/012.sql src/store/schema/013.sql src/store/schema/014.sql src/store/schema/015.sql src/store/schema/016.sql src/store/schema/017.sql
EXTRA_DIST += $(SCHEMA_STEPS) src/store/schema/embed.awk
nodist_libmalle_a_SOURCES += src/store/schema_steps.c
BUILT_SOURCES += src/store/schema_steps.c
CLEANFILES += src/store/schema_steps.c
src/store/schema_steps.c: $(SCHEMA_STEPS) src/store/schema/embed.awk
	$(AM_V_GEN)$(MKDIR_P) src/store && \
	(cd $(srcdir) && $(AWK) -f src/store/schema/embed.awk $(SCHEMA_STEPS)) >$@.tmp && mv -f $@.tmp $@

EXTRA_DIST += doc/internals/store.md doc/internals/journal.md doc/internals/outbox.md doc/internals/threads.md doc/internals/pop.md
libmalle_a_SOURCES += src/store/spooled.c
