/* Which parts to read, and what is attached (see choose.h).
 *
 * Recursion follows the tree, whose depth is capped where it is built. */
#include "config.h"
#include "mime/choose.h"

#include "base/i18n.h"
#include "base/text.h"

#include <string.h>

#define MAX_TEXTS 100

typedef struct {
    char **preference;  /* types in order */
    GPtrArray *texts;   /* of MessagePart*: chosen to read */
    GHashTable *passed; /* set of MessagePart*: whole branches that are other forms of what was chosen */
} Choice;

static void choose(Choice *choice, const MessagePart *part);

static bool is_multipart(const MessagePart *part)
{
    return strcmp(part->type, "multipart") == 0;
}

static bool is_attachment(const MessagePart *part)
{
    return part->disposition && strcmp(part->disposition, "attachment") == 0;
}

/* Place of a type in the preference; one behind the last for what nobody prefers, more for what cannot be
 * read at all. */
static guint rank_of_leaf(const Choice *choice, const MessagePart *part)
{
    g_autofree char *type = g_strconcat(part->type, "/", part->subtype, NULL);
    g_autofree char *any = g_strconcat(part->type, "/*", NULL);
    guint i = 0;
    for (; choice->preference[i]; i++)
        if (strcmp(choice->preference[i], type) == 0 || strcmp(choice->preference[i], any) == 0)
            return i;
    if (strcmp(part->type, "text") != 0)
        return i + 2;
    /* A calendar or a card in an alternative is data, whatever its major type says. */
    return strcmp(part->subtype, "calendar") == 0 || strcmp(part->subtype, "x-amp-html") == 0 ? i + 1 : i;
}

/* The best rank in a branch of an alternative: a related or mixed is as good as the text it holds. */
static guint rank_of(const Choice *choice, const MessagePart *part)
{
    if (!is_multipart(part))
        return rank_of_leaf(choice, part);
    guint best = G_MAXUINT;
    for (guint i = 0; i < part->children->len; i++) {
        guint rank =
            rank_of(choice, g_ptr_array_index(part->children,
                                              i)); /* outside of MIN(), which would ask twice at each level */
        best = MIN(best, rank);
    }
    return best;
}

/* Some mailers send an empty plain part beside the real HTML one. Announced sizes are hints, so only the
 * plainly empty counts. */
static bool is_empty_plain(const MessagePart *part)
{
    return message_part_is(part, "text", "plain") && part->octets <= 4;
}

static const MessagePart *best_alternative(const Choice *choice, const MessagePart *part)
{
    const MessagePart *best = NULL;
    guint best_rank = G_MAXUINT;
    for (guint i = 0; i < part->children->len; i++) {
        const MessagePart *child = g_ptr_array_index(part->children, i);
        guint rank = rank_of(choice, child);
        if (is_empty_plain(child) && part->children->len > 1)
            rank = G_MAXUINT - 1;
        if (!best || rank < best_rank) {
            best = child;
            best_rank = rank;
        }
    }
    return best;
}

/* RFC 2387: the root is the part that "start" names, else the first. */
static const MessagePart *related_root(const MessagePart *part)
{
    const char *start = message_part_parameter(part, "start");
    if (start) {
        gsize length = strlen(start);
        if (length > 2 && start[0] == '<' && start[length - 1] == '>') {
            start++;
            length -= 2;
        }
        for (guint i = 0; i < part->children->len; i++) {
            const MessagePart *child = g_ptr_array_index(part->children, i);
            if (child->content_id && strlen(child->content_id) == length &&
                memcmp(child->content_id, start, length) == 0)
                return child;
        }
    }
    return g_ptr_array_index(part->children, 0);
}

static void choose_multipart(Choice *choice, const MessagePart *part)
{
    if (part->children->len == 0)
        return;
    if (strcmp(part->subtype, "alternative") == 0) {
        const MessagePart *best = best_alternative(choice, part);
        for (guint i = 0; i < part->children->len; i++) {
            gpointer child = g_ptr_array_index(part->children, i);
            if (child != best)
                g_hash_table_add(choice->passed, child);
        }
        choose(choice, best);
    } else if (strcmp(part->subtype, "related") == 0) {
        choose(choice, related_root(part));
    } else {
        for (guint i = 0; i < part->children->len; i++)
            choose(choice, g_ptr_array_index(part->children, i));
    }
}

/* Text that is data for a program and no reading matter. */
static bool is_readable_text(const MessagePart *part)
{
    static const char *const data[] = { "calendar", "vcard",      "x-vcard", "directory", "csv",
                                        "css",      "javascript", "xml",     "rtf" };
    if (strcmp(part->type, "text") != 0)
        return message_part_is(part, "message", "delivery-status") ||
               message_part_is(part, "message", "disposition-notification");
    for (gsize i = 0; i < G_N_ELEMENTS(data); i++)
        if (strcmp(part->subtype, data[i]) == 0)
            return false;
    return true;
}

