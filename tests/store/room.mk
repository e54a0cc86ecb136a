# Tests of store.
STORE_FIXTURE = tests/store/fixture.c tests/store/fixture.h
check_PROGRAMS += tests/store/test-journal
tests_store_test_journal_SOURCES = tests/store/test-journal.c $(STORE_FIXTURE)
tests_store_test_journal_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/store/test-windows
tests_store_test_windows_SOURCES = tests/store/test-windows.c $(STORE_FIXTURE)
tests_store_test_windows_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/store/test-threads
tests_store_test_threads_SOURCES = tests/store/test-threads.c $(STORE_FIXTURE)
tests_store_test_threads_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/store/test-model
tests_store_test_model_SOURCES = tests/store/test-model.c $(STORE_FIXTURE)
tests_store_test_model_LDADD = $(TEST_LIBS)
