#include "config.h"

#include "engine/absent.h"

#include <glib/gstdio.h>

#include "base/absent.h"
#include "base/i18n.h"
#include "engine/message_url.h"
#include "engine/transfers.h"

/* --- put together there ----------------------------------------------------------------------------- */

gboolean absent_can_catenate(const EngineAccount *account)
{
    return account->local == NULL && engine_account_is_ready(account) && engine_account_can(account, IMAP_CAP_CATENATE);
}

static char *url_of(EngineAccount *account, const AbsentPart *part)
{
    guint32 uid;
    g_autoptr(StoreMailbox) mailbox = message_url_place(account, part->message_id, &uid);
    if (mailbox == NULL || mailbox->account_id != account->id)
        return NULL;
    g_autofree char *path = message_url_path(mailbox, uid);
    return *part->section == '\0' ? g_steal_pointer(&path) : g_strdup_printf("%s/;SECTION=%s", path, part->section);
}

static void add_text(GArray *pieces, GBytes *file, gsize from, gsize to)
{
    if (to <= from)
        return;
    g_autoptr(GBytes) text = g_bytes_new_from_bytes(file, from, to - from);
    ImapCatenatePart piece = { .text = imap_source_from_bytes(text) };
    g_array_append_val(pieces, piece);
}

ImapCommand *absent_append(EngineAccount *account, const char *mailbox, const char *const *flags, GBytes *file, const GPtrArray *parts,
                           guint64 *saved)
{
    g_autoptr(GPtrArray) urls = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < parts->len; i++) {
        char *url = url_of(account, parts->pdata[i]);
        if (url == NULL)
            return NULL;
        g_ptr_array_add(urls, url);
    }
    g_autoptr(GArray) pieces = g_array_new(FALSE, TRUE, sizeof(ImapCatenatePart));
    gsize at = 0;
    *saved = 0;
    for (guint i = 0; i < parts->len; i++) {
        const AbsentPart *part = parts->pdata[i];
        add_text(pieces, file, at, part->offset);
        ImapCatenatePart piece = { .url = urls->pdata[i] };
        g_array_append_val(pieces, piece);
        at = part->offset + part->length;
        *saved += MIN(part->octets, G_MAXUINT64 / 2 - *saved);
    }
    add_text(pieces, file, at, g_bytes_get_size(file));
    return imap_command_append_catenate(mailbox, flags, 0, (const ImapCatenatePart *) (gpointer) pieces->data, pieces->len);
}

/* --- filled in here ------------------------------------------------------------------------------------ */

typedef struct {
    Engine *engine;
    char *path;
    GPtrArray *parts; /* of AbsentPart* */
    GPtrArray *files; /* of char*: what was fetched of them so far, and of the next */
    AbsentFilled filled;
    gint64 for_id;
    GSource *start;
} Fill;

static void free_fill(gpointer data)
{
    Fill *fill = data;
    engine_clear_source(&fill->start);
    for (guint i = 0; i < fill->files->len; i++)
        g_unlink(fill->files->pdata[i]);
    g_ptr_array_unref(fill->parts);
    g_ptr_array_unref(fill->files);
    g_free(fill->path);
    g_free(fill);
}

void absent_fills_free(GHashTable *fills)
{
    if (fills != NULL)
        g_hash_table_unref(fills);
}

static void over(Fill *fill, const char *trouble)
{
    g_autofree char *words = g_strdup(trouble);
    Engine *engine = fill->engine;
    AbsentFilled filled = fill->filled;
    gint64 for_id = fill->for_id;
    g_hash_table_remove(engine->absent_fills, fill->path);
    filled(engine, words, for_id);
}

static void fetch_next(Fill *fill);

static void fetched(const char *trouble, gpointer user)
{
    Fill *fill = user;
    if (trouble == NULL) {
        fetch_next(fill);
        return;
    }
    const AbsentPart *part = fill->parts->pdata[fill->files->len - 1];
    g_autofree char *words = g_strdup_printf(_("The attachment “%s” lies on the mail server and cannot be had from there: %s The letter is kept."),
                                             part->name, trouble);
    over(fill, words);
}

static void all_fetched(Fill *fill)
{
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(fill->files, NULL);
    gboolean ok = absent_parts_fill(fill->path, fill->parts, (char *const *) fill->files->pdata, &error);
    g_ptr_array_set_size(fill->files, (gint) fill->parts->len);
    over(fill, ok ? NULL : error->message);
}

static void fetch_next(Fill *fill)
{
    if (fill->files->len == fill->parts->len) {
        all_fetched(fill);
        return;
    }
    const AbsentPart *part = fill->parts->pdata[fill->files->len];
    gint64 mailbox_id = 0;
    guint32 uid = 0;
    EngineAccount *account =
        store_writer_locate(fill->engine->writer, part->message_id, &mailbox_id, &uid) ? engine_account_of_mailbox(fill->engine, mailbox_id) : NULL;
    if (account == NULL) {
        g_autofree char *words = g_strdup_printf(_("The message that the attachment “%s” lies in is no longer there. The letter is kept: take the attachment "
                                                   "out of it, or attach it again."),
                                                 part->name);
        over(fill, words);
        return;
    }
    char *file = g_strdup_printf("%s.part-%u", fill->path, fill->files->len);
    g_unlink(file);
    g_ptr_array_add(fill->files, file);
    transfers_fetch_as_it_is(account, part->message_id, part->section, file, fetched, fill);
}

static gboolean start(gpointer data)
{
    Fill *fill = data;
    engine_clear_source(&fill->start);
    fetch_next(fill);
    return G_SOURCE_REMOVE;
}

void absent_fill(Engine *engine, const char *path, AbsentFilled filled, gint64 for_id)
{
    if (engine->absent_fills == NULL)
        engine->absent_fills = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_fill);
    if (g_hash_table_contains(engine->absent_fills, path))
        return;
    Fill *fill = g_new(Fill, 1);
    *fill = (Fill){ engine, g_strdup(path), absent_parts_read(path), g_ptr_array_new_with_free_func(g_free), filled, for_id, NULL };
    g_hash_table_insert(engine->absent_fills, fill->path, fill);
    fill->start = engine_idle(engine, start, fill);
}
