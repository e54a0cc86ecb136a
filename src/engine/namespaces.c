#include "config.h"

#include "engine/namespaces.h"

#include <string.h>

#include "engine/account.h"
#include "engine/remembered.h"
#include "proto/imap/mailbox.h"
#include "store/mailbox_names.h"

static char *setting_name(const EngineAccount *account)
{
    return g_strdup_printf("account.%" G_GINT64_FORMAT ".foreign", account->id);
}

/* Without a prefix nothing tells it from the person's own. */
static void append(GString *text, const ImapNamespace *namespaces, guint n, char kind)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *prefix = imap_string_dup(namespaces[i].prefix);
        if (prefix != NULL && *prefix != '\0' && strchr(prefix, '\n') == NULL)
            g_string_append_printf(text, "%c%s\n", kind, prefix);
    }
}

void foreign_remember(EngineAccount *account, const ImapNamespaces *namespaces)
{
    g_autofree char *name = setting_name(account);
    g_autoptr(GString) text = g_string_new(NULL);
    append(text, namespaces->others, namespaces->n_others, 'o');
    append(text, namespaces->shared, namespaces->n_shared, 's');
    store_writer_set_setting(account->engine->writer, name, text->str, NULL);
}

static char *remembered(EngineAccount *account)
{
    g_autofree char *name = setting_name(account);
    return store_reader_setting(account->engine->reader, name);
}

gboolean foreign_is_remembered(EngineAccount *account)
{
    g_autofree char *text = remembered(account);
    return text != NULL;
}

static void foreign_clear(gpointer data)
{
    g_free(((Foreign *) data)->prefix);
}

GArray *foreign_read(EngineAccount *account)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Foreign));
    g_array_set_clear_func(all, foreign_clear);
    g_autofree char *text = remembered(account);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0')
            continue;
        Foreign foreign = { g_strdup(*line + 1), **line == 'o' ? MAILBOX_OTHER_USERS : MAILBOX_SHARED };
        g_array_append_val(all, foreign);
    }
    return all;
}

/* "shared/" holds "shared/board", and the level "shared" that some servers list. */
static gboolean is_in(const StoreMailbox *mailbox, const Foreign *foreign)
{
    gsize length = strlen(foreign->prefix);
    if (strncmp(mailbox->wire_name, foreign->prefix, length) == 0)
        return TRUE;
    return mailbox->delimiter != '\0' && foreign->prefix[length - 1] == mailbox->delimiter && strlen(mailbox->wire_name) == length - 1 &&
           strncmp(mailbox->wire_name, foreign->prefix, length - 1) == 0;
}

/* A name of its own in one of them, whoever wrote it. */
static gboolean is_foreign_name(const GArray *foreign, const char *name)
{
    for (guint i = 0; i < foreign->len; i++) {
        g_autofree char *prefix = imap_mailbox_decode(g_array_index(foreign, Foreign, i).prefix, -1, FALSE, NULL);
        if (prefix != NULL && g_str_has_prefix(name, prefix))
            return TRUE;
    }
    return FALSE;
}

void own_shorten(EngineAccount *account, const GArray *foreign, GPtrArray *mailboxes)
{
    g_autofree char *prefix = remembered_prefix(account);
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < mailboxes->len; i++)
        g_hash_table_add(names, g_strdup(((const StoreMailbox *) g_ptr_array_index(mailboxes, i))->name));
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        g_autofree char *name = mailbox_name_short(prefix, mailbox->name);
        if ((mailbox->attributes & (MAILBOX_OTHER_USERS | MAILBOX_SHARED)) == 0 && !g_hash_table_contains(names, name) &&
            !is_foreign_name(foreign, name)) {
            g_free(mailbox->name);
            mailbox->name = g_steal_pointer(&name);
            g_hash_table_add(names, g_strdup(mailbox->name));
        }
    }
}

char *own_full_name(EngineAccount *account, const char *name)
{
    g_autoptr(GArray) foreign = foreign_read(account);
    g_autofree char *prefix = remembered_prefix(account);
    return is_foreign_name(foreign, name) ? g_strdup(name) : mailbox_name_full(prefix, name);
}

void foreign_mark(const GArray *foreign, GPtrArray *mailboxes)
{
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        for (guint k = 0; k < foreign->len; k++) {
            const Foreign *one = &g_array_index(foreign, Foreign, k);
            if (mailbox->role == MAILBOX_ROLE_INBOX || !is_in(mailbox, one))
                continue;
            mailbox->attributes |= one->attribute;
            mailbox->role = MAILBOX_ROLE_NONE; /* another's Trash is not where this person's mail goes */
        }
    }
}

gboolean foreign_is_unlisted(const Foreign *foreign, const GPtrArray *mailboxes)
{
    for (guint i = 0; i < mailboxes->len; i++)
        if (is_in(g_ptr_array_index(mailboxes, i), foreign))
            return FALSE;
    return TRUE;
}
