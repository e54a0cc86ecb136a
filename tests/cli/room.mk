# Tests of cli.
check_PROGRAMS += tests/cli/test-cli
tests_cli_test_cli_SOURCES = tests/cli/test-cli.c
tests_cli_test_cli_LDADD = $(TEST_LIBS)
TESTS += tests/cli/test_commands.py
EXTRA_DIST += tests/cli/test_commands.py
TESTS += tests/cli/test_full_disk.py
EXTRA_DIST += tests/cli/test_full_disk.py
TESTS += tests/cli/test_send.py tests/cli/test_spool.py
EXTRA_DIST += tests/cli/test_send.py tests/cli/test_spool.py
