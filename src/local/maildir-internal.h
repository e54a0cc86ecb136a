/* What the files about Maildir share. For use within local/. */
#ifndef MALLE_LOCAL_MAILDIR_INTERNAL_H
#define MALLE_LOCAL_MAILDIR_INTERNAL_H

#include "local/mailbox-internal.h"

/* --- keywords: the letters 'a' to 'z' and what they mean, in the file dovecot-keywords ("0 family") --------- */

#define MAILDIR_KEYWORDS 26

typedef struct {
    char *names[MAILDIR_KEYWORDS]; /* NULL: the letter is free */
} MaildirKeywords;

void maildir_keywords_read(MaildirKeywords *keywords, const char *maildir);
void maildir_keywords_clear(MaildirKeywords *keywords);
/* Reads the file and, under its lock, gives a letter to each name that has none yet. On the disk when it returns
 * TRUE. LOCAL_ERROR_REFUSED when the letters do not suffice: nothing is changed then. */
bool maildir_keywords_make(MaildirKeywords *keywords, const char *maildir, char *const *names, GError **error);

/* --- the mailbox ---------------------------------------------------------------------------------------------- */

typedef struct {
    LocalMailbox base;
    GHashTable *files; /* key -> path below the Maildir ("cur/…"), as of the last listing and what was done since */
    MaildirKeywords keywords;
    bool listed;
    bool disturbed; /* another program changed something while it was listed: some may be missing in the list */
} Maildir;

/* Where the message is by now, below the Maildir; looks into the directories when it is not known, or `again`. NULL with
 * an error. Owned by the Maildir until it changes. */
const char *maildir_where(Maildir *maildir, const char *key, bool again, GError **error);

/* maildir-change.c: rows of LocalOps. */
bool maildir_flag(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now,
                  char **keywords, GError **error);
bool maildir_remove(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error);
bool maildir_move(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key, bool *done,
                  GError **error);
bool maildir_link(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, bool *done, GError **error);
LocalMessage *maildir_about(LocalMailbox *mailbox, const char *key, GError **error);
char *maildir_find(LocalMailbox *mailbox, const char *name, GBytes *bytes);
bool maildir_append(LocalMailbox *to, GBytes *bytes, const char *name, LocalLines lines, const LocalPlacing *placing,
                    char **new_key, GError **error);
bool maildir_settle(LocalMailbox *mailbox, GError **error);

/* --- names -------------------------------------------------------------------------------------------------- */

/* The flags behind ":2,"; other systems write ";2," or "!2,". NULL: none. */
const char *maildir_info_of(const char *name);
/* Flags and keywords of the letters behind ":2,"; *names gets the keywords as in LocalMessage (caller frees). */
MailFlags maildir_flags_of(const MaildirKeywords *keywords, const char *letters, char **names);
/* ":2,FS…" for these; letters of `former` that mean nothing here stay. Keywords without a letter are made. NULL
 * with an error. Caller frees. */
char *maildir_info_for(MaildirKeywords *keywords, const char *maildir, MailFlags flags, const char *names,
                       const char *former, GError **error);

/* --- files -------------------------------------------------------------------------------------------------- */

/* An error about a path that could not be written; ENOSPC and EDQUOT are LOCAL_ERROR_FULL. */
void local_set_write_error(GError **error, const char *path, int reason);
/* All of it, whatever write() takes at a time. 0 or errno. */
int local_write_all(int fd, const void *bytes, gsize length);
/* Entries of the directory are on the disk when it returns 0 (else errno). */
int local_sync_directory(const char *path);
/* Gives the file another name, and never takes one that is there: EEXIST. 0 or errno. */
int local_rename_new(const char *from, const char *to);

#endif
