/* An account as the person wrote it in $XDG_CONFIG_HOME/malle/accounts (malle-accounts(5)): plain data, read once, then
 * only read. Any thread.
 */
#ifndef MALLE_CONFIG_ACCOUNT_H
#define MALLE_CONFIG_ACCOUNT_H

#include <glib.h>

#include "base/keep.h"
#include "config/options.h"
#include "config/problem.h"

typedef enum {
    ACCOUNT_SCHEME_IMAP,
    ACCOUNT_SCHEME_POP3,
    ACCOUNT_SCHEME_SMTP,
    ACCOUNT_SCHEME_MAILDIR,
    ACCOUNT_SCHEME_MBOX,
    ACCOUNT_SCHEME_MH,
    ACCOUNT_SCHEME_DEMO, /* the embedded demo; only malle --demo makes it */
} AccountScheme;

typedef enum {
    ACCOUNT_SECURITY_TLS,      /* imaps: TLS from the first byte */
    ACCOUNT_SECURITY_STARTTLS, /* imap: STARTTLS required, never falling back */
    ACCOUNT_SECURITY_INSECURE, /* imap+insecure: plain text, marked on the screen */
} AccountSecurity;

/* sent-copy = */
typedef enum {
    ACCOUNT_COPY_AUTO, /* unless the server is known to make its own */
    ACCOUNT_COPY_YES,
    ACCOUNT_COPY_NO,
} AccountCopy;

typedef struct {
    AccountScheme scheme;
    AccountSecurity security;
    char *user;  /* %40 decoded; NULL when the URL has none */
    char *host;  /* IPv6 without brackets; NULL for local schemes */
    guint16 port; /* the scheme's default filled in */
    char *path;  /* local schemes: absolute path */
} AccountUrl;

/* offline MAILBOX = RULE */
typedef struct {
    char *mailbox;           /* as people read it; “*” stands for anything */
    KeepRule rule;
} AccountKeep;

/* pop-policy: what becomes of letters on the server once they are here, proved (doc/internals/pop.md). */
typedef enum {
    POP_POLICY_LEAVE,  /* they stay: for `days` since they were first seen, and the newest `bytes` of them; without limits, for ever */
    POP_POLICY_DELETE, /* they go at once */
} PopPolicyKind;

typedef struct {
    PopPolicyKind kind;
    KeepRule limits;         /* with POP_POLICY_LEAVE: its days and bytes */
    gboolean given;          /* the file says so */
    guint64 headers_above;   /* pop-headers-above: of larger ones the header only, the rest on demand; 0: all whole */
    gboolean delete_with_local; /* pop-delete-with-local: deleted here is deleted there */
} PopPolicy;

typedef struct {
    char *name;              /* the word in [account NAME] */
    char *person;            /* name = */
    char *address;           /* address = */
    AccountUrl *receive;
    AccountUrl *send;        /* NULL when not given */
    char *send_command;      /* a program in its place, a shell command line; NULL */
    char *password;          /* only from a private file; NULL */
    char *password_command;  /* shell command line; NULL */
    char *token_command;
    char *client_certificate; /* PEM file */
    gboolean kerberos;       /* log in with the person's ticket */
    char *ca_file;           /* further trusted authorities, PEM; for private servers */
    char *proxy;             /* socks5://…, http://…; NULL: the system's */
    char *trash, *sent, *drafts, *archive; /* mailbox names; NULL: by SPECIAL-USE, then by common names */
    AccountCopy sent_copy;   /* of letters that were sent, in Sent */
    char *delete_mode;       /* "trash" or "expunge"; NULL: not said, which is trash unless the options say otherwise */
    guint poll_seconds;      /* STATUS of mailboxes that are not open; default 120, 0 never */
    gboolean poll_given;     /* the file says so: the option does not count */
    KeepRule keep;           /* offline = : for the mailboxes that are not named; otherwise nothing */
    gboolean keep_given;     /* the file says so */
    GPtrArray *keep_mailboxes; /* of AccountKeep*, in file order; NULL: none */
    GPtrArray *identities, *signatures; /* see config/identity.h, which reads them; NULL: none */
    PopPolicy pop;           /* for receive = pop3s:// and its kin */
    char *deliver_to;        /* ACCOUNT or ACCOUNT/MAILBOX that POP3 letters are put into; NULL: this account's own INBOX */
    char *pinned_certificate; /* SHA-256 of the pinned leaf, hex with colons, kept by Malle in $XDG_STATE_HOME/malle/pins; NULL */
} Account;

void account_url_free(AccountUrl *url);
/* NULL with an error that says what was meant. */
AccountUrl *account_url_parse(const char *text, GError **error);
/* There is a server behind it (IMAP, POP3, SMTP), with host, port and security. */
gboolean account_url_has_server(const AccountUrl *url);
/* Without the user's password, for showing. Caller frees. */
char *account_url_format(const AccountUrl *url);

/* "delete", "leave", "leave 30 days", "leave 500 MB". FALSE with words. */
gboolean pop_policy_parse(const char *text, PopPolicy *policy, GError **error);
/* What parses back to the same. Caller frees. */
char *pop_policy_format(const PopPolicy *policy);

Account *account_new(const char *name);
/* One more line offline MAILBOX = RULE. */
void account_add_keep(Account *account, const char *mailbox, const KeepRule *rule);
/* There is a way for letters to leave. */
gboolean account_can_send(const Account *account);
Account *account_copy(const Account *account);
void account_free(Account *account); /* zeroises the password */

/* What the file says of this mailbox: its own line (the name as it stands before one with a “*”, then the first that fits), else
 * the account's. FALSE: it says nothing, *rule is KEEP_NOTHING. */
gboolean account_keep_rule(const Account *account, const char *mailbox, KeepRule *rule);

/* Whose mailboxes its POP3 letters are put into: itself without deliver-to; NULL: there is no such account. */
const Account *accounts_delivery_target(const GPtrArray *accounts, const Account *account);
/* Of Account*, in file order. A missing file is CONFIG_ERROR_NO_FILE; anything wrong says file, line, what is wrong and what was meant; a file that holds a
 * password and that others can read is refused. */
GPtrArray *accounts_load(const char *path, GError **error);
/* The same, but what is right is used: the accounts that have no problem, and every problem (of ConfigProblem*) in `problems`.
 * Never NULL. */
GPtrArray *accounts_read(const char *path, GPtrArray *problems);
/* The same from text in memory: `file` for messages, `mode` the permissions that the file has. */
GPtrArray *accounts_parse(const char *text, const char *file, guint mode, GPtrArray *problems);
/* What an account does not say itself (delete, poll) is as the options say. Done once by whoever starts the engine. */
/* The Maildir of our own (paths_kept_here()) as an account, if it is there and none of the accounts has it. */
void accounts_add_kept_here(GPtrArray *accounts);
void accounts_fill_from_options(GPtrArray *accounts, const Options *options);
/* Appends one section, creating the file 0600. */
gboolean accounts_append(const char *path, const Account *account, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccountUrl, account_url_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Account, account_free)

#endif
