/* What the files about mbox share. For use within local/. One thread.
 *
 * mbox.c: listing, reading; mbox-marks.c: flags and keywords as fields, and what a letter is known by; mbox-lock.c: the locks of other programs;
 * mbox-redo.c: a file that is changed in place whole or not at all; mbox-change.c: what is changed.
 */
#ifndef MALLE_LOCAL_MBOX_INTERNAL_H
#define MALLE_LOCAL_MBOX_INTERNAL_H

#include "local/mailbox-internal.h"

#include <sys/stat.h>

#define MBOX_NAME_DIGITS 16
#define MBOX_MAX_LINE 4096 /* looked at of a line; what is longer is no field or separator of interest */

/* --- one letter in the file ----------------------------------------------------------------------------------- */

typedef struct {
    guint64 from;       /* offset of its From_ line */
    guint64 start, end; /* of the message, the From_ line and the empty line behind it excluded */
    guint64 head_end;   /* behind the empty line that ends its header */
    guint64 next;       /* of the next From_ line, or the end of the file */
    guint32 digest;     /* of its first bytes: is it still the one that was listed? */
    bool verbatim;      /* mboxcl2: "From " within was not quoted */
    char name[MBOX_NAME_DIGITS + 1]; /* what Malle appended it under (mbox_name_digits()); "" */
    LocalMessage *about;
} MboxEntry;

typedef struct {
    LocalMailbox base;
    GHashTable *entries;  /* key → MboxEntry*, owned; as of `seen` */
    GPtrArray *in_order;  /* of MboxEntry*, as in the file */
    struct stat seen;     /* the file when it was listed */
    bool listed;
    bool disturbed;       /* another program had it locked, or changed it, while it was listed */
    GHashTable *pending;  /* key → MboxPending*: changes that are not on the disk (mbox-change.c) */
    GPtrArray *appended;  /* of MboxAppended*: the same */
} Mbox;

/* Reads the file from its beginning. The list, of LocalMessage*, is the caller's. */
GPtrArray *mbox_list(LocalMailbox *mailbox, GError **error);
/* The same for an open file, whatever locks it has. from 0: all of it; else what was appended to what is listed, from there on. */
bool mbox_list_open(Mbox *mbox, int fd, guint64 from, GError **error);
/* Nobody has changed it since it was listed. */
bool mbox_is_as_seen(const Mbox *mbox, int fd);
/* Lists it if it is not known, or was changed since. */
bool mbox_refresh(Mbox *mbox, GError **error);
/* The letter of that key. NULL with LOCAL_ERROR_CHANGED. */
MboxEntry *mbox_entry(Mbox *mbox, const char *key, GError **error);

/* mbox-change.c: rows of LocalOps. What is flagged, removed and appended waits in memory until it is settled: one change of the file for all. */
bool mbox_flag(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now, char **keywords, GError **error);
bool mbox_remove(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error);
LocalMessage *mbox_about(LocalMailbox *mailbox, const char *key, GError **error);
char *mbox_find(LocalMailbox *mailbox, const char *name, GBytes *bytes);
bool mbox_append(LocalMailbox *to, GBytes *bytes, const char *name, LocalLines lines, const LocalPlacing *placing, char **new_key, GError **error);
bool mbox_settle(LocalMailbox *mailbox, GError **error);
void mbox_forget_pending(Mbox *mbox);
void mbox_pending_free(gpointer pending);
void mbox_appended_free(gpointer appended);

/* --- marks (mbox-marks.c) --------------------------------------------------------------------------------------- */

/* The value of the field that the line begins with, if that is `name`; else NULL. */
const char *mbox_field_value(const char *line, const char *name);
/* Flags and keywords that this line of a header tells of. */
void mbox_take_marks(LocalMessage *message, const char *line);
/* Is this line, which begins a field, one that programs change while they keep a letter (Status, X-Keywords, X-UID …)? */
bool mbox_is_mark(const char *line);
/* The header with these marks in the place of its own. `header` ends with its empty line, or has none. Of a letter that comes from elsewhere
 * (`foreign`) Content-Length goes as well. Caller frees. */
GString *mbox_header_with(const char *header, gsize length, MailFlags flags, const char *keywords, bool foreign);

/* What a letter is known by, wherever in the file it is and however it is marked: fields that nobody changes, and how much follows. */
typedef struct {
    GChecksum *fields; /* NULL before the first line */
    bool skipping;     /* within a field that does not count */
    guint64 octets;    /* of lines that are not empty */
} MboxKey;
void mbox_key_header(MboxKey *key, const char *line);
void mbox_key_body(MboxKey *key, const char *line, gsize length);
/* Ends it, and clears it for the next. Caller frees. */
char *mbox_key_end(MboxKey *key);

/* Of the name under which something is appended: digits that stand in the From_ line. */
void mbox_name_digits(const char *name, char digits[MBOX_NAME_DIGITS + 1]);
/* "From malle-DIGITS@localhost Tue Mar  3 14:32:10 2026\n", UTC. Caller frees. */
char *mbox_from_line(const char *digits, gint64 date);

/* --- locks (mbox-lock.c) ---------------------------------------------------------------------------------------- */

typedef struct {
    int fd;        /* of the mbox, for reading and writing */
    char *dotlock; /* NULL: the directory is not ours to write in */
} MboxLock;

/* FILE.lock, and fcntl(): what mutt, Dovecot and procmail ask for. Never waits: LOCAL_ERROR_BUSY. */
bool mbox_lock(const char *path, MboxLock *lock, GError **error);
void mbox_unlock(MboxLock *lock);
/* Somebody is writing into it at this moment. */
bool mbox_is_locked(const char *path, int fd);

/* --- changes in place (mbox-redo.c) ------------------------------------------------------------------------------- */

/* The file from `offset` on is to be what is put here. On the disk beside the file, in a place of Malle's own, before the first octet of the file
 * changes; so whoever is killed in between is finished by the next one who opens it, with what others appended meanwhile. */
typedef struct MboxRedo MboxRedo;
/* fd is that of a lock that is held. NULL with an error. */
MboxRedo *mbox_redo_begin(const char *path, int fd, guint64 offset, GError **error);
bool mbox_redo_put(MboxRedo *redo, const void *bytes, gsize length, GError **error);
/* Octets of the file as it is, from one offset to another. */
bool mbox_redo_copy(MboxRedo *redo, guint64 from, guint64 to, GError **error);
/* Changes the file. FALSE: it is as it was, or will be finished by mbox_redo_recover(). Frees. */
bool mbox_redo_finish(MboxRedo *redo, GError **error);
void mbox_redo_drop(MboxRedo *redo);

/* Is there a change that was begun and not finished? */
bool mbox_redo_is_open(const char *path);
/* Finishes it, under the lock. */
bool mbox_redo_recover(const char *path, int fd, GError **error);

/* --- directories of mbox files (mbox-tree.c): as in tree.h, whose checks come first --------------------------------- */

char *mbox_tree_path(const char *root, const char *name, GError **error);
bool mbox_tree_create(const char *root, const char *name, GError **error);
bool mbox_tree_rename(const char *path, const char *new, GError **error);
bool mbox_tree_delete(const char *path, GError **error);

#endif