static void choose(Choice *choice, const MessagePart *part)
{
    if (choice->texts->len >= MAX_TEXTS)
        return;
    if (is_multipart(part)) {
        choose_multipart(choice, part);
    } else if (message_part_is(part, "message", "rfc822")) {
        if (is_attachment(part) || part->children->len == 0)
            return;
        g_ptr_array_add(choice->texts, (gpointer)part);
        choose(choice, g_ptr_array_index(part->children, 0));
    } else if (!is_attachment(part) && is_readable_text(part)) {
        g_ptr_array_add(choice->texts, (gpointer)part);
    }
}

static void choice_init(Choice *choice, const char *preference)
{
    choice->texts = g_ptr_array_new();
    choice->passed = g_hash_table_new(NULL, NULL);
    g_autofree char *lower = g_ascii_strdown(preference ? preference : "text/plain,text/html", -1);
    choice->preference = g_strsplit_set(lower, ", ", -1);
}

static void choice_clear(Choice *choice)
{
    if (choice->texts)
        g_ptr_array_unref(choice->texts);
    g_hash_table_unref(choice->passed);
    g_strfreev(choice->preference);
}

GPtrArray *mime_choose_text(const MessagePart *root, const char *preference)
{
    Choice choice;
    choice_init(&choice, preference);
    choose(&choice, root);
    /* A message that is one attached text has nothing else to read. */
    if (choice.texts->len == 0 && root->children->len == 0 && strcmp(root->type, "text") == 0)
        g_ptr_array_add(choice.texts, (gpointer)root);
    GPtrArray *texts = g_steal_pointer(&choice.texts);
    choice_clear(&choice);
    return texts;
}

/* --- attachments ------------------------------------------------------------------------------ */

void mime_attachment_free(MimeAttachment *attachment)
{
    if (!attachment)
        return;
    g_free(attachment->name);
    g_free(attachment->type);
    g_free(attachment);
}

static guint64 decoded_octets(const MessagePart *part)
{
    /* Lines of 76 characters and CR LF: 78 octets carry 57. */
    if (strcmp(part->encoding, "base64") == 0)
        return part->octets / 78 * 57 + part->octets % 78 * 3 / 4;
    return part->octets;
}

static char *name_of(const MessagePart *part)
{
    const char *given = part->filename && *part->filename ? part->filename : part->description;
    if (given && *given) {
        char *safe = text_make_safe(given, -1, TEXT_SINGLE_LINE);
        if (*safe)
            return safe;
        g_free(safe);
    }
    if (strcmp(part->type, "text") == 0)
        return g_strdup(strcmp(part->subtype, "html") == 0 ? _("text (HTML)") : _("text"));
    if (strcmp(part->type, "image") == 0)
        return g_strdup(_("picture"));
    if (strcmp(part->type, "message") == 0)
        return g_strdup(_("message"));
    if (strcmp(part->subtype, "pgp-signature") == 0 || g_str_has_suffix(part->subtype, "pkcs7-signature"))
        return g_strdup(_("signature"));
    return g_strdup(_("attachment"));
}

static void list(const Choice *choice, const MessagePart *part, bool in_related, GPtrArray *attachments)
{
    if (g_hash_table_contains(choice->passed, part))
        return;
    if (is_multipart(part)) {
        bool related = strcmp(part->subtype, "related") == 0;
        for (guint i = 0; i < part->children->len; i++)
            list(choice, g_ptr_array_index(part->children, i), related, attachments);
        return;
    }
    MimeAttachment *attachment = g_new0(MimeAttachment, 1);
    attachment->part = part;
    attachment->name = name_of(part);
    attachment->type = g_strconcat(part->type, "/", part->subtype, NULL);
    g_autofree char *safe = text_make_safe(attachment->type, -1, TEXT_SINGLE_LINE);
    g_free(attachment->type);
    attachment->type = g_steal_pointer(&safe);
    attachment->octets = decoded_octets(part);
    attachment->shown = g_ptr_array_find(choice->texts, part, NULL);
    attachment->is_inline = in_related && !is_attachment(part) && !attachment->shown;
    g_ptr_array_add(attachments, attachment);
    /* What is inside a message that is shown in place is listed too. */
    if (attachment->shown && part->children->len > 0)
        list(choice, g_ptr_array_index(part->children, 0), false, attachments);
}

GPtrArray *mime_list_attachments(const MessagePart *root, const char *preference)
{
    Choice choice;
    choice_init(&choice, preference);
    choose(&choice, root);
    if (choice.texts->len == 0 && root->children->len == 0 && strcmp(root->type, "text") == 0)
        g_ptr_array_add(choice.texts, (gpointer)root);
    GPtrArray *attachments = g_ptr_array_new_with_free_func((GDestroyNotify)mime_attachment_free);
    list(&choice, root, false, attachments);
    choice_clear(&choice);
    return attachments;
}

static bool is_signature(const MessagePart *part)
{
    return g_str_has_suffix(part->subtype, "signature") || strcmp(part->subtype, "pgp-encrypted") == 0;
}

bool mime_has_attachment(const MessagePart *root)
{
    g_autoptr(GPtrArray) attachments = mime_list_attachments(root, NULL);
    for (guint i = 0; i < attachments->len; i++) {
        const MimeAttachment *attachment = g_ptr_array_index(attachments, i);
        if (!attachment->shown && !attachment->is_inline && !is_signature(attachment->part))
            return true;
    }
    return false;
}
