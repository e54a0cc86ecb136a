# Against real servers: what a person does, through commands and on the screen.
EXTRA_DIST += tests/support/bag.py tests/interop/test_doctor.py
TESTS += tests/interop/test_doctor.py
