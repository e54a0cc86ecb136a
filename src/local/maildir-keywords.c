/* Keywords of a Maildir, as Dovecot keeps them: letters in the file's name, their meaning in dovecot-keywords. */
#include "config.h"
#include "local/maildir-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "dovecot-keywords"
/* Dovecot takes a lock of this age for one that was left behind; it holds its own for an instant. */
#define STALE_SECONDS 120

static const struct {
    char letter;
    MailFlags flag;
} flag_letters[] = { /* in the order of the alphabet, which Maildir asks for */
                     { 'D', MAIL_FLAG_DRAFT },     { 'F', MAIL_FLAG_FLAGGED }, { 'P', MAIL_FLAG_FORWARDED },
                     { 'R', MAIL_FLAG_ANSWERED }, { 'S', MAIL_FLAG_SEEN },    { 'T', MAIL_FLAG_DELETED }
};

/* Flags of ours that Maildir has no letter for: they are keywords there. */
static const MailFlags keyword_flags[] = { MAIL_FLAG_MDN_SENT, MAIL_FLAG_JUNK, MAIL_FLAG_NOT_JUNK,
                                           MAIL_FLAG_PHISHING };

void maildir_keywords_clear(MaildirKeywords *keywords)
{
    for (gsize i = 0; i < MAILDIR_KEYWORDS; i++)
        g_clear_pointer(&keywords->names[i], g_free);
}

void maildir_keywords_read(MaildirKeywords *keywords, const char *maildir)
{
    maildir_keywords_clear(keywords);
    g_autofree char *path = g_build_filename(maildir, FILE_NAME, NULL);
    g_autofree char *content = NULL;
    if (!g_file_get_contents(path, &content, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(content, "\n", 100);
    for (char **line = lines; *line; line++) {
        char *blank = strchr(*line, ' ');
        gint64 index = g_ascii_strtoll(*line, NULL, 10);
        if (blank && blank[1] && index >= 0 && index < MAILDIR_KEYWORDS && g_utf8_validate(blank + 1, -1, NULL)) {
            g_free(keywords->names[index]);
            keywords->names[index] = g_strdup(g_strstrip(blank + 1));
        }
    }
}

static int letter_of(const MaildirKeywords *keywords, const char *name)
{
    for (int i = 0; i < MAILDIR_KEYWORDS; i++)
        if (keywords->names[i] && g_ascii_strcasecmp(keywords->names[i], name) == 0)
            return i;
    return -1;
}

static bool has_all(const MaildirKeywords *keywords, char *const *names)
{
    for (; *names; names++)
        if (**names && letter_of(keywords, *names) < 0)
            return false;
    return true;
}

/* Gives letters in memory; false when there are too few. */
static bool give_letters(MaildirKeywords *keywords, char *const *names)
{
    for (; *names; names++) {
        if (!**names || letter_of(keywords, *names) >= 0)
            continue;
        int free = 0;
        while (free < MAILDIR_KEYWORDS && keywords->names[free])
            free++;
        if (free == MAILDIR_KEYWORDS)
            return false;
        keywords->names[free] = g_strdup(*names);
    }
    return true;
}

/* Dovecot's own way: the new content is written into the lock, which then becomes the file. */
static int take_lock(const char *lock)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        int fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        struct stat about;
        if (stat(lock, &about) == 0 && about.st_ctime + STALE_SECONDS > g_get_real_time() / G_USEC_PER_SEC)
            break;
        unlink(lock);
    }
    errno = EEXIST;
    return -1;
}

static int write_names(const MaildirKeywords *keywords, int fd)
{
    g_autoptr(GString) content = g_string_new(NULL);
    for (int i = 0; i < MAILDIR_KEYWORDS; i++)
        if (keywords->names[i])
            g_string_append_printf(content, "%d %s\n", i, keywords->names[i]);
    int reason = local_write_all(fd, content->str, content->len);
    return reason ? reason : fsync(fd) != 0 ? errno : 0;
}

