# The fuzz targets (doc/internals/fuzzing.md). Each is built twice: as tests/fuzz/SUBJECT/replay, a test that
# feeds it its corpus, and with --enable-fuzzing as tests/fuzz/SUBJECT/fuzz, which tests/fuzz/run runs.
FUZZ_SHARED = tests/fuzz/fuzz.c tests/fuzz/fuzz.h

check_PROGRAMS += tests/fuzz/tokenizer/replay
tests_fuzz_tokenizer_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/tokenizer/target.c $(FUZZ_SHARED)
tests_fuzz_tokenizer_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/responses/replay
tests_fuzz_responses_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/responses/target.c $(FUZZ_SHARED)
tests_fuzz_responses_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/bodystructure/replay
tests_fuzz_bodystructure_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/bodystructure/target.c $(FUZZ_SHARED)
tests_fuzz_bodystructure_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/uidset/replay
tests_fuzz_uidset_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/uidset/target.c $(FUZZ_SHARED)
tests_fuzz_uidset_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/names/replay
tests_fuzz_names_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/names/target.c $(FUZZ_SHARED)
tests_fuzz_names_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/headers/replay
tests_fuzz_headers_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/headers/target.c $(FUZZ_SHARED)
tests_fuzz_headers_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/message/replay
tests_fuzz_message_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/message/target.c $(FUZZ_SHARED)
tests_fuzz_message_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/html/replay
tests_fuzz_html_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/html/target.c $(FUZZ_SHARED)
tests_fuzz_html_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/mailcap/replay
tests_fuzz_mailcap_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/mailcap/target.c $(FUZZ_SHARED)
tests_fuzz_mailcap_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/filters/replay
tests_fuzz_filters_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/filters/target.c $(FUZZ_SHARED)
tests_fuzz_filters_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/config/replay
tests_fuzz_config_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/config/target.c $(FUZZ_SHARED)
tests_fuzz_config_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/query/replay
tests_fuzz_query_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/query/target.c $(FUZZ_SHARED)
tests_fuzz_query_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/journal/replay
tests_fuzz_journal_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/journal/target.c $(FUZZ_SHARED)
tests_fuzz_journal_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/deflate/replay
tests_fuzz_deflate_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/deflate/target.c $(FUZZ_SHARED)
tests_fuzz_deflate_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/smtp/replay
tests_fuzz_smtp_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/smtp/target.c $(FUZZ_SHARED)
tests_fuzz_smtp_replay_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/fuzz/pop/replay
tests_fuzz_pop_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/pop/target.c $(FUZZ_SHARED)
tests_fuzz_pop_replay_LDADD = $(TEST_LIBS)

if FUZZING
noinst_PROGRAMS += tests/fuzz/tokenizer/fuzz
tests_fuzz_tokenizer_fuzz_SOURCES = tests/fuzz/tokenizer/target.c $(FUZZ_SHARED)
tests_fuzz_tokenizer_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_tokenizer_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/responses/fuzz
tests_fuzz_responses_fuzz_SOURCES = tests/fuzz/responses/target.c $(FUZZ_SHARED)
tests_fuzz_responses_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_responses_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/bodystructure/fuzz
tests_fuzz_bodystructure_fuzz_SOURCES = tests/fuzz/bodystructure/target.c $(FUZZ_SHARED)
tests_fuzz_bodystructure_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_bodystructure_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/uidset/fuzz
tests_fuzz_uidset_fuzz_SOURCES = tests/fuzz/uidset/target.c $(FUZZ_SHARED)
tests_fuzz_uidset_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_uidset_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/names/fuzz
tests_fuzz_names_fuzz_SOURCES = tests/fuzz/names/target.c $(FUZZ_SHARED)
tests_fuzz_names_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_names_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/headers/fuzz
tests_fuzz_headers_fuzz_SOURCES = tests/fuzz/headers/target.c $(FUZZ_SHARED)
tests_fuzz_headers_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_headers_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/message/fuzz
tests_fuzz_message_fuzz_SOURCES = tests/fuzz/message/target.c $(FUZZ_SHARED)
tests_fuzz_message_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_message_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/html/fuzz
tests_fuzz_html_fuzz_SOURCES = tests/fuzz/html/target.c $(FUZZ_SHARED)
tests_fuzz_html_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_html_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/mailcap/fuzz
tests_fuzz_mailcap_fuzz_SOURCES = tests/fuzz/mailcap/target.c $(FUZZ_SHARED)
tests_fuzz_mailcap_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_mailcap_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/filters/fuzz
tests_fuzz_filters_fuzz_SOURCES = tests/fuzz/filters/target.c $(FUZZ_SHARED)
tests_fuzz_filters_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_filters_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/config/fuzz
tests_fuzz_config_fuzz_SOURCES = tests/fuzz/config/target.c $(FUZZ_SHARED)
tests_fuzz_config_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_config_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/query/fuzz
tests_fuzz_query_fuzz_SOURCES = tests/fuzz/query/target.c $(FUZZ_SHARED)
tests_fuzz_query_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_query_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/journal/fuzz
tests_fuzz_journal_fuzz_SOURCES = tests/fuzz/journal/target.c $(FUZZ_SHARED)
tests_fuzz_journal_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_journal_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/deflate/fuzz
tests_fuzz_deflate_fuzz_SOURCES = tests/fuzz/deflate/target.c $(FUZZ_SHARED)
tests_fuzz_deflate_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_deflate_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/smtp/fuzz
tests_fuzz_smtp_fuzz_SOURCES = tests/fuzz/smtp/target.c $(FUZZ_SHARED)
tests_fuzz_smtp_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_smtp_fuzz_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/fuzz/pop/fuzz
tests_fuzz_pop_fuzz_SOURCES = tests/fuzz/pop/target.c $(FUZZ_SHARED)
tests_fuzz_pop_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_pop_fuzz_LDADD = $(TEST_LIBS)
endif

EXTRA_DIST += tests/fuzz/run doc/internals/fuzzing.md
# Whole folders: a corpus grows with every finding.
EXTRA_DIST += tests/fuzz/tokenizer/corpus tests/fuzz/tokenizer/dict
EXTRA_DIST += tests/fuzz/responses/corpus tests/fuzz/responses/dict
EXTRA_DIST += tests/fuzz/bodystructure/corpus tests/fuzz/bodystructure/dict
EXTRA_DIST += tests/fuzz/uidset/corpus
EXTRA_DIST += tests/fuzz/names/corpus
EXTRA_DIST += tests/fuzz/headers/corpus tests/fuzz/headers/dict
EXTRA_DIST += tests/fuzz/message/corpus tests/fuzz/message/dict
EXTRA_DIST += tests/fuzz/html/corpus tests/fuzz/html/dict
EXTRA_DIST += tests/fuzz/mailcap/corpus tests/fuzz/mailcap/dict
EXTRA_DIST += tests/fuzz/filters/corpus tests/fuzz/filters/dict
EXTRA_DIST += tests/fuzz/config/corpus tests/fuzz/config/dict
EXTRA_DIST += tests/fuzz/query/corpus tests/fuzz/query/dict
EXTRA_DIST += tests/fuzz/journal/corpus
EXTRA_DIST += tests/fuzz/deflate/corpus
EXTRA_DIST += tests/fuzz/smtp/corpus tests/fuzz/smtp/dict
EXTRA_DIST += tests/fuzz/pop/corpus tests/fuzz/pop/dict
