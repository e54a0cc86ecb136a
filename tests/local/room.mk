# Tests of local.
check_PROGRAMS += tests/local/test-local tests/local/test-demo
tests_local_test_local_SOURCES = tests/local/test-local.c
tests_local_test_local_LDADD = $(TEST_LIBS)
tests_local_test_demo_SOURCES = tests/local/test-demo.c
tests_local_test_demo_LDADD = $(TEST_LIBS)

# What is written to local mail: killed, on a full disk, beside other programs.
noinst_PROGRAMS += tests/local/local-driver
tests_local_local_driver_SOURCES = tests/local/local-driver.c
tests_local_local_driver_LDADD = $(TEST_LIBS)
TESTS += tests/local/test_delivery.py tests/local/test_changes.py tests/local/test_mbox.py tests/local/test_mbox_tree.py
EXTRA_DIST += tests/local/test_delivery.py tests/local/test_changes.py tests/local/local.py tests/local/mbox.py tests/local/test_mbox.py tests/local/test_mbox_tree.py
