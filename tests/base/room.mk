# Tests of base.
check_PROGRAMS += tests/base/test-paths tests/base/test-subprocess
tests_base_test_paths_SOURCES = tests/base/test-paths.c
tests_base_test_paths_LDADD = $(TEST_LIBS)
tests_base_test_subprocess_SOURCES = tests/base/test-subprocess.c
tests_base_test_subprocess_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/base/test-text tests/base/test-time
tests_base_test_text_SOURCES = tests/base/test-text.c
tests_base_test_text_LDADD = $(TEST_LIBS)
tests_base_test_time_SOURCES = tests/base/test-time.c
tests_base_test_time_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/base/test-id-set
tests_base_test_id_set_SOURCES = tests/base/test-id-set.c
tests_base_test_id_set_LDADD = $(TEST_LIBS)
