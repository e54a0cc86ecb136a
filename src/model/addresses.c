#include "config.h"

#include "model/addresses.h"

#include "base/i18n.h"
#include "mime/summary.h"
#include "model/internal.h"

static void person_free(gpointer data)
{
    ModelPerson *person = data;
    g_free(person->text);
    g_free(person->help);
    g_free(person);
}

static void add(GPtrArray *people, GHashTable *seen, const MailAddress *address, const char *help)
{
    g_autofree char *key = g_utf8_casefold(address->address, -1);
    if (people->len >= MODEL_PEOPLE_MAX || !g_hash_table_add(seen, g_steal_pointer(&key)))
        return;
    ModelPerson *person = g_new0(ModelPerson, 1);
    person->text = mail_address_format(address);
    person->help = g_strdup(help);
    g_ptr_array_add(people, person);
}

GPtrArray *model_addresses(Model *model, const char *typed)
{
    GPtrArray *people = g_ptr_array_new_with_free_func(person_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) written = model->reader ? store_reader_addresses(model->reader, typed, MODEL_PEOPLE_MAX) : NULL;
    for (guint i = 0; written && i < written->len; i++)
        add(people, seen, written->pdata[i], NULL);
    return people;
}
