/* gettext, under the names that everybody knows.
 *
 * Every text a person sees goes through _() (now) or N_() (in a table, translated where it is shown).
 * Log lines, protocol text and test output are not translated.
 */
#ifndef MALLE_BASE_I18N_H
#define MALLE_BASE_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)
/* With a context, for words of which one language has two: pass both to g_dpgettext2(NULL, …). */
#define NC_(context, text) (text)

#endif
