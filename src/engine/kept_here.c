#include "config.h"

#include "engine/kept_here.h"

#include "base/absent.h"
#include "base/i18n.h"
#include "base/paths.h"
#include "local/deliver.h"
#include "local/tree.h"

#define SENT_NAME "Sent"

/* A name that is the same each time: who was killed between file and journal writes it over nothing. */
static gboolean deliver(const Intent *intent, const char *maildir, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(intent->path, FALSE, error);
    g_autofree char *what = g_strdup_printf("sent%" G_GINT64_FORMAT, intent->id);
    g_autofree char *name = local_name_for(intent->created, what);
    g_autoptr(LocalDelivery) delivery = file != NULL ? local_delivery_begin(maildir, name, LOCAL_LINES_UNIX, error) : NULL;
    if (delivery == NULL || !local_delivery_write(delivery, g_mapped_file_get_contents(file), g_mapped_file_get_length(file), error))
        return FALSE;
    LocalPlacing placing = { .flags = MAIL_FLAG_SEEN, .internal_date = intent->created / G_USEC_PER_SEC };
    GError *failed = NULL;
    if (local_delivery_finish(delivery, &placing, &failed))
        return TRUE;
    if (g_error_matches(failed, LOCAL_ERROR, LOCAL_ERROR_EXISTS)) {
        g_error_free(failed);
        return TRUE;
    }
    g_propagate_error(error, failed);
    return FALSE;
}

static void take(EngineAccount *account, const Intent *intent)
{
    g_autofree char *letters = g_path_get_dirname(intent->path), *beside = g_path_get_dirname(letters); /* the store's folder */
    g_autofree char *root = g_build_filename(beside, PATHS_KEPT_HERE, NULL), *shown = paths_shorten(root), *words = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) absent = absent_parts_read(intent->path);
    if (absent->len > 0)
        return; /* the letter was not uploaded from here, and lies in Drafts */
    gboolean made = local_tree_prepare(root, &error) && local_tree_create(root, SENT_NAME, LOCAL_MAILDIR, &error);
    g_autofree char *maildir = made ? local_tree_path(root, SENT_NAME, &error) : NULL;
    if (maildir != NULL && deliver(intent, maildir, &error))
        words = g_strdup_printf(_("The letter was sent. Its copy has no place in the account, and is kept on this machine: Sent in %s"), shown);
    else
        words = g_strdup_printf(_("The letter was sent, but no copy of it could be kept: %s"), error->message);
    if (error == NULL)
        store_writer_copy_is_kept_here(account->engine->writer, intent, words, NULL);
    engine_tell_notice(account->engine, account->id, words);
}

void kept_here_take(EngineAccount *account)
{
    g_autoptr(GPtrArray) homeless = store_writer_homeless_copies(account->engine->writer, account->id);
    for (guint i = 0; i < homeless->len; i++)
        take(account, homeless->pdata[i]);
}
