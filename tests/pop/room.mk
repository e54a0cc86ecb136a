# Tests of pop.
check_PROGRAMS += tests/pop/test-session
tests_pop_test_session_SOURCES = tests/pop/test-session.c
tests_pop_test_session_LDADD = $(TEST_LIBS)
