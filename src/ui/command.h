/* What the program can do: ONE table. The help screen, the key bar, the completion of ":" and the table in
 * malle-keys(5) are made from it, so what is not in it does not exist, and what is in it is documented.
 */
#ifndef MALLE_UI_COMMAND_H
#define MALLE_UI_COMMAND_H

#include <glib.h>

#include "term/line_editor.h"

typedef struct Ui Ui;
typedef struct Command Command;

typedef enum {
    CONTEXT_LIST = 1 << 0,
    CONTEXT_READER = 1 << 1,
    CONTEXT_SIDEBAR = 1 << 2,
    CONTEXT_ATTACHMENTS = 1 << 3,
    CONTEXT_JOURNAL = 1 << 4,
    CONTEXT_TEXT = 1 << 5, /* help, notices, wire, output of a program */
    CONTEXT_WELCOME = 1 << 6,
    CONTEXT_COMPOSE = 1 << 7, /* a letter being written */
    CONTEXT_MAIL = CONTEXT_LIST | CONTEXT_READER,
    CONTEXT_ANY = (1 << 8) - 1,
} CommandContexts;

/* "list", "reader" …, "any": as in key files; static. */
const char *command_context_name(CommandContexts one);
/* 0 for an unknown word. */
CommandContexts command_context_parse(const char *word);
extern const char *const command_context_names[]; /* NULL-terminated */

typedef enum {
    KEYS_MUTT,
    KEYS_ALPINE,
    KEYS_VI,
    KEYS_COUNT
} CommandKeySet; /* as KEY_SET_… of config/options.h */

typedef enum {
    NEEDS_STORE = 1 << 0,      /* an account: not on the welcome screen */
    NEEDS_MAILBOX = 1 << 1,    /* an open mailbox */
    NEEDS_MESSAGE = 1 << 2,    /* a selected message, or tagged ones */
    NEEDS_READER = 1 << 3,     /* an open message */
    NEEDS_ATTACHMENT = 1 << 4, /* a message that has parts to choose from */
    NEEDS_TAGGABLE = 1 << 5,   /* understands ";" */
    NEEDS_THREADS = 1 << 6,    /* the list is in thread order */
} CommandNeeds;

typedef enum {
    GROUP_MOVING,
    GROUP_MESSAGES,
    GROUP_LETTERS,
    GROUP_CHOOSING,
    GROUP_READING,
    GROUP_PARTS,
    GROUP_MAILBOXES,
    GROUP_ACCOUNTS,
    GROUP_PROGRAM,
    GROUP_COUNT,
} CommandGroup;

typedef enum { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_NEEDED } CommandArgument;

typedef struct {
    const Command *command;
    const char *argument; /* rest of the line, trimmed; "" when none */
    gboolean tagged;      /* ";" came before: works on all tagged messages */
} CommandCall;

typedef gboolean (*CommandHandler)(Ui *ui, const CommandCall *call, GError **error);
/* Candidates for the argument as typed so far (`text` of `length` bytes); see LineCompleter for *start. */
typedef GPtrArray *(*CommandCompleter)(Ui *ui, const char *text, gsize length, gsize *start);

struct Command {
    const char *name;
    CommandHandler run;
    CommandContexts
        contexts; /* where its keys act and where help lists it; by name it runs anywhere its needs are met */
    CommandNeeds needs;
    CommandArgument argument;
    const char *argument_name; /* N_("MAILBOX"); NULL when none */
    const char *prompt;        /* N_(): asked when a needed argument is missing */
    gboolean may_be_empty;     /* an empty answer to that is an answer too */
    gboolean takes_rest;       /* its argument reaches to the end of a macro: a shell's ";" is the shell's */
    CommandCompleter complete; /* of the argument; NULL none */
    /* Sequences separated by spaces, each optionally with "context:" or "context,context:" before it. NULL:
     * none, and in the other sets: mutt's. */
    const char *keys[KEYS_COUNT];
    CommandGroup group;
    const char *help;             /* N_(): one line, says what it does */
    const char *bar;              /* N_(): a word for the key bar; NULL: not there */
    guint bar_rank;               /* lower comes first */
    CommandContexts bar_contexts; /* where it stands there; 0: wherever its keys act */
};

const Command *command_table(guint *count);
/* command_table_letters.c: its rows about letters, for command_table() only. */
const Command *command_letter_rows(guint *count);
const Command *command_find(const char *name);       /* exact; NULL */
const char *command_group_title(CommandGroup group); /* translated */

/* A line as typed behind ":" → command and argument. A unique beginning of a name will do. NULL with words
 * that name near ones. */
const Command *command_parse(const char *line, char **argument, GError **error);

/* Is this possible here and now? FALSE with words that say what is missing. */
gboolean command_is_possible(Ui *ui, const Command *command, GError **error);
/* FALSE when it was not done, which has been told. One that asks first counts as done. */
gboolean command_run(Ui *ui, const Command *command, const char *argument);

/* --- lines of several commands (macro.c) ---
 * "flag-message ; move-message Archive": commands between " ; ", each with its argument; "\\;" is a semicolon of an argument, and a
 * command that takes a line for the shell takes all that is left. */

/* Cuts the first command off; returns what is behind it, NULL when it was the last. */
const char *macro_next(const char *line, char **first);
/* Do all of its commands exist? FALSE with words. */
gboolean macro_check(const char *line, GError **error);
/* Runs a line: asks for needed arguments that are missing, says errors as notices. What fails, or is cancelled, ends it. */
void command_run_line(Ui *ui, const char *line);
/* The question that a command of a macro asked has been answered, or cancelled: what is left of the macro runs, or is given up. */
void macro_answered(Ui *ui, gboolean answered);

/* What a prompt for the argument begins with: where the last message went, the limit that holds now … NULL
 * nothing. Caller frees. */
char *command_initial_argument(Ui *ui, const Command *command);

/* For the ":" line. `user_data` is the Ui. */
GPtrArray *command_complete_line(const char *text, gsize cursor, gsize *word_start, gpointer user_data);

#define UI_ERROR ui_error_quark()
GQuark ui_error_quark(void);
typedef enum {
    UI_ERROR_COMMAND,    /* no such command, or ambiguous */
    UI_ERROR_IMPOSSIBLE, /* its needs are not met */
    UI_ERROR_ARGUMENT,
} UiErrorCode;

#endif