static bool make_locked(MaildirKeywords *keywords, const char *maildir, char *const *names, int fd,
                        const char *lock, GError **error)
{
    /* Read again: what others added before we had the lock must stay. */
    maildir_keywords_read(keywords, maildir);
    if (!give_letters(keywords, names)) {
        maildir_keywords_read(keywords, maildir);
        g_autofree char *shown = text_make_safe(maildir, -1, TEXT_SINGLE_LINE);
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_REFUSED,
                    _("%s has %d keywords already, and a Maildir can have no more"), shown, MAILDIR_KEYWORDS);
        return false;
    }
    g_autofree char *path = g_build_filename(maildir, FILE_NAME, NULL);
    struct stat about;
    if (stat(path, &about) == 0)
        (void)!fchmod(fd, about.st_mode & 0666); /* as shared as it was */
    int reason = write_names(keywords, fd);
    if (!reason && rename(lock, path) != 0)
        reason = errno;
    if (!reason)
        reason = local_sync_directory(maildir);
    if (reason) {
        maildir_keywords_read(keywords, maildir);
        local_set_write_error(error, path, reason);
    }
    return reason == 0;
}

bool maildir_keywords_make(MaildirKeywords *keywords, const char *maildir, char *const *names, GError **error)
{
    maildir_keywords_read(keywords, maildir);
    if (has_all(keywords, names))
        return true;
    g_autofree char *lock = g_build_filename(maildir, FILE_NAME ".lock", NULL);
    int fd = take_lock(lock);
    if (fd < 0 && errno == EEXIST) {
        g_autofree char *shown = text_make_safe(lock, -1, TEXT_SINGLE_LINE);
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_BUSY, _("Another program is changing the keywords: %s"), shown);
        return false;
    }
    if (fd < 0) {
        local_set_write_error(error, lock, errno);
        return false;
    }
    bool made = make_locked(keywords, maildir, names, fd, lock, error);
    close(fd);
    if (!made)
        unlink(lock);
    return made;
}

/* --- letters ----------------------------------------------------------------------------------- */

MailFlags maildir_flags_of(const MaildirKeywords *keywords, const char *letters, char **names)
{
    MailFlags flags = 0;
    *names = g_strdup("");
    for (const char *p = letters; *p && *p != ','; p++) {
        for (gsize i = 0; i < G_N_ELEMENTS(flag_letters); i++)
            if (flag_letters[i].letter == *p)
                flags |= flag_letters[i].flag;
        const char *name = *p >= 'a' && *p <= 'z' ? keywords->names[*p - 'a'] : NULL;
        MailFlags known = name ? mail_flag_from_name(name, strlen(name)) : 0;
        flags |= known;
        if (name && !known) {
            char *more = keywords_add(*names, name);
            g_free(*names);
            *names = more;
        }
    }
    return flags;
}

static char **names_of(MailFlags flags, const char *keywords)
{
    g_autofree char *all = keywords_add(keywords, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(keyword_flags); i++) {
        if (!(flags & keyword_flags[i]))
            continue;
        char *more = keywords_add(all, mail_flag_name(keyword_flags[i]));
        g_free(all);
        all = more;
    }
    return g_strsplit(all, " ", -1);
}

static bool is_ours(const MaildirKeywords *keywords, char letter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(flag_letters); i++)
        if (flag_letters[i].letter == letter)
            return true;
    return letter >= 'a' && letter <= 'z' && keywords->names[letter - 'a'];
}

static int by_letter(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

char *maildir_info_for(MaildirKeywords *keywords, const char *maildir, MailFlags flags, const char *names,
                       const char *former, GError **error)
{
    g_auto(GStrv) words = names_of(flags, names);
    if (!maildir_keywords_make(keywords, maildir, words, error))
        return NULL;
    g_autoptr(GString) letters = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(flag_letters); i++)
        if (flags & flag_letters[i].flag)
            g_string_append_c(letters, flag_letters[i].letter);
    for (char **word = words; *word; word++) {
        int letter = letter_of(keywords, *word);
        if (letter >= 0)
            g_string_append_c(letters, (char)('a' + letter));
    }
    for (const char *p = former ? former : ""; *p && *p != ','; p++)
        if (!is_ours(keywords, *p) && !strchr(letters->str, *p))
            g_string_append_c(letters, *p);
    qsort(letters->str, letters->len, 1, by_letter);
    return g_strconcat(":2,", letters->str, NULL);
}

const char *maildir_info_of(const char *name)
{
    const char *info = strstr(name, ":2,");
    if (!info)
        info = strstr(name, ";2,");
    if (!info)
        info = strstr(name, "!2,");
    return info;
}
