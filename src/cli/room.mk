# Sources of src/cli; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/cli/cli.h src/cli/cli.c
libmalle_a_SOURCES += src/cli/json.h src/cli/json.c
libmalle_a_SOURCES += src/cli/print.h src/cli/print.c
libmalle_a_SOURCES += src/cli/setup.h src/cli/setup.c
libmalle_a_SOURCES += src/cli/doctor.h src/cli/doctor.c src/cli/doctor_store.c src/cli/doctor_words.c src/cli/doctor_advice.c src/cli/doctor_json.c
libmalle_a_SOURCES += src/cli/headless.h src/cli/headless.c
libmalle_a_SOURCES += src/cli/do.h src/cli/do.c src/cli/journal.c src/cli/pop_ledger.c src/cli/search.c src/cli/search_server.h src/cli/search_server.c src/cli/filter.c src/cli/sync.c \
	src/cli/send.h src/cli/send.c src/cli/send_options.c src/cli/send_letter.c src/cli/send_now.c
libmalle_a_SOURCES += src/cli/import.c
