#include "config.h"

#include "contacts/book.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/text.h"

#define FILE_MAX (16 * 1024 * 1024) /* bytes: a larger one is no address book */

G_DEFINE_QUARK(malle-contacts-error-quark, contacts_error)

struct ContactBook {
    char *directory;
    char *state;          /* names, sizes and times of the files as last read; NULL: never */
    GPtrArray *contacts;  /* of Contact* */
    GHashTable *by_uid;   /* uid → Contact, not owned */
    GHashTable *names;    /* folded address → name, not owned */
};

ContactBook *contact_book_new(const char *directory)
{
    ContactBook *book = g_new0(ContactBook, 1);
    book->directory = g_strdup(directory);
    book->contacts = g_ptr_array_new_with_free_func((GDestroyNotify)contact_free);
    book->by_uid = g_hash_table_new(g_str_hash, g_str_equal);
    book->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return book;
}

void contact_book_free(ContactBook *book)
{
    if (book == NULL)
        return;
    g_hash_table_unref(book->by_uid);
    g_hash_table_unref(book->names);
    g_ptr_array_unref(book->contacts);
    g_free(book->state);
    g_free(book->directory);
    g_free(book);
}

/* --- reading ------------------------------------------------------------------------------------------- */

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The card files of the folder, sorted. Of char* paths. */
static GPtrArray *card_files(const ContactBook *book)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) listing = g_dir_open(book->directory, 0, NULL);
    const char *name;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL)
        if (*name != '.' && (g_str_has_suffix(name, ".vcf") || g_str_has_suffix(name, ".vcard")))
            g_ptr_array_add(paths, g_build_filename(book->directory, name, NULL));
    g_ptr_array_sort(paths, by_name);
    return paths;
}

static char *state_of(const GPtrArray *paths)
{
    GString *state = g_string_new(NULL);
    for (guint i = 0; i < paths->len; i++) {
        struct stat facts = { 0 };
        g_stat(paths->pdata[i], &facts);
        g_string_append_printf(state, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%ld\n", (char *)paths->pdata[i], (gint64)facts.st_size,
                               (gint64)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
    }
    return g_string_free(state, FALSE);
}

static void take_file(ContactBook *book, const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length;
    struct stat facts;
    if (g_stat(path, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size > FILE_MAX || !g_file_get_contents(path, &bytes, &length, NULL))
        return;
    g_autoptr(GPtrArray) read = contacts_parse(bytes, length);
    if (book->contacts->len + read->len <= CONTACTS_MAX)
        g_ptr_array_extend_and_steal(book->contacts, g_steal_pointer(&read));
}

static void make_index(ContactBook *book)
{
    for (guint i = 0; i < book->contacts->len; i++) {
        Contact *contact = book->contacts->pdata[i];
        if (contact->uid != NULL)
            g_hash_table_insert(book->by_uid, contact->uid, contact);
        for (guint j = 0; !contact->is_group && j < contact->addresses->len; j++)
            g_hash_table_insert(book->names, g_utf8_casefold(contact->addresses->pdata[j], -1), contact->name);
    }
}

static void refresh(ContactBook *book)
{
    g_autoptr(GPtrArray) paths = card_files(book);
    g_autofree char *state = state_of(paths);
    if (g_strcmp0(state, book->state) == 0)
        return;
    g_hash_table_remove_all(book->by_uid);
    g_hash_table_remove_all(book->names);
    g_ptr_array_set_size(book->contacts, 0);
    for (guint i = 0; i < paths->len; i++)
        take_file(book, paths->pdata[i]);
    make_index(book);
    g_free(book->state);
    book->state = g_steal_pointer(&state);
}

const char *contact_book_name(ContactBook *book, const char *address)
{
    g_autofree char *folded = g_utf8_casefold(address, -1);
    refresh(book);
    return g_hash_table_lookup(book->names, folded);
}

/* --- finding ----------------------------------------------------------------------------------------------- */

static void match_free(gpointer data)
{
    ContactMatch *match = data;
    g_free(match->name);
    g_strfreev(match->addresses);
    g_free(match);
}

/* Does the text, or a word of it, begin with the key of what was typed? */
static gboolean begins(const char *text, const char *typed)
{
    g_autofree char *key = text_sort_key(text, -1);
    gsize length = strlen(typed);
    for (const char *word = key; word != NULL; word = strchr(word, ' ') != NULL ? strchr(word, ' ') + 1 : NULL)
        if (strncmp(word, typed, length) == 0)
            return TRUE;
    return FALSE;
}

static void add_match(GPtrArray *found, const char *name, GPtrArray *addresses, gboolean is_group, gboolean is_nickname)
{
    ContactMatch *match = g_new0(ContactMatch, 1);
    match->name = g_strdup(name);
    match->is_group = is_group;
    match->is_nickname = is_nickname;
    g_ptr_array_add(addresses, NULL);
    match->addresses = g_strdupv((char **)addresses->pdata);
    g_ptr_array_add(found, match);
}

static void add_person(GPtrArray *found, const Contact *contact, const char *typed, gboolean nicknames, guint most)
{
    gboolean named = begins(contact->name, typed), nickname = FALSE;
    for (guint i = 0; i < contact->nicknames->len; i++) {
        g_autofree char *key = text_sort_key(contact->nicknames->pdata[i], -1);
        nickname |= strcmp(key, typed) == 0;
        named |= g_str_has_prefix(key, typed);
    }
    for (guint i = 0; i < contact->addresses->len && found->len < most; i++) {
        char *address = contact->addresses->pdata[i];
        if (nickname != nicknames || !(named || begins(address, typed)))
            continue;
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, address);
        add_match(found, contact->name, one, FALSE, nickname);
    }
}

static void add_once(GPtrArray *addresses, char *address)
{
    for (guint i = 0; i < addresses->len; i++)
        if (g_ascii_strcasecmp(addresses->pdata[i], address) == 0)
            return;
    g_ptr_array_add(addresses, address);
}

static void add_group(ContactBook *book, GPtrArray *found, const Contact *group)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    for (guint i = 0; i < group->addresses->len; i++)
        add_once(addresses, group->addresses->pdata[i]);
    for (guint i = 0; i < group->members->len; i++) {
        const Contact *member = g_hash_table_lookup(book->by_uid, group->members->pdata[i]);
        if (member != NULL && !member->is_group && member->addresses->len > 0)
            add_once(addresses, member->addresses->pdata[0]);
    }
    if (addresses->len > 0)
        add_match(found, group->name, addresses, TRUE, FALSE);
}

