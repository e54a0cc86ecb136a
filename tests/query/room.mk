# Tests of query.
check_PROGRAMS += tests/query/test-query
tests_query_test_query_SOURCES = tests/query/test-query.c
tests_query_test_query_LDADD = $(TEST_LIBS)
