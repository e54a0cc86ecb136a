# Tests of base.
check_PROGRAMS += tests/base/test-paths tests/base/test-subprocess
tests_base_test_paths_SOURCES = tests/base/test-paths.c
tests_base_test_paths_LDADD = $(TEST_LIBS)
tests_base_test_subprocess_SOURCES = tests/base/test-subprocess.c
tests_base_test_subprocess_LDADD = $(TEST_LIBS)
