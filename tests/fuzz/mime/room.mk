# Fuzzing of mime: the target, and its corpus as a test.
check_PROGRAMS += tests/fuzz/mime/replay
tests_fuzz_mime_replay_SOURCES = tests/fuzz/mime/replay.c tests/fuzz/mime/fuzz-mime.c
tests_fuzz_mime_replay_LDADD = $(TEST_LIBS)

if FUZZING
noinst_PROGRAMS += tests/fuzz/mime/fuzz-mime
tests_fuzz_mime_fuzz_mime_SOURCES = tests/fuzz/mime/fuzz-mime.c
tests_fuzz_mime_fuzz_mime_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_mime_fuzz_mime_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_mime_fuzz_mime_LDADD = $(TEST_LIBS)
endif

EXTRA_DIST += \
	tests/fuzz/mime/corpus/alternative \
	tests/fuzz/mime/corpus/boundary-only \
	tests/fuzz/mime/corpus/digest \
	tests/fuzz/mime/corpus/domain \
	tests/fuzz/mime/corpus/domain-invalid \
	tests/fuzz/mime/corpus/empty-lines \
	tests/fuzz/mime/corpus/flowed \
	tests/fuzz/mime/corpus/header \
	tests/fuzz/mime/corpus/html-block-link \
	tests/fuzz/mime/corpus/html-broken \
	tests/fuzz/mime/corpus/html-data-table \
	tests/fuzz/mime/corpus/html-deceiving-links \
	tests/fuzz/mime/corpus/html-entities \
	tests/fuzz/mime/corpus/html-hidden \
	tests/fuzz/mime/corpus/html-links-three-deep \
	tests/fuzz/mime/corpus/html-lists \
	tests/fuzz/mime/corpus/html-link-around-table \
	tests/fuzz/mime/corpus/html-link-in-link \
	tests/fuzz/mime/corpus/html-nested-tables \
	tests/fuzz/mime/corpus/html-unclosed-style \
	tests/fuzz/mime/corpus/html-wide-table \
	tests/fuzz/mime/corpus/iso-2022-jp \
	tests/fuzz/mime/corpus/nested \
	tests/fuzz/mime/corpus/quoted-printable \
	tests/fuzz/mime/corpus/quotes \
	tests/fuzz/mime/corpus/uuencode
