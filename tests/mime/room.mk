# Tests of mime.
check_PROGRAMS += tests/mime/test-headers tests/mime/test-structure
tests_mime_test_headers_SOURCES = tests/mime/test-headers.c
tests_mime_test_headers_LDADD = $(TEST_LIBS)
tests_mime_test_structure_SOURCES = tests/mime/test-structure.c
tests_mime_test_structure_LDADD = $(TEST_LIBS)
