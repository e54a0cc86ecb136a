# Tests of imap.
check_PROGRAMS += tests/imap/test-scripts
tests_imap_test_scripts_SOURCES = tests/imap/test-scripts.c tests/imap/render.c tests/imap/render.h
tests_imap_test_scripts_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/imap/test-uidset tests/imap/test-names tests/imap/test-session tests/imap/test-hostile
tests_imap_test_uidset_SOURCES = tests/imap/test-uidset.c
tests_imap_test_uidset_LDADD = $(TEST_LIBS)
tests_imap_test_names_SOURCES = tests/imap/test-names.c
tests_imap_test_names_LDADD = $(TEST_LIBS)
tests_imap_test_session_SOURCES = tests/imap/test-session.c tests/imap/render.c tests/imap/render.h
tests_imap_test_session_LDADD = $(TEST_LIBS)
tests_imap_test_hostile_SOURCES = tests/imap/test-hostile.c tests/imap/render.c tests/imap/render.h
tests_imap_test_hostile_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/imap/test-states
tests_imap_test_states_SOURCES = tests/imap/test-states.c
tests_imap_test_states_LDADD = $(TEST_LIBS)

EXTRA_PROGRAMS += tests/imap/bench-parse
tests_imap_bench_parse_SOURCES = tests/imap/bench-parse.c
tests_imap_bench_parse_LDADD = $(TEST_LIBS)
CLEANFILES += tests/imap/bench-parse

EXTRA_DIST += tests/imap/scripts/append-nonsync.imap tests/imap/scripts/append.imap \
	tests/imap/scripts/auth-login.imap tests/imap/scripts/auth-oauth-error.imap \
	tests/imap/scripts/auth-plain.imap tests/imap/scripts/auth-scram-impostor.imap \
	tests/imap/scripts/auth-surprise.imap tests/imap/scripts/bodystructure-depth.imap \
	tests/imap/scripts/bodystructure.imap tests/imap/scripts/bye.imap tests/imap/scripts/codes.imap \
	tests/imap/scripts/compress.imap tests/imap/scripts/courier-recorded.imap \
	tests/imap/scripts/courier.imap tests/imap/scripts/cyrus.imap tests/imap/scripts/disconnect.imap \
	tests/imap/scripts/dovecot-recorded.imap tests/imap/scripts/errors-empty.imap \
	tests/imap/scripts/errors-line.imap tests/imap/scripts/errors-literal8-huge.imap tests/imap/scripts/errors-literal-huge.imap \
	tests/imap/scripts/errors-literal-in-line-limit.imap \
	tests/imap/scripts/errors-literal-negative.imap tests/imap/scripts/errors-literal-overflow.imap \
	tests/imap/scripts/errors-literal-plus.imap tests/imap/scripts/errors-messages.imap \
	tests/imap/scripts/errors-unasked.imap tests/imap/scripts/errors-tag-of-nobody.imap \
	tests/imap/scripts/errors-unknown-tag.imap tests/imap/scripts/exchange.imap \
	tests/imap/scripts/fetch-sections.imap tests/imap/scripts/fetch.imap tests/imap/scripts/gmail.imap \
	tests/imap/scripts/greeting-bye.imap tests/imap/scripts/greeting-http.imap \
	tests/imap/scripts/greeting-tagged.imap tests/imap/scripts/greeting-twice.imap \
	tests/imap/scripts/group.imap tests/imap/scripts/idle-dropped.imap \
	tests/imap/scripts/idle-once.imap tests/imap/scripts/idle.imap tests/imap/scripts/list.imap \
	tests/imap/scripts/login-barrier.imap tests/imap/scripts/login-disabled.imap \
	tests/imap/scripts/login-fails.imap tests/imap/scripts/login-literals.imap \
	tests/imap/scripts/logout.imap tests/imap/scripts/mailutils-recorded.imap \
	tests/imap/scripts/names.imap tests/imap/scripts/overtaking.imap \
	tests/imap/scripts/preauth-unprotected.imap tests/imap/scripts/preauth.imap \
	tests/imap/scripts/qresync.imap tests/imap/scripts/rev2.imap tests/imap/scripts/search.imap tests/imap/scripts/search-extended.imap \
	tests/imap/scripts/select-fails.imap tests/imap/scripts/seqnum.imap \
	tests/imap/scripts/starttls-injection.imap tests/imap/scripts/starttls-queued.imap \
	tests/imap/scripts/starttls-refused.imap tests/imap/scripts/starttls-twice.imap \
	tests/imap/scripts/starttls.imap tests/imap/scripts/utf8.imap tests/imap/scripts/utf8-names.imap \
	tests/imap/scripts/utf8-refused.imap
