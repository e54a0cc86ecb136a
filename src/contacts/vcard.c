/* vCard files: RFC 6350, RFC 2426, and the 2.1 that old telephones write. */
#include "config.h"

#include "contacts/contact.h"

#include <string.h>

#define FOLD 75 /* octets (RFC 6350 §3.2) */

/* --- life ------------------------------------------------------------------------------------------------ */

static GPtrArray *texts_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

Contact *contact_new(const char *name)
{
    Contact *contact = g_new0(Contact, 1);
    contact->name = g_strdup(name);
    contact->nicknames = texts_new();
    contact->addresses = texts_new();
    contact->members = texts_new();
    contact->categories = texts_new();
    return contact;
}

void contact_free(Contact *contact)
{
    if (contact == NULL)
        return;
    g_free(contact->uid);
    g_free(contact->name);
    g_ptr_array_unref(contact->nicknames);
    g_ptr_array_unref(contact->addresses);
    g_ptr_array_unref(contact->members);
    g_ptr_array_unref(contact->categories);
    g_free(contact);
}

/* --- lines -------------------------------------------------------------------------------------------------- */

typedef struct {
    char *name; /* upper case, without a group's prefix */
    char *parameters; /* upper case, "TYPE=WORK;PREF" */
    char *value;
} Property;

static void property_clear(Property *property)
{
    g_free(property->name);
    g_free(property->parameters);
    g_free(property->value);
}

/* The next logical line, folds undone; in 2.1 a "=" at the end of quoted-printable goes on too. NULL at the end. */
static char *next_line(const char **at, const char *end)
{
    if (*at >= end)
        return NULL;
    GString *line = g_string_new(NULL);
    for (;;) {
        const char *stop = memchr(*at, '\n', (gsize)(end - *at)), *next = stop != NULL ? stop + 1 : end;
        gsize length = (gsize)((stop != NULL ? stop : end) - *at);
        if (length > 0 && (*at)[length - 1] == '\r')
            length--;
        g_string_append_len(line, *at, (gssize)length);
        *at = next;
        gboolean soft = line->len > 0 && line->str[line->len - 1] == '=' && strcasestr(line->str, "QUOTED-PRINTABLE") != NULL;
        if (soft)
            g_string_truncate(line, line->len - 1);
        else if (next < end && (*next == ' ' || *next == '\t'))
            (*at)++;
        else
            break;
        if (*at >= end)
            break;
    }
    return g_string_free(line, FALSE);
}

/* "item1.EMAIL;TYPE=work:x@y". FALSE: no property. */
static gboolean split(const char *line, Property *property)
{
    gboolean quoted = FALSE;
    const char *colon = line;
    for (; *colon != '\0' && (quoted || *colon != ':'); colon++)
        quoted ^= *colon == '"';
    if (*colon == '\0')
        return FALSE;
    g_autofree char *left = g_strndup(line, (gsize)(colon - line));
    char *semicolon = strchr(left, ';');
    property->parameters = semicolon != NULL ? g_ascii_strup(semicolon + 1, -1) : g_strdup("");
    if (semicolon != NULL)
        *semicolon = '\0';
    const char *dot = strrchr(left, '.');
    property->name = g_ascii_strup(dot != NULL ? dot + 1 : left, -1);
    property->value = g_strdup(colon + 1);
    return TRUE;
}

static char *undo_quoted_printable(const char *value)
{
    GString *out = g_string_new(NULL);
    for (; *value != '\0'; value++) {
        if (*value == '=' && g_ascii_isxdigit(value[1]) && g_ascii_isxdigit(value[2])) {
            g_string_append_c(out, (char)(g_ascii_xdigit_value(value[1]) * 16 + g_ascii_xdigit_value(value[2])));
            value += 2;
        } else {
            g_string_append_c(out, *value);
        }
    }
    return g_string_free(out, FALSE);
}

/* 2.1 may name a charset; everything later is UTF-8. */
static char *decoded(const Property *property)
{
    g_autofree char *plain = strstr(property->parameters, "QUOTED-PRINTABLE") != NULL ? undo_quoted_printable(property->value)
                                                                                     : g_strdup(property->value);
    const char *charset = strstr(property->parameters, "CHARSET=");
    g_autofree char *name = charset != NULL ? g_strndup(charset + 8, strcspn(charset + 8, ";")) : NULL;
    char *converted = name != NULL ? g_convert(plain, -1, "UTF-8", name, NULL, NULL, NULL) : NULL;
    return converted != NULL ? converted : g_utf8_make_valid(plain, -1);
}

