# Tests of support.
EXTRA_DIST += tests/support/run-checks tests/support/lsan.supp
