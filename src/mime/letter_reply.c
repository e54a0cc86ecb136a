/* Who is answered, and what the answer begins with (see letter_reply.h). */
#include "config.h"

#include "mime/letter_reply.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/time.h"
#include "mime/address.h"
#include "mime/fields.h"
#include "mime/filename.h"

/* A thread of years: its beginning and what is near are enough (RFC 5537 §3.4.4 allows the same). */
#define MOST_REFERENCES 50

/* ---- addresses ---- */

static bool same_address(const char *a, const char *b)
{
    return a != NULL && b != NULL && g_ascii_strcasecmp(a, b) == 0;
}

/* "alice@example.org" for "alice+list@example.org", or NULL without a tag. Caller frees. */
static char *without_tag(const char *address)
{
    const char *at = strrchr(address, '@'), *plus = strchr(address, '+');
    if (at == NULL || plus == NULL || plus == address || plus > at)
        return NULL;
    return g_strdup_printf("%.*s%s", (int)(plus - address), address, at);
}

static int own_index(const char *address, const char *const *own)
{
    if (address == NULL)
        return -1;
    for (int i = 0; own != NULL && own[i] != NULL; i++)
        if (same_address(address, own[i]))
            return i;
    g_autofree char *bare = without_tag(address);
    return bare != NULL ? own_index(bare, own) : -1;
}

static int own_in(const GPtrArray *addresses, const char *const *own)
{
    int found = -1;
    for (guint i = 0; found < 0 && i < addresses->len; i++)
        found = own_index(((const MailAddress *)addresses->pdata[i])->address, own);
    return found;
}

/* Appends copies of what is in `from`, without groups' names, the person's own and what `list` or `besides` has. */
static void add_others(GPtrArray *list, const GPtrArray *from, const GPtrArray *besides, const char *const *own)
{
    for (guint i = 0; i < from->len; i++) {
        const MailAddress *address = from->pdata[i];
        bool known = address->address == NULL || own_index(address->address, own) >= 0;
        for (guint j = 0; !known && j < list->len; j++)
            known = same_address(address->address, ((const MailAddress *)list->pdata[j])->address);
        for (guint j = 0; !known && besides != NULL && j < besides->len; j++)
            known = same_address(address->address, ((const MailAddress *)besides->pdata[j])->address);
        if (!known)
            g_ptr_array_add(list, mail_address_new(address->name, address->address));
    }
}

static GPtrArray *new_list(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)mail_address_free);
}

/* The first field of that name, unfolded; NULL when there is none or the header is not here. Caller frees. */
static char *field_of(const LetterOriginal *original, const char *name)
{
    MimeFields fields;
    MimeField field;
    if (original->header == NULL)
        return NULL;
    mime_fields_init(&fields, original->header, original->header_length);
    while (mime_fields_next(&fields, &field))
        if (mime_field_is(&field, name))
            return mime_field_unfold(&field);
    return NULL;
}

/* Addresses of a field; NULL when it is not there or holds none. */
static GPtrArray *addresses_of(const LetterOriginal *original, const char *name)
{
    g_autofree char *value = field_of(original, name);
    g_autoptr(GPtrArray) list = value != NULL ? mime_addresses_parse(value, strlen(value)) : NULL;
    return list != NULL && list->len > 0 ? g_steal_pointer(&list) : NULL;
}

int letter_own_address(const LetterOriginal *original, const char *const *own)
{
    static const char *const DELIVERED[] = { "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To" };
    const MessageSummary *summary = original->summary;
    const GPtrArray *const lists[] = { summary->to, summary->cc, summary->bcc };
    int found = -1;
    for (gsize i = 0; found < 0 && i < G_N_ELEMENTS(lists); i++)
        found = own_in(lists[i], own);
    for (gsize i = 0; found < 0 && i < G_N_ELEMENTS(DELIVERED); i++) {
        g_autoptr(GPtrArray) list = addresses_of(original, DELIVERED[i]);
        found = list != NULL ? own_in(list, own) : -1;
    }
    return found >= 0 ? found : own_in(summary->from, own);
}

/* ---- who is answered ---- */

