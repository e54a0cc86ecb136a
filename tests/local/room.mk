# Tests of local.
check_PROGRAMS += tests/local/test-local tests/local/test-demo
tests_local_test_local_SOURCES = tests/local/test-local.c
tests_local_test_local_LDADD = $(TEST_LIBS)
tests_local_test_demo_SOURCES = tests/local/test-demo.c
tests_local_test_demo_LDADD = $(TEST_LIBS)
