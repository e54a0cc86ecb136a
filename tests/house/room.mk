# The rules of the house, as tests.
EXTRA_DIST += tests/house/test_house.py
TESTS += tests/house/test_house.py
EXTRA_DIST += tests/house/test_manual.py
TESTS += tests/house/test_manual.py
