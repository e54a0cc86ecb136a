# Sources of src/config; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/config/account.h src/config/account.c src/config/account-url.c src/config/accounts.c src/config/accounts-append.c src/config/accounts-private.h \
	src/config/identity.h src/config/identity.c src/config/pop_policy.c src/config/pop_policy.h
libmalle_a_SOURCES += src/config/filters.h src/config/filters.c
libmalle_a_SOURCES += src/config/keys.h src/config/keys.c
libmalle_a_SOURCES += src/config/lines.h src/config/lines.c
libmalle_a_SOURCES += src/config/options.h src/config/options.c src/config/options-table.c
libmalle_a_SOURCES += src/config/searches.h src/config/searches.c
libmalle_a_SOURCES += src/config/problem.h src/config/problem.c
libmalle_a_SOURCES += src/config/theme.h src/config/theme.c
libmalle_a_SOURCES += src/config/columns.h src/config/columns.c src/config/options-file.c src/config/theme-format.c
libmalle_a_SOURCES += src/config/colour-rules.h src/config/colour-rules.c src/config/muttrc.h src/config/muttrc.c src/config/muttrc-private.h \
	src/config/muttrc-keys.c src/config/muttrc-words.c
