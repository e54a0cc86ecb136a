#include "config.h"

#include "model/addresses.h"

#include <string.h>

#include "base/i18n.h"
#include "contacts/book.h"
#include "mime/address.h"
#include "model/internal.h"

static void person_free(gpointer data)
{
    ModelPerson *person = data;
    g_free(person->text);
    g_free(person->help);
    g_free(person);
}

/* Those of before the engine's store was attached have none. */
static ContactBook *book_of(Model *model)
{
    if (model->book == NULL && model->store_path != NULL) {
        g_autofree char *beside = g_path_get_dirname(model->store_path);
        g_autofree char *directory = g_build_filename(beside, "contacts", NULL);
        model->book = contact_book_new(directory);
    }
    return model->book;
}

static void add_text(GPtrArray *people, char *text, const char *help)
{
    for (guint i = 0; i < people->len; i++)
        if (g_str_equal(((ModelPerson *)people->pdata[i])->text, text) || people->len >= MODEL_PEOPLE_MAX) {
            g_free(text);
            return;
        }
    ModelPerson *person = g_new0(ModelPerson, 1);
    person->text = text;
    person->help = g_strdup(help);
    g_ptr_array_add(people, person);
}

static void add(GPtrArray *people, GHashTable *seen, const char *name, const char *address, const char *help)
{
    if (!g_hash_table_add(seen, g_utf8_casefold(address, -1)))
        return;
    MailAddress one = { (char *)name, (char *)address };
    add_text(people, mail_address_format(&one), help);
}

static void add_match(GPtrArray *people, GHashTable *seen, const ContactMatch *match)
{
    if (!match->is_group) {
        add(people, seen, match->name, match->addresses[0], _("address book"));
        return;
    }
    guint count = g_strv_length(match->addresses);
    g_autofree char *first = g_utf8_casefold(match->addresses[0], -1);
    if (count == 1 && g_hash_table_contains(seen, first))
        return; /* a group of one who is there already */
    g_autofree char *name = model_safe(match->name);
    g_autofree char *members = g_strdup_printf(ngettext("%u address", "%u addresses", count), count);
    g_autofree char *help = g_strdup_printf(_("group %s, %s"), name, members);
    add_text(people, g_strjoinv(", ", match->addresses), help);
}

GPtrArray *model_addresses(Model *model, const char *typed)
{
    GPtrArray *people = g_ptr_array_new_with_free_func(person_free);
    ContactBook *book = book_of(model);
    if (book == NULL)
        return people;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) known = contact_book_find(book, typed, MODEL_PEOPLE_MAX);
    g_autoptr(GPtrArray) written = store_reader_addresses(model->reader, typed, MODEL_PEOPLE_MAX);
    for (guint i = 0; i < known->len; i++)
        if (((ContactMatch *)known->pdata[i])->is_nickname)
            add_match(people, seen, known->pdata[i]);
    for (guint i = 0; i < written->len; i++) {
        const MailAddress *one = written->pdata[i];
        const char *name = contact_book_name(book, one->address);
        add(people, seen, name != NULL ? name : one->name, one->address, name != NULL ? _("address book") : NULL);
    }
    for (guint i = 0; i < known->len; i++)
        add_match(people, seen, known->pdata[i]);
    return people;
}

/* --- what a command knows ------------------------------------------------------------------------------ */

void model_addresses_add_output(GPtrArray *people, const char *output, gsize length)
{
    g_autofree char *valid = g_utf8_make_valid(output, (gssize)length);
    g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
    for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++) {
        g_auto(GStrv) fields = g_strsplit(g_strchomp(lines[i]), "\t", 3);
        if (fields[0] == NULL || strchr(fields[0], '@') == NULL)
            continue;
        g_autofree char *address = model_safe(fields[0]);
        g_autofree char *name = model_safe(fields[1]);
        MailAddress one = { name, address };
        add_text(people, mail_address_format(&one), NULL);
    }
}

/* --- adding ----------------------------------------------------------------------------------------------- */

gboolean model_contact_add(Model *model, const char *who, GError **error)
{
    g_autoptr(GPtrArray) list = mime_addresses_parse(who, strlen(who));
    const MailAddress *one = list->len == 1 ? list->pdata[0] : NULL;
    ContactBook *book = book_of(model);
    if (book == NULL || one == NULL || one->address == NULL || strchr(one->address, '@') == NULL) {
        g_autofree char *safe = model_safe(who);
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("“%s” is no address."), safe);
        return FALSE;
    }
    g_autofree char *name = model_safe(one->name);
    if (!contact_book_add(book, name, one->address, error))
        return FALSE;
    model_say(model, MODEL_NOTICE_INFO, _("In the address book: %s"), name != NULL && *name != '\0' ? name : one->address);
    return TRUE;
}
