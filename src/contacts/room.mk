# Sources of src/contacts: the address book; see doc/internals/rooms.md for what belongs here.
EXTRA_DIST += doc/internals/contacts.md
libmalle_a_SOURCES += src/contacts/contact.h src/contacts/vcard.c src/contacts/book.h src/contacts/book.c
