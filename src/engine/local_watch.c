/* Other programs change the files: heard, and looked at when they have come to rest for a moment. */
#include "config.h"

#include "engine/local_private.h"

#define REST_MS 50
#define TREE_TOKEN 0 /* no mailbox has this id */

static gboolean look(gpointer data)
{
    LocalSource *source = data;
    g_autoptr(GError) error = NULL;
    engine_clear_source(&source->heard);
    if (source->tree_heard && !local_refresh_folders(source, &error))
        local_tell_trouble(source, error);
    source->tree_heard = FALSE;
    if (!g_file_test(source->root, G_FILE_TEST_IS_DIR))
        local_watch_all(source); /* one file: another may have taken its place, and nobody would be heard any more */
    local_scan_go_on(source);
    return G_SOURCE_REMOVE;
}

static void heard(gint64 token, const char *name, bool came, gpointer user)
{
    LocalSource *source = user;
    Folder *folder = token != TREE_TOKEN ? local_find_folder(source, token) : NULL;
    if (token != TREE_TOKEN && folder == NULL)
        return;
    if (folder != NULL && folder->open != NULL && local_mailbox_expects(folder->open, name, came))
        return; /* our own doing */
    if (source->filling > 0 && name != NULL && g_str_has_prefix(name, "new/"))
        return; /* the same, most likely; all is looked at behind it */
    if (folder != NULL)
        folder->stale = TRUE;
    else
        source->tree_heard = TRUE;
    if (source->heard == NULL)
        source->heard = engine_timer(source->account->engine, REST_MS, look, source);
}

void local_watch_all(LocalSource *source)
{
    if (source->account->engine->only_when_asked)
        return; /* a command that looks once */
    if (source->watch == NULL)
        source->watch = local_watch_new(source->account->engine->context, heard, source);
    if (source->watch == NULL)
        return;
    local_watch_tree(source->watch, source->root, TREE_TOKEN);
    for (guint i = 0; i < source->folders->len; i++) {
        const Folder *folder = g_ptr_array_index(source->folders, i);
        local_watch_mailbox(source->watch, folder->path, folder->id);
    }
}
