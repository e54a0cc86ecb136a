# Tests of imap.
check_PROGRAMS += tests/imap/test-scripts
tests_imap_test_scripts_SOURCES = tests/imap/test-scripts.c tests/imap/render.c tests/imap/render.h
tests_imap_test_scripts_LDADD = $(TEST_LIBS)
