/* Text as people see it: cells, clusters, lines; and the one place where foreign text is made safe.
 *
 * Everything that comes from outside (headers, bodies, file names, mailbox names, server texts) passes
 * text_make_safe() AFTER it was decoded and before it is stored for display or drawn. What comes out is
 * valid UTF-8 that every terminal draws in the number of cells that text_display_width() says.
 *
 * All functions are pure and may be called from any thread. `len` is in bytes, -1 means NUL-terminated.
 * Widths are in terminal cells. Strings returned are the caller's (g_free).
 */
#ifndef MALLE_BASE_TEXT_H
#define MALLE_BASE_TEXT_H

#include <glib.h>
#include <stdbool.h>

/* --- making foreign text safe ---------------------------------------------------------------- */

typedef enum {
    TEXT_SINGLE_LINE, /* CR, LF, TAB and the Unicode line separators become one space; ends are trimmed */
    TEXT_MULTI_LINE,  /* CR LF and lone CR become LF; TAB becomes spaces up to the next multiple of 8 */
} TextMode;

/* Returns `bytes` as safe UTF-8; never NULL. In the result:
 * - invalid UTF-8, NUL, C1 controls, noncharacters and unassigned code points are U+FFFD;
 * - C0 controls and DEL are their visible pictures (ESC is U+241B);
 * - BiDi embeddings, overrides, isolates and marks, zero-width and other invisible characters are gone
 *   (TEXT_MULTI_LINE keeps the joiners that Persian and Indic words are spelt with);
 * - at most TEXT_MAX_MARKS combining marks stand on one character;
 * - emoji are reduced to what every terminal draws in the same width: no variation selectors, no skin
 *   tones, a family is its members.
 * Work and memory are linear in `len`. Safe text passes through unchanged (the function is idempotent).
 * (RFC 3629; UAX #9; UAX #44 Default_Ignorable_Code_Point) */
char *text_make_safe(const char *bytes, gssize len, TextMode mode);

/* The same, appended to `out`. */
void text_append_safe(GString *out, const char *bytes, gssize len, TextMode mode);

/* True if text_make_safe() would return these bytes unchanged. */
bool text_is_safe(const char *bytes, gssize len, TextMode mode);

#define TEXT_MAX_MARKS 4

/* --- cells ----------------------------------------------------------------------------------- */

/* The end of the grapheme cluster that starts at `p` (p < end; valid UTF-8) and, if `width` is not NULL,
 * its cells: 0, 1 or 2. Combining marks, joiner sequences, modifiers and flag pairs belong to one
 * cluster. '\n' is a cluster of width 0. */
const char *text_next_cluster(const char *p, const char *end, int *width);

/* The start of the cluster that ends at `p` (start < p), for cursor keys and backspace. Linear in the
 * distance to the last ASCII character before `p`. */
const char *text_previous_cluster(const char *start, const char *p);

/* Cells of one code point by itself: 0, 1 or 2. */
int text_char_width(gunichar c);

/* Cells of `text` (valid UTF-8) laid out in one row. */
int text_display_width(const char *text, gssize len);

/* The end of the longest prefix of whole clusters of `text` that fits in `cells`; its width in `used`
 * (nullable). */
const char *text_cut(const char *text, gssize len, int cells, int *used);

/* What is cut away where text does not fit. */
typedef enum {
    TEXT_CUT_PLAIN,    /* cut at the end, no mark */
    TEXT_CUT_ELLIPSIS, /* cut at the end, "…" in the last cell */
    TEXT_CUT_MIDDLE,   /* "…" in the middle: file names and addresses keep their end */
} TextCut;

/* `text` in exactly `cells` cells: cut, or padded with spaces on the right. A wide character that would
 * be halved gives its place to a space. */
char *text_fit(const char *text, int cells, TextCut cut);
/* The same, appended to `out`; with `right` the padding goes on the left (numbers, sizes). */
void text_append_fit(GString *out, const char *text, gssize len, int cells, TextCut cut, bool right);

/* --- lines ----------------------------------------------------------------------------------- */

/* One line of at most `cells` cells out of [p, end). Returns where the next line starts (== end when
 * there is none); `*line_end` is the end of this line's text, white space at the break excluded.
 * Breaks at '\n', at spaces, after hyphens in words, between wide characters (but not before closing
 * punctuation), and inside a word only when it is longer than the whole line. Always advances when
 * p < end. Wrapping a whole text costs linear time. */
const char *text_wrap_next(const char *p, const char *end, int cells, const char **line_end);

/* The lines of `text`, wrapped: NULL-terminated. A convenience for short texts. */
char **text_wrap(const char *text, int cells);

/* --- keys, sizes, locales -------------------------------------------------------------------- */

/* A key for comparing and finding: case and accents folded, compatibility forms unified, white space
 * collapsed: "Ça  Œuvre" -> "ca oeuvre". Compare with strcmp(); does not depend on the locale, so it may be
 * kept in the store. */
char *text_sort_key(const char *text, gssize len);

/* The words of `text`, in order, folded as text_sort_key() folds them, one space between: letters, digits and marks make a word,
 * everything else parts them; of scripts written without spaces each character is one. What searches look in and look for. */
char *text_words(const char *text, gssize len);
/* Do these words hold those, side by side, the last of them perhaps only begun? Both as text_words() makes them. */
bool text_words_hold(const char *words, const char *looked_for);
/* A word that is shorter (in characters) is looked for whole: half the words of a language begin with its letters, and an index would
 * have to go through them all. */
#define TEXT_WORDS_BEGINNING 3
bool text_words_may_go_on(const char *looked_for);

/* "812 B", "14 kB", "2.5 MB" in units of 1000, translated; at most 7 cells in English. Negative: "?". */
char *text_human_size(gint64 bytes);

/* Do the terminal and the locale speak UTF-8? (nl_langinfo(CODESET) after setlocale().) */
bool text_locale_is_utf8(void);

/* `text` (UTF-8) in the locale's charset: transliterated where it lacks a character ("é" -> "e",
 * "—" -> "-", "→" -> ">"), '?' as the last resort. In a UTF-8 locale a copy. */
char *text_to_locale(const char *text, gssize len);

/* The same, into ASCII whatever the locale, cell for cell where one exists. */
char *text_to_ascii(const char *text, gssize len);

#endif
