# Tests of sasl.
check_PROGRAMS += tests/sasl/test-sasl
tests_sasl_test_sasl_SOURCES = tests/sasl/test-sasl.c
tests_sasl_test_sasl_LDADD = $(TEST_LIBS)