/* RFC 2369 §3.4: "<mailto:list@example.org>, <https://…>", or NO. Only the address of a mailto: URL is taken. */
static GPtrArray *list_post(const LetterOriginal *original)
{
    g_autofree char *value = field_of(original, "List-Post");
    for (const char *at = value; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
        const char *end = strchr(at, '>');
        if (end == NULL || g_ascii_strncasecmp(at + 1, "mailto:", 7) != 0)
            continue;
        const char *address = at + 8;
        gsize length = MIN(strcspn(address, "?"), (gsize)(end - address));
        g_autofree char *plain = g_uri_unescape_segment(address, address + length, NULL);
        g_autoptr(GPtrArray) list = plain != NULL ? mime_addresses_parse(plain, strlen(plain)) : NULL;
        if (list != NULL && list->len == 1)
            return g_steal_pointer(&list);
    }
    return NULL;
}

static bool answer_list(const LetterOriginal *original, const char *const *own, GPtrArray *to)
{
    g_autoptr(GPtrArray) follow_up = addresses_of(original, "Mail-Followup-To");
    g_autoptr(GPtrArray) post = follow_up == NULL ? list_post(original) : NULL;
    if (follow_up != NULL)
        add_others(to, follow_up, NULL, own);
    if (post != NULL)
        add_others(to, post, NULL, NULL);
    return to->len > 0;
}

/* A letter of the person's own is answered to those it went to: that is what "and another thing" means. */
static void answer_people(const LetterOriginal *original, LetterReplyKind kind, const char *const *own, GPtrArray *to,
                          GPtrArray *cc)
{
    const MessageSummary *summary = original->summary;
    bool mine = own_in(summary->from, own) >= 0;
    const GPtrArray *sender = summary->reply_to->len > 0 ? summary->reply_to : summary->from;
    g_autoptr(GPtrArray) follow_up = kind == LETTER_REPLY_ALL ? addresses_of(original, "Mail-Followup-To") : NULL;
    if (follow_up != NULL)
        add_others(to, follow_up, NULL, own);
    if (to->len > 0)
        return;
    add_others(to, mine ? summary->to : sender, NULL, own);
    if (kind == LETTER_REPLY_ALL) {
        if (!mine)
            add_others(cc, summary->to, to, own);
        add_others(cc, summary->cc, to, own);
    }
    if (to->len == 0 && cc->len > 0) { /* To may not be empty while there is somebody */
        g_ptr_array_extend_and_steal(to, g_ptr_array_ref(cc));
        g_ptr_array_set_size(cc, 0);
    }
    if (to->len == 0)
        add_others(to, sender, NULL, NULL); /* a note to oneself */
}

/* ---- what the letter begins with ---- */

static char **references_of(const MessageSummary *summary)
{
    GPtrArray *ids = g_ptr_array_new();
    guint count = g_strv_length(summary->references);
    for (guint i = 0; i < count; i++)
        if (i == 0 || i + MOST_REFERENCES > count)
            g_ptr_array_add(ids, g_strdup(summary->references[i]));
    if (summary->message_id != NULL) {
        guint at;
        if (g_ptr_array_find_with_equal_func(ids, summary->message_id, g_str_equal, &at))
            g_free(g_ptr_array_remove_index(ids, at));
        g_ptr_array_add(ids, g_strdup(summary->message_id));
    }
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(ids, FALSE);
}

static char *one_line(const char *text)
{
    return text_make_safe(text != NULL ? text : "", -1, TEXT_SINGLE_LINE);
}

static const MailAddress *author(const MessageSummary *summary)
{
    return summary->from->len > 0 ? summary->from->pdata[0] : NULL;
}

/* "" when the message has no date that makes sense. */
static char *date_of(const MessageSummary *summary)
{
    return summary->date > 0 ? time_format_full(summary->date) : g_strdup("");
}

