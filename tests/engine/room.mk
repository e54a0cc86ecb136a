# Tests of engine: real servers through engine-driver, and what is pure by itself.
noinst_PROGRAMS += tests/engine/engine-driver
tests_engine_engine_driver_SOURCES = tests/engine/engine-driver.c
tests_engine_engine_driver_LDADD = $(TEST_LIBS)
TESTS += tests/engine/test_binding.py tests/engine/test_extensions.py tests/engine/test_login.py tests/engine/test_wire.py tests/engine/test_wire_elsewhere.py tests/engine/test_actions.py tests/engine/test_actions_elsewhere.py tests/engine/test_lies.py
TESTS += tests/engine/test_sync_counts.py
EXTRA_DIST += tests/engine/test_sync_counts.py
EXTRA_DIST += tests/engine/test_binding.py tests/engine/test_extensions.py tests/engine/test_login.py tests/engine/driver.py tests/engine/test_wire.py tests/engine/test_wire_elsewhere.py tests/engine/test_actions.py tests/engine/test_actions_elsewhere.py tests/engine/test_lies.py \
	tests/engine/liar.py
TESTS += tests/engine/test_keep.py tests/engine/test_submission.py tests/engine/test_submission_hostile.py
EXTRA_DIST += tests/engine/test_keep.py tests/engine/test_submission.py tests/engine/test_submission_hostile.py tests/engine/mailer.py
check_PROGRAMS += tests/engine/test-pieces
tests_engine_test_pieces_SOURCES = tests/engine/test-pieces.c
tests_engine_test_pieces_LDADD = $(TEST_LIBS)

# A hostile server.
EXTRA_DIST += tests/engine/test_hostile.py
TESTS += tests/engine/test_hostile.py

TESTS += tests/engine/test_resync.py
EXTRA_DIST += tests/engine/test_resync.py tests/engine/modern.py

# What a mirror costs.
TESTS += tests/engine/test_mirror_counts.py
EXTRA_DIST += tests/engine/test_mirror_counts.py

# Mail on this machine.
TESTS += tests/engine/test_local.py tests/engine/test_mbox_account.py tests/engine/test_local_watch.py tests/engine/test_filters.py
EXTRA_DIST += tests/engine/test_local.py tests/engine/test_mbox_account.py tests/engine/test_local_watch.py tests/engine/test_filters.py

# Searching here, by the index and without.
check_PROGRAMS += tests/engine/test-finder
tests_engine_test_finder_SOURCES = tests/engine/test-finder.c tests/store/fixture.c tests/store/fixture.h
tests_engine_test_finder_LDADD = $(TEST_LIBS)
# POP3 servers that lie.
TESTS += tests/engine/test_pop_lies.py tests/engine/test_pop_safety.py tests/engine/test_pop_local.py
EXTRA_DIST += tests/engine/test_pop_lies.py tests/engine/test_pop_safety.py tests/engine/test_pop_local.py tests/engine/poppy.py

# What a search becomes for a server.
check_PROGRAMS += tests/engine/test-search-program
tests_engine_test_search_program_SOURCES = tests/engine/test-search-program.c
tests_engine_test_search_program_LDADD = $(TEST_LIBS)

# Searches on servers.
TESTS += tests/engine/test_search.py tests/engine/test_search_counts.py tests/engine/test_search_scripted.py
EXTRA_DIST += tests/engine/test_search.py tests/engine/test_search_counts.py tests/engine/test_search_scripted.py
