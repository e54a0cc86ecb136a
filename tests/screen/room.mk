# Tests of screen.
EXTRA_DIST += tests/screen/test_decisions.py
TESTS += tests/screen/test_decisions.py
