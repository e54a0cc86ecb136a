# Tests of store.
STORE_FIXTURE = tests/store/fixture.c tests/store/fixture.h
check_PROGRAMS += tests/store/test-journal tests/store/test-windows
tests_store_test_journal_SOURCES = tests/store/test-journal.c $(STORE_FIXTURE)
tests_store_test_journal_LDADD = $(TEST_LIBS)
tests_store_test_windows_SOURCES = tests/store/test-windows.c $(STORE_FIXTURE)
tests_store_test_windows_LDADD = $(TEST_LIBS)
