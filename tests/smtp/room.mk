# Tests of smtp.
check_PROGRAMS += tests/smtp/test-session tests/smtp/test-parts
tests_smtp_test_session_SOURCES = tests/smtp/test-session.c
tests_smtp_test_session_LDADD = $(TEST_LIBS)
tests_smtp_test_parts_SOURCES = tests/smtp/test-parts.c
tests_smtp_test_parts_LDADD = $(TEST_LIBS)
