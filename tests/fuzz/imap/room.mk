# Fuzzing of proto/imap: the target, and its corpus as a test.
check_PROGRAMS += tests/fuzz/imap/replay
tests_fuzz_imap_replay_SOURCES = tests/fuzz/imap/replay.c tests/fuzz/imap/fuzz-session.c
tests_fuzz_imap_replay_LDADD = $(TEST_LIBS)

if FUZZING
noinst_PROGRAMS += tests/fuzz/imap/fuzz-session
tests_fuzz_imap_fuzz_session_SOURCES = tests/fuzz/imap/fuzz-session.c
tests_fuzz_imap_fuzz_session_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_imap_fuzz_session_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_imap_fuzz_session_LDADD = $(TEST_LIBS)
endif

EXTRA_DIST += tests/fuzz/imap/imap.dict tests/fuzz/imap/corpus/append \
	tests/fuzz/imap/corpus/append-nonsync tests/fuzz/imap/corpus/auth-login \
	tests/fuzz/imap/corpus/auth-oauth-error tests/fuzz/imap/corpus/auth-plain \
	tests/fuzz/imap/corpus/auth-scram-impostor tests/fuzz/imap/corpus/auth-surprise \
	tests/fuzz/imap/corpus/bodystructure tests/fuzz/imap/corpus/bodystructure-depth \
	tests/fuzz/imap/corpus/bye tests/fuzz/imap/corpus/codes tests/fuzz/imap/corpus/compress \
	tests/fuzz/imap/corpus/courier tests/fuzz/imap/corpus/cyrus tests/fuzz/imap/corpus/disconnect \
	tests/fuzz/imap/corpus/dovecot-recorded tests/fuzz/imap/corpus/errors-empty \
	tests/fuzz/imap/corpus/errors-line tests/fuzz/imap/corpus/errors-literal-huge \
	tests/fuzz/imap/corpus/errors-literal-in-line-limit tests/fuzz/imap/corpus/errors-literal-negative \
	tests/fuzz/imap/corpus/errors-literal-overflow tests/fuzz/imap/corpus/errors-literal-plus \
	tests/fuzz/imap/corpus/errors-tag-of-nobody tests/fuzz/imap/corpus/errors-unknown-tag \
	tests/fuzz/imap/corpus/exchange tests/fuzz/imap/corpus/fetch tests/fuzz/imap/corpus/fetch-sections \
	tests/fuzz/imap/corpus/gmail tests/fuzz/imap/corpus/greeting-bye \
	tests/fuzz/imap/corpus/greeting-http tests/fuzz/imap/corpus/greeting-tagged \
	tests/fuzz/imap/corpus/greeting-twice tests/fuzz/imap/corpus/group tests/fuzz/imap/corpus/idle \
	tests/fuzz/imap/corpus/idle-dropped tests/fuzz/imap/corpus/list tests/fuzz/imap/corpus/login-barrier \
	tests/fuzz/imap/corpus/login-disabled tests/fuzz/imap/corpus/login-fails \
	tests/fuzz/imap/corpus/login-literals tests/fuzz/imap/corpus/logout \
	tests/fuzz/imap/corpus/mailutils-recorded tests/fuzz/imap/corpus/names \
	tests/fuzz/imap/corpus/overtaking tests/fuzz/imap/corpus/preauth \
	tests/fuzz/imap/corpus/preauth-unprotected tests/fuzz/imap/corpus/qresync \
	tests/fuzz/imap/corpus/rev2 tests/fuzz/imap/corpus/search tests/fuzz/imap/corpus/select-fails \
	tests/fuzz/imap/corpus/seqnum tests/fuzz/imap/corpus/starttls \
	tests/fuzz/imap/corpus/starttls-injection tests/fuzz/imap/corpus/starttls-refused \
	tests/fuzz/imap/corpus/starttls-twice tests/fuzz/imap/corpus/utf8
