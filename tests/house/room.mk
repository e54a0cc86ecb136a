# The rules of the house, as tests.
EXTRA_DIST += tests/house/test_house.py
TESTS += tests/house/test_house.py
EXTRA_DIST += tests/house/test_manual.py
TESTS += tests/house/test_manual.py
# What the page on attacks says is shown by tests.
EXTRA_DIST += doc/internals/hostile.md tests/house/test_hostile_page.py
TESTS += tests/house/test_hostile_page.py
EXTRA_DIST += doc/internals/faults.md tests/house/test_faults_page.py
TESTS += tests/house/test_faults_page.py