/* The pieces of a value between unescaped `separator`s ('\0': none), with "\n", "\," and "\;" undone. */
static void add_pieces(GPtrArray *list, const char *value, char separator)
{
    GString *piece = g_string_new(NULL);
    for (const char *p = value;; p++) {
        if (*p == '\0' || (*p == separator && separator != '\0')) {
            g_autofree char *text = g_strstrip(g_strdup(piece->str));
            if (*text != '\0')
                g_ptr_array_add(list, g_steal_pointer(&text));
            g_string_truncate(piece, 0);
            if (*p == '\0')
                break;
        } else if (*p == '\\' && p[1] != '\0') {
            p++;
            g_string_append_c(piece, *p == 'n' || *p == 'N' ? ' ' : *p);
        } else {
            g_string_append_c(piece, g_ascii_iscntrl(*p) ? ' ' : *p);
        }
    }
    g_string_free(piece, TRUE);
}

static char *one_piece(const char *value)
{
    g_autoptr(GPtrArray) list = texts_new();
    add_pieces(list, value, '\0');
    return list->len > 0 ? g_strdup(list->pdata[0]) : NULL;
}

/* --- a card ---------------------------------------------------------------------------------------------------- */

typedef struct {
    Contact *contact;
    char *formatted, *structured, *organisation; /* what a name can be made of, in this order */
} Card;

/* "Martin;Alice;;Dr.;" → "Alice Martin" */
static char *structured_name(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ";", -1);
    guint count = g_strv_length(parts);
    g_autofree char *family = count > 0 ? one_piece(parts[0]) : NULL, *given = count > 1 ? one_piece(parts[1]) : NULL;
    return family != NULL && given != NULL ? g_strdup_printf("%s %s", given, family) : g_strdup(family != NULL ? family : given);
}

static gboolean is_address(const char *text)
{
    const char *at = strrchr(text, '@');
    for (const char *p = text; *p != '\0'; p++)
        if ((guchar)*p <= ' ' || strchr("<>,;\"", *p) != NULL)
            return FALSE;
    return at != NULL && at != text && at[1] != '\0';
}

static void take_address(Contact *contact, const char *value, const char *parameters)
{
    g_autofree char *address = one_piece(g_ascii_strncasecmp(value, "mailto:", 7) == 0 ? value + 7 : value);
    if (address == NULL || !is_address(address))
        return;
    gboolean first = strstr(parameters, "PREF") != NULL;
    g_ptr_array_insert(contact->addresses, first ? 0 : -1, g_steal_pointer(&address));
}

static const char *without_urn(const char *uid)
{
    return g_ascii_strncasecmp(uid, "urn:uuid:", 9) == 0 ? uid + 9 : uid;
}

static void take_member(Contact *contact, const char *value)
{
    if (g_ascii_strncasecmp(value, "mailto:", 7) == 0)
        take_address(contact, value, "");
    else
        g_ptr_array_add(contact->members, g_strstrip(g_strdup(without_urn(value))));
}

static void keep(char **into, char *value)
{
    if (*into == NULL)
        *into = value;
    else
        g_free(value);
}

static void take_property(Card *card, const Property *property)
{
    g_autofree char *value = decoded(property);
    const char *name = property->name;
    Contact *contact = card->contact;
    if (g_str_equal(name, "FN"))
        keep(&card->formatted, one_piece(value));
    else if (g_str_equal(name, "N"))
        keep(&card->structured, structured_name(value));
    else if (g_str_equal(name, "ORG"))
        keep(&card->organisation, structured_name(value));
    else if (g_str_equal(name, "EMAIL"))
        take_address(contact, value, property->parameters);
    else if (g_str_equal(name, "NICKNAME"))
        add_pieces(contact->nicknames, value, ',');
    else if (g_str_equal(name, "CATEGORIES"))
        add_pieces(contact->categories, value, ',');
    else if (g_str_equal(name, "UID"))
        keep(&contact->uid, g_strstrip(g_strdup(without_urn(value))));
    else if (g_str_equal(name, "KIND") || g_str_equal(name, "X-ADDRESSBOOKSERVER-KIND"))
        contact->is_group = g_ascii_strcasecmp(g_strstrip(value), "group") == 0;
    else if (g_str_equal(name, "MEMBER") || g_str_equal(name, "X-ADDRESSBOOKSERVER-MEMBER"))
        take_member(contact, value);
}

