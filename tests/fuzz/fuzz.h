/* What the fuzz targets share: a target asserts what must hold of any input, not only that nothing crashes.
 *
 * Every target defines LLVMFuzzerTestOneInput(), reads no file, runs no program, opens no connection, and
 * leaves nothing behind. It is linked twice: with libFuzzer (tests/fuzz/run), and with replay.c, which feeds
 * it its corpus in every check. */
#ifndef MALLE_TESTS_FUZZ_FUZZ_H
#define MALLE_TESTS_FUZZ_FUZZ_H

#include "base/rendered.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* The bytes in a block of exactly that size, so that AddressSanitizer sees a read beyond them. Never NULL;
 * g_free. */
char *fuzz_copy(const guint8 *data, gsize size);
/* A NUL-terminated copy up to the first NUL; with `utf8` made valid. g_free. */
char *fuzz_string(const guint8 *data, gsize size, bool utf8);

/* UTF-8 in which nothing can drive or deceive a terminal. This is a list of its own, written from the Unicode
 * tables and not from base/text-safe.c. */
void fuzz_assert_safe(const char *text, gssize length, TextMode mode);
/* Foreign text (may be NULL) is valid UTF-8, comes out safe, and safe text stays as it is. */
void fuzz_assert_showable(const char *text);
/* Everything that is going to be drawn: safe, runs and lines within their bounds, links that exist. */
void fuzz_assert_rendered(const RenderedText *rendered);

#endif
