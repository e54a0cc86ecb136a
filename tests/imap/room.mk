# Tests of imap.
