/* Drafts on this machine. Three names for each, in the folder drafts beside the store:
 *
 *     ID.letter  the letter as a text file (mime/letter_draft.c), replaced as a whole
 *     ID.txt     the text while an editor has it; found at start it is newer than what the letter says
 *     ID.parts/  attachments that came with a message
 */
#include "config.h"

#include "model/compose-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"

#define DURABLE (G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE)

char *compose_new_id(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *when = g_date_time_format(now, "%Y%m%dT%H%M%S");
    return g_strdup_printf("%s-%08x", when, g_random_int());
}

static char *drafts_directory(const Model *model)
{
    g_autofree char *beside = g_path_get_dirname(model->store_path);
    return g_build_filename(beside, "drafts", NULL);
}

char *compose_path(const Model *model, const char *id, const char *ending)
{
    g_autofree char *directory = drafts_directory(model);
    g_autofree char *name = g_strconcat(id, ending, NULL);
    return g_build_filename(directory, name, NULL);
}

static void fsync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static gboolean write_private(const Model *model, const char *path, const char *text, GError **error)
{
    g_autofree char *directory = drafts_directory(model);
    g_autoptr(GError) trouble = NULL;
    gboolean ok = g_mkdir_with_parents(directory, 0700) == 0 &&
                  g_file_set_contents_full(path, text, -1, DURABLE, 0600, &trouble);
    if (ok)
        fsync_directory(directory);
    else
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE, _("The draft could not be saved, it is only in memory: %s"),
                    trouble != NULL ? trouble->message : g_strerror(errno));
    return ok;
}

/* --- notes beside the letter ---------------------------------------------------------------------------- */

static void note_number(GHashTable *notes, const char *name, gint64 value)
{
    if (value != 0)
        g_hash_table_insert(notes, g_strdup(name), g_strdup_printf("%" G_GINT64_FORMAT, value));
}

static gint64 noted_number(GHashTable *notes, const char *name)
{
    const char *value = g_hash_table_lookup(notes, name);
    return value != NULL ? g_ascii_strtoll(value, NULL, 10) : 0;
}

static GHashTable *notes_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static GHashTable *notes_of(const ModelCompose *compose)
{
    GHashTable *notes = notes_new();
    note_number(notes, "account", compose->account_id);
    note_number(notes, "answers", compose->answers);
    note_number(notes, "forwards", compose->forwards);
    note_number(notes, "replaces", compose->replaces);
    note_number(notes, "markdown", compose->markdown);
    note_number(notes, "options", compose->options);
    note_number(notes, "signed", compose->signed_once);
    note_number(notes, "new", compose->new_text);
    if (compose->signature != NULL)
        g_hash_table_insert(notes, g_strdup("signature"), g_strdup(compose->signature));
    return notes;
}

static void take_notes(ModelCompose *compose, GHashTable *notes)
{
    compose->answers = noted_number(notes, "answers");
    compose->forwards = noted_number(notes, "forwards");
    compose->replaces = noted_number(notes, "replaces");
    compose->markdown = noted_number(notes, "markdown") != 0;
    compose->options = (guint)noted_number(notes, "options");
    compose->signed_once = noted_number(notes, "signed") != 0;
    compose->new_text = noted_number(notes, "new") != 0;
    compose->signature = g_strdup(g_hash_table_lookup(notes, "signature"));
}

gboolean compose_save(ModelCompose *compose, GError **error)
{
    g_autoptr(GHashTable) notes = notes_of(compose);
    g_autofree char *text = letter_draft_format(compose->letter, notes);
    g_autofree char *path = compose_path(compose->model, compose->id, ".letter");
    if (!write_private(compose->model, path, text, error))
        return FALSE;
    compose->saved_at = g_get_real_time() / G_USEC_PER_SEC;
    return TRUE;
}

void compose_save_lightly(ModelCompose *compose)
{
    g_autoptr(GHashTable) notes = notes_of(compose);
    g_autofree char *text = letter_draft_format(compose->letter, notes);
    g_autofree char *path = compose_path(compose->model, compose->id, ".letter"), *fresh = g_strconcat(path, ".new", NULL);
    g_autofree char *directory = drafts_directory(compose->model);
    if (g_mkdir_with_parents(directory, 0700) == 0 && g_file_set_contents_full(fresh, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL) &&
        g_rename(fresh, path) == 0)
        compose->saved_at = g_get_real_time() / G_USEC_PER_SEC;
}

/* --- the editor -------------------------------------------------------------------------------------------- */

const char *model_compose_editor_file(ModelCompose *compose, gboolean header, GError **error)
{
    compose_sign(compose);
    if (!compose_save(compose, error))
        return NULL;
    g_autofree char *path = compose_path(compose->model, compose->id, header ? ".mail" : ".txt");
    g_autofree char *whole = header ? letter_draft_format(compose->letter, NULL) : NULL;
    if (!write_private(compose->model, path, header ? whole : compose->letter->text, error))
        return NULL;
    g_free(compose->editor_file);
    compose->editor_file = g_steal_pointer(&path);
    compose->editor_header = header;
    return compose->editor_file;
}

