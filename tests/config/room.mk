# Tests of config.
check_PROGRAMS += tests/config/test-accounts tests/config/test-keys tests/config/test-options
tests_config_test_accounts_SOURCES = tests/config/test-accounts.c
tests_config_test_accounts_LDADD = $(TEST_LIBS)
tests_config_test_keys_SOURCES = tests/config/test-keys.c
tests_config_test_keys_LDADD = $(TEST_LIBS)
tests_config_test_options_SOURCES = tests/config/test-options.c
tests_config_test_options_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/config/test-mutations
tests_config_test_mutations_SOURCES = tests/config/test-mutations.c
tests_config_test_mutations_LDADD = $(TEST_LIBS)
