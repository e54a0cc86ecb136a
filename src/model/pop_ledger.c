#include "config.h"

#include "model/pop_ledger.h"

#include "base/i18n.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/time.h"
#include "model/internal.h"

char *model_pop_copy_words(const PopLetter *letter)
{
    g_autofree char *when = time_format_full(letter->stored);
    g_autofree char *place = letter->maildir != NULL ? paths_shorten(letter->maildir) : g_strdup("");
    switch (letter->copy) {
    case POP_COPY_NONE:
        break;
    case POP_COPY_HEADER:
        return g_strdup_printf(_("here: its header only, in %s"), place);
    case POP_COPY_WHOLE:
        return letter->stored == 0 ? g_strdup(_("received, and being put into its mailbox"))
                                   : g_strdup_printf(_("here since %s, in %s"), when, place);
    case POP_COPY_MISSING:
        return g_strdup_printf(_("missing: its file was in %s and is gone without being deleted by Malle"), place);
    case POP_COPY_DIFFERS:
        return g_strdup_printf(_("differs: its file in %s does not hold what was received"), place);
    case POP_COPY_ADOPTED:
        return g_strdup_printf(_("here, found again in %s; nothing proves that it is whole"), place);
    }
    return g_strdup(_("not here yet"));
}

char *model_pop_place_words(const PopLetter *letter)
{
    g_autofree char *due = time_format_full(letter->due);
    g_autofree char *gone = time_format_full(letter->gone);
    switch (letter->place) {
    case POP_PLACE_THERE:
        return letter->due == 0 ? g_strdup(_("stays on the server")) : g_strdup_printf(_("to be deleted on the server from %s on"), due);
    case POP_PLACE_DELETING:
        return g_strdup(_("may be deleted on the server: the next connection shows"));
    case POP_PLACE_DELETED:
        return g_strdup_printf(_("deleted on the server, %s"), gone);
    case POP_PLACE_GONE:
        break;
    }
    return g_strdup_printf(_("gone from the server without Malle, %s"), gone);
}

/* --- for the screen -------------------------------------------------------------------------------------- */

static void free_letter(gpointer data)
{
    ModelPopLetter *letter = data;
    g_free(letter->heading);
    g_free(letter->copy);
    g_free(letter->place);
    g_free(letter->trouble);
    g_free(letter);
}

static ModelPopLetter *in_words(const char *account, const PopLetter *letter)
{
    ModelPopLetter *shown = g_new0(ModelPopLetter, 1);
    g_autofree char *size = text_human_size((gint64) MIN(letter->octets != 0 ? letter->octets : letter->size, (guint64) G_MAXINT64));
    g_autofree char *heading = g_strdup_printf("%s  %s  %s", account, letter->uidl, size);
    g_autofree char *copy = model_pop_copy_words(letter);
    g_autofree char *place = model_pop_place_words(letter);
    shown->heading = model_safe(heading);
    shown->copy = model_safe(copy);
    shown->place = model_safe(place);
    shown->trouble = model_safe(letter->words);
    return shown;
}

/* The last pages of one account's rows: two of them are in memory at most. */
static void add_newest(Model *model, const StoreAccount *account, guint most, GPtrArray *shown)
{
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) page = store_reader_pop_letters(model->reader, account->id, 0, most);
    while (page->len == most) {
        g_clear_pointer(&before, g_ptr_array_unref);
        before = g_steal_pointer(&page);
        page = store_reader_pop_letters(model->reader, account->id, ((PopLetter *) before->pdata[before->len - 1])->id, most);
    }
    for (guint i = page->len; before != NULL && i < before->len; i++)
        g_ptr_array_add(shown, in_words(account->name, before->pdata[i]));
    for (guint i = 0; i < page->len; i++)
        g_ptr_array_add(shown, in_words(account->name, page->pdata[i]));
}

GPtrArray *model_pop_letters(Model *model, guint most)
{
    GPtrArray *shown = g_ptr_array_new_with_free_func(free_letter);
    g_autoptr(GPtrArray) accounts = model->reader != NULL ? store_reader_accounts(model->reader) : g_ptr_array_new();
    for (guint i = 0; i < accounts->len; i++)
        add_newest(model, accounts->pdata[i], most, shown);
    return shown;
}
