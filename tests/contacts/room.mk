# Tests of contacts.
check_PROGRAMS += tests/contacts/test-contacts
tests_contacts_test_contacts_SOURCES = tests/contacts/test-contacts.c
tests_contacts_test_contacts_LDADD = $(TEST_LIBS)