static Contact *finish(Card *card)
{
    Contact *contact = g_steal_pointer(&card->contact);
    char *name = card->formatted != NULL ? card->formatted : card->structured != NULL ? card->structured : card->organisation;
    contact->name = g_strdup(name != NULL ? name : contact->addresses->len > 0 ? contact->addresses->pdata[0] : NULL);
    g_clear_pointer(&card->formatted, g_free);
    g_clear_pointer(&card->structured, g_free);
    g_clear_pointer(&card->organisation, g_free);
    if (contact->name != NULL)
        return contact;
    contact_free(contact);
    return NULL;
}

static void take_line(GPtrArray *contacts, Card *card, const char *line)
{
    Property property = { 0 };
    if (!split(line, &property))
        return;
    gboolean is_card = g_ascii_strcasecmp(g_strstrip(property.value), "VCARD") == 0;
    if (is_card && g_str_equal(property.name, "BEGIN") && card->contact == NULL) {
        card->contact = contact_new(NULL);
    } else if (is_card && g_str_equal(property.name, "END") && card->contact != NULL) {
        Contact *contact = finish(card);
        if (contact != NULL && contacts->len < CONTACTS_MAX)
            g_ptr_array_add(contacts, contact);
        else
            contact_free(contact);
    } else if (card->contact != NULL) {
        take_property(card, &property);
    }
    property_clear(&property);
}

GPtrArray *contacts_parse(const char *bytes, gsize length)
{
    GPtrArray *contacts = g_ptr_array_new_with_free_func((GDestroyNotify)contact_free);
    Card card = { 0 };
    const char *at = bytes, *end = bytes + length;
    for (char *line; (line = next_line(&at, end)) != NULL; g_free(line))
        take_line(contacts, &card, line);
    if (card.contact != NULL) /* a card without an end: what it says counts */
        take_line(contacts, &card, "END:VCARD");
    return contacts;
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

static void put(GString *out, const char *name, const char *value)
{
    g_autoptr(GString) line = g_string_new(name);
    g_string_append_c(line, ':');
    for (const char *p = value; *p != '\0'; p++) {
        if (strchr(",;\\", *p) != NULL)
            g_string_append_c(line, '\\');
        g_string_append_c(line, g_ascii_iscntrl(*p) ? ' ' : *p);
    }
    gsize room = FOLD;
    for (const char *p = line->str, *end = line->str + line->len; p < end; room = FOLD - 1) {
        const char *stop = p;
        while (stop < end && (gsize)(g_utf8_next_char(stop) - p) <= room)
            stop = g_utf8_next_char(stop);
        g_string_append_printf(out, "%s%.*s\r\n", p == line->str ? "" : " ", (int)(stop - p), p);
        p = stop;
    }
}

char *contact_format(Contact *contact)
{
    GString *out = g_string_new("BEGIN:VCARD\r\nVERSION:4.0\r\n");
    if (contact->uid == NULL)
        contact->uid = g_uuid_string_random();
    g_autofree char *uid = g_strconcat("urn:uuid:", contact->uid, NULL);
    put(out, "UID", uid);
    if (contact->is_group)
        put(out, "KIND", "group");
    put(out, "FN", contact->name);
    for (guint i = 0; i < contact->nicknames->len; i++)
        put(out, "NICKNAME", contact->nicknames->pdata[i]);
    for (guint i = 0; i < contact->addresses->len; i++) {
        g_autofree char *member = g_strconcat("mailto:", contact->addresses->pdata[i], NULL);
        put(out, contact->is_group ? "MEMBER" : "EMAIL", contact->is_group ? member : contact->addresses->pdata[i]);
    }
    for (guint i = 0; i < contact->members->len; i++) {
        g_autofree char *member = g_strconcat("urn:uuid:", contact->members->pdata[i], NULL);
        put(out, "MEMBER", member);
    }
    for (guint i = 0; i < contact->categories->len; i++)
        put(out, "CATEGORIES", contact->categories->pdata[i]);
    g_string_append(out, "END:VCARD\r\n");
    return g_string_free(out, FALSE);
}
