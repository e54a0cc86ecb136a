# Tests of store.
check_PROGRAMS += tests/store/test-journal
tests_store_test_journal_SOURCES = tests/store/test-journal.c tests/store/fixture.c tests/store/fixture.h
tests_store_test_journal_LDADD = $(TEST_LIBS)