static char *attribution_line(const MessageSummary *summary, const char *format)
{
    const MailAddress *from = author(summary);
    const char *address = from != NULL && from->address != NULL ? from->address : _("somebody");
    g_autofree char *name = one_line(from != NULL && from->name != NULL && *from->name != '\0' ? from->name : address);
    g_autofree char *safe_address = one_line(address);
    g_autofree char *subject = one_line(summary->subject);
    g_autofree char *date = date_of(summary);
    /* Translators: what stands above a quoted letter. %d its date, %n its author's name. */
    const char *at = format != NULL && *format != '\0' ? format : *date != '\0' ? _("On %d, %n wrote:") : _("%n wrote:");
    GString *line = g_string_new(NULL);
    for (; *at != '\0'; at++) {
        const char *value = NULL;
        if (*at == '%' && at[1] != '\0')
            value = at[1] == 'n' ? name : at[1] == 'a' ? safe_address : at[1] == 'd' ? date : at[1] == 's' ? subject
                    : at[1] == '%' ? "%" : NULL;
        if (value != NULL) {
            g_string_append(line, value);
            at++;
        } else {
            g_string_append_c(line, *at);
        }
    }
    return g_string_free(line, FALSE);
}

static char *reply_text(const LetterOriginal *original, const char *attribution)
{
    if (original->body == NULL || *original->body == '\0')
        return g_strdup("");
    g_autofree char *line = attribution_line(original->summary, attribution);
    return g_strdup_printf("%s\n%s\n", line, original->body);
}

static char *list_or_null(const GPtrArray *list)
{
    return list->len > 0 ? mail_address_list_format(list) : NULL;
}

Letter *letter_reply(const LetterOriginal *original, LetterReplyKind kind, const char *const *own,
                     const char *attribution, GError **error)
{
    g_autoptr(GPtrArray) to = new_list();
    g_autoptr(GPtrArray) cc = new_list();
    if (kind != LETTER_REPLY_LIST)
        answer_people(original, kind, own, to, cc);
    else if (!answer_list(original, own, to)) {
        g_set_error_literal(error, LETTER_ERROR, LETTER_ERROR_ADDRESS,
                            original->header != NULL ? _("This message does not name a mailing list that takes letters.")
                                                     : _("Whether this message came by a mailing list is not known yet."));
        return NULL;
    }
    if (to->len == 0) {
        g_set_error_literal(error, LETTER_ERROR, LETTER_ERROR_ADDRESS, _("This message does not say whom to answer."));
        return NULL;
    }
    Letter *letter = letter_new();
    letter->to = list_or_null(to);
    letter->cc = list_or_null(cc);
    letter->subject = message_reply_subject(original->summary->subject);
    letter->in_reply_to = g_strdup(original->summary->message_id);
    letter->references = references_of(original->summary);
    letter->text = reply_text(original, attribution);
    return letter;
}

/* ---- passing on ---- */

static void header_line(GString *out, const char *name, const char *value)
{
    g_autofree char *safe = one_line(value);
    if (*safe != '\0')
        g_string_append_printf(out, "%s: %s\n", name, safe);
}

static void address_line(GString *out, const char *name, const GPtrArray *addresses)
{
    g_autofree char *value = mail_address_list_format(addresses);
    header_line(out, name, value);
}

Letter *letter_forward(const LetterOriginal *original)
{
    const MessageSummary *summary = original->summary;
    Letter *letter = letter_forward_attached(original);
    GString *text = g_string_new(NULL);
    g_autofree char *date = date_of(summary);
    g_string_append_printf(text, "\n---------- %s ----------\n", _("Forwarded message"));
    address_line(text, _("From"), summary->from);
    header_line(text, _("Date"), date);
    header_line(text, _("Subject"), summary->subject);
    address_line(text, _("To"), summary->to);
    address_line(text, _("Cc"), summary->cc);
    g_string_append_printf(text, "\n%s", original->body != NULL ? original->body : "");
    g_free(letter->text);
    letter->text = g_string_free(text, FALSE);
    return letter;
}

Letter *letter_forward_attached(const LetterOriginal *original)
{
    Letter *letter = letter_new();
    letter->subject = message_forward_subject(original->summary->subject);
    letter->text = g_strdup(""); /* no References: who gets it has none of the thread */
    return letter;
}

char *letter_forward_name(const MessageSummary *summary)
{
    g_autofree char *name = g_strdup_printf("%s.eml", summary->subject != NULL && *summary->subject != '\0'
                                                          ? summary->subject : "message");
    return mime_safe_filename(name);
}