/* The editor's words in UTF-8 whatever it wrote; its line ends as LF. */
static char *as_text(const char *bytes, gsize length)
{
    g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)length);
    g_auto(GStrv) lines = g_strsplit(valid, "\r\n", -1);
    return g_strjoinv("\n", lines);
}

static void take_edited(ModelCompose *compose, const char *bytes, gsize length, gboolean header)
{
    g_autofree char *text = as_text(bytes, length);
    Letter *letter = compose->letter;
    if (!header) {
        g_free(letter->text);
        letter->text = g_steal_pointer(&text);
        return;
    }
    Letter *edited = letter_draft_parse(text, strlen(text), NULL);
    if (edited->from == NULL)
        edited->from = g_strdup(letter->from);
    letter_free(letter);
    compose->letter = edited;
}

static gboolean read_edited(ModelCompose *compose, const char *path, gboolean header, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length;
    if (!g_file_get_contents(path, &bytes, &length, error))
        return FALSE;
    take_edited(compose, bytes, length, header);
    return TRUE;
}

gboolean model_compose_edited(ModelCompose *compose, GError **error)
{
    g_autofree char *path = g_steal_pointer(&compose->editor_file);
    if (path == NULL || !read_edited(compose, path, compose->editor_header, error) || !compose_save(compose, error))
        return FALSE;
    g_unlink(path);
    return TRUE;
}

/* --- what is left ------------------------------------------------------------------------------------------------ */

static void draft_free(gpointer data)
{
    ModelDraft *draft = data;
    g_free(draft->id);
    g_free(draft->subject);
    g_free(draft->to);
    g_free(draft);
}

static Letter *read_draft(const Model *model, const char *id, GHashTable *notes, GError **error)
{
    g_autofree char *path = compose_path(model, id, ".letter");
    g_autofree char *bytes = NULL;
    gsize length;
    return g_file_get_contents(path, &bytes, &length, error) ? letter_draft_parse(bytes, length, notes) : NULL;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const ModelDraft *left = *(ModelDraft *const *)a, *right = *(ModelDraft *const *)b;
    return left->when != right->when ? (left->when < right->when ? 1 : -1) : strcmp(right->id, left->id);
}

static void add_draft(Model *model, GPtrArray *drafts, const char *id)
{
    g_autoptr(Letter) letter = read_draft(model, id, NULL, NULL);
    g_autofree char *path = compose_path(model, id, ".letter");
    struct stat facts;
    if (letter == NULL || g_stat(path, &facts) != 0)
        return;
    ModelDraft *draft = g_new0(ModelDraft, 1);
    draft->id = g_strdup(id);
    draft->subject = model_safe(letter->subject != NULL ? letter->subject : "");
    draft->to = model_safe(letter->to != NULL ? letter->to : "");
    draft->when = facts.st_mtime;
    g_ptr_array_add(drafts, draft);
}

GPtrArray *model_drafts(Model *model)
{
    GPtrArray *drafts = g_ptr_array_new_with_free_func(draft_free);
    g_autofree char *directory = model->store_path != NULL ? drafts_directory(model) : NULL;
    g_autoptr(GDir) listing = directory != NULL ? g_dir_open(directory, 0, NULL) : NULL;
    const char *name;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL)
        if (g_str_has_suffix(name, ".letter")) {
            g_autofree char *id = g_strndup(name, strlen(name) - strlen(".letter"));
            add_draft(model, drafts, id);
        }
    g_ptr_array_sort(drafts, newest_first);
    return drafts;
}

/* An editor that died with us, or lived on, left its file: that is what the person wrote last. */
static void take_left_behind(ModelCompose *compose)
{
    static const char *const endings[] = { ".txt", ".mail" };
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = compose_path(compose->model, compose->id, endings[i]);
        if (read_edited(compose, path, i == 1, NULL) && compose_save(compose, NULL))
            g_unlink(path);
    }
}

ModelCompose *model_compose_open(Model *model, const char *draft_id, GError **error)
{
    g_autoptr(GHashTable) notes = notes_new();
    Letter *letter = read_draft(model, draft_id, notes, error);
    if (letter == NULL)
        return NULL;
    ModelCompose *compose = compose_new(model, noted_number(notes, "account"), letter, error);
    if (compose == NULL)
        return NULL;
    g_free(compose->id);
    compose->id = g_strdup(draft_id);
    take_notes(compose, notes);
    take_left_behind(compose);
    compose->saved_at = g_get_real_time() / G_USEC_PER_SEC;
    return compose;
}

static void remove_parts(const char *directory)
{
    g_autoptr(GDir) listing = g_dir_open(directory, 0, NULL);
    const char *name;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    g_rmdir(directory);
}

void compose_remove_files(Model *model, const char *id)
{
    static const char *const endings[] = { ".txt", ".mail", ".eml", ".letter.new", ".letter" };
    g_autofree char *parts = compose_path(model, id, ".parts");
    remove_parts(parts);
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = compose_path(model, id, endings[i]);
        g_unlink(path);
    }
}

void model_draft_discard(Model *model, const char *draft_id)
{
    compose_remove_files(model, draft_id);
}

char *model_draft_taken_back(Model *model)
{
    return g_steal_pointer(&model->taken_back);
}
