# Tests of the screen: the real program in a pseudo-terminal.
TESTS += tests/screen/test_decisions.py tests/screen/test_screen.py
EXTRA_DIST += tests/screen/test_decisions.py tests/screen/test_screen.py