/* A category is the group of all who are in it. */
static void add_categories(ContactBook *book, GPtrArray *found, const char *typed, guint most)
{
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    for (guint i = 0; i < book->contacts->len; i++) {
        const Contact *contact = book->contacts->pdata[i];
        for (guint j = 0; j < contact->categories->len && contact->addresses->len > 0 && !contact->is_group; j++) {
            char *category = contact->categories->pdata[j];
            if (!begins(category, typed))
                continue;
            GPtrArray *members = g_hash_table_lookup(groups, category);
            if (members == NULL) {
                members = g_ptr_array_new();
                g_hash_table_insert(groups, category, members);
                g_ptr_array_add(order, category);
            }
            add_once(members, contact->addresses->pdata[0]);
        }
    }
    for (guint i = 0; i < order->len && found->len < most; i++)
        add_match(found, order->pdata[i], g_hash_table_lookup(groups, order->pdata[i]), TRUE, FALSE);
}

GPtrArray *contact_book_find(ContactBook *book, const char *typed, guint most)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(match_free);
    g_autofree char *key = text_sort_key(typed, -1);
    refresh(book);
    if (*key == '\0')
        return found;
    for (int nicknames = 1; nicknames >= 0; nicknames--)
        for (guint i = 0; i < book->contacts->len && found->len < most; i++)
            if (!((Contact *)book->contacts->pdata[i])->is_group)
                add_person(found, book->contacts->pdata[i], key, nicknames, most);
    for (guint i = 0; i < book->contacts->len && found->len < most; i++) {
        const Contact *contact = book->contacts->pdata[i];
        if (contact->is_group && begins(contact->name, key))
            add_group(book, found, contact);
    }
    add_categories(book, found, key, most);
    return found;
}

/* --- adding -------------------------------------------------------------------------------------------------- */

gboolean contact_book_add(ContactBook *book, const char *name, const char *address, GError **error)
{
    const char *known = contact_book_name(book, address);
    if (known != NULL) {
        g_set_error(error, CONTACTS_ERROR, CONTACTS_ERROR_THERE, _("%s is in the address book already, as %s"), address, known);
        return FALSE;
    }
    g_autoptr(Contact) contact = contact_new(name != NULL && *name != '\0' ? name : address);
    g_ptr_array_add(contact->addresses, g_strdup(address));
    g_autofree char *card = contact_format(contact);
    g_autofree char *file = g_strconcat(contact->uid, ".vcf", NULL);
    g_autofree char *path = g_build_filename(book->directory, file, NULL);
    g_autoptr(GError) trouble = NULL;
    if (g_mkdir_with_parents(book->directory, 0700) == 0 &&
        g_file_set_contents_full(path, card, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &trouble))
        return TRUE;
    g_set_error(error, CONTACTS_ERROR, CONTACTS_ERROR_WRITE, _("The address book %s cannot be written: %s"), book->directory,
                trouble != NULL ? trouble->message : g_strerror(errno));
    return FALSE;
}
