# Sources of src/proto/imap; see doc/internals/rooms.md for what belongs here.
