/* The structure of a message: a tree, kept flat in the order of the tree with each part's depth. */
#include "config.h"

#include <string.h>

#include "store/reader-private.h"
#include "store/store-private.h"

static void append_zero_terminated(GString *out, const char *text)
{
    g_string_append_len(out, text != NULL ? text : "", text != NULL ? (gssize) strlen(text) + 1 : 1);
}

/* Something a person would call an attachment: said to be one, or named and not merely shown inside the text.
 */
static gboolean is_attachment(const MessagePart *part)
{
    if (part->children->len > 0 && !message_part_is(part, "message", NULL))
        return FALSE;
    if (g_strcmp0(part->disposition, "attachment") == 0)
        return TRUE;
    return part->filename != NULL && part->content_id == NULL;
}

typedef struct {
    StoreWriter *writer;
    gint64 content_id;
    gint64 position;
    gboolean has_attachment;
} Flattening;

static gboolean put_part(Flattening *flat, const MessagePart *part, guint depth, GError **error)
{
    if (depth > MESSAGE_PART_MAX_DEPTH || flat->position >= MESSAGE_PART_MAX_COUNT)
        return TRUE;
    g_autoptr(GString) parameters = g_string_new(NULL);
    for (guint i = 0; i < part->parameters->len; i++) {
        const MimeParameter *parameter = g_ptr_array_index(part->parameters, i);
        append_zero_terminated(parameters, parameter->name);
        append_zero_terminated(parameters, parameter->value);
    }
    flat->has_attachment |= is_attachment(part);
    if (!database_run(flat->writer->db, error,
                      "INSERT INTO part (content_id, position, depth, section, type, subtype, parameters, "
                      "encoding, disposition, filename,"
                      " cid, description, octets, lines) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                      "?11, ?12, ?13, ?14)",
                      "iiisssbsssssii", flat->content_id, flat->position++, (gint64) depth, part->section,
                      part->type, part->subtype, parameters->str, (gint64) parameters->len, part->encoding,
                      part->disposition, part->filename, part->content_id, part->description,
                      (gint64) MIN(part->octets, (guint64) G_MAXINT64),
                      (gint64) MIN(part->lines, (guint64) G_MAXINT64)))
        return FALSE;
    for (guint i = 0; i < part->children->len; i++)
        if (!put_part(flat, g_ptr_array_index(part->children, i), depth + 1, error))
            return FALSE;
    return TRUE;
}

gboolean structure_put(StoreWriter *writer, gint64 content_id, const MessagePart *root, GError **error)
{
    Flattening flat = { .writer = writer, .content_id = content_id };
    return structure_drop(writer, content_id, error) && put_part(&flat, root, 0, error) &&
           database_run(writer->db, error,
                        "UPDATE content SET has_structure = 1, has_attachment = ?2 WHERE id = ?1", "ii",
                        content_id, (gint64) flat.has_attachment) &&
           fulltext_note(writer, content_id, error);
}

gboolean structure_drop(StoreWriter *writer, gint64 content_id, GError **error)
{
    return database_run(writer->db, error, "DELETE FROM part WHERE content_id = ?", "i", content_id);
}

static void read_parameters(MessagePart *part, const char *bytes, gsize length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        const char *name = bytes;
        const char *value = name + strlen(name) + 1;
        if (value >= end)
            return;
        message_part_set_parameter(part, name, value);
        bytes = value + strlen(value) + 1;
    }
}

static MessagePart *part_from_row(sqlite3_stmt *s)
{
    MessagePart *part =
        message_part_new((const char *) sqlite3_column_text(s, 1), (const char *) sqlite3_column_text(s, 2),
                         (const char *) sqlite3_column_text(s, 3));
    const char *parameters = sqlite3_column_blob(s, 4);
    gsize length = (gsize) sqlite3_column_bytes(s, 4);
    /* Written by us with a final NUL; a damaged row must not make strlen() run on. */
    if (parameters != NULL && length > 0 && parameters[length - 1] == '\0')
        read_parameters(part, parameters, length);
    g_free(part->encoding);
    part->encoding = column_text(s, 5);
    part->disposition = column_text(s, 6);
    part->filename = column_text(s, 7);
    part->content_id = column_text(s, 8);
    part->description = column_text(s, 9);
    part->octets = (guint64) column_int(s, 10);
    part->lines = (guint64) column_int(s, 11);
    return part;
}

MessagePart *structure_read(Database *db, gint64 content_id)
{
    MessagePart *open[MESSAGE_PART_MAX_DEPTH + 1] = { NULL }; /* the last part at each depth */
    sqlite3_stmt *s = database_query(db, NULL,
                                     "SELECT depth, section, type, subtype, parameters, encoding, "
                                     "disposition, filename, cid, description, octets, lines"
                                     " FROM part WHERE content_id = ? ORDER BY position",
                                     "i", content_id);
    while (s != NULL && database_step(db, s, NULL)) {
        gint64 depth = column_int(s, 0);
        if (depth < 0 || depth > MESSAGE_PART_MAX_DEPTH || (depth == 0) != (open[0] == NULL) ||
            (depth > 0 && open[depth - 1] == NULL))
            continue;
        MessagePart *part = part_from_row(s);
        if (depth > 0)
            g_ptr_array_add(open[depth - 1]->children, part);
        open[depth] = part;
    }
    return open[0];
}
