/* The options of $XDG_CONFIG_HOME/malle/config (malle-config(5)): one table, from which the parser, the `:set` command with its
 * completion, and the manual page are made.
 *
 *     # a comment
 *     sort = from
 *     quote-colours = cyan, green, yellow
 *
 * An Options is plain data of its holder: fill it, then read it. Copy it to hand it to another thread.
 */
#ifndef MALLE_CONFIG_OPTIONS_H
#define MALLE_CONFIG_OPTIONS_H

#include <glib.h>

/* What date-format may say beside a format for strftime(3). */
#define OPTIONS_DATE_RELATIVE "relative"
#define OPTIONS_DATE_ABSOLUTE "absolute"

typedef enum {
    OPTION_SORT,             /* choice SORT_… */
    OPTION_SORT_DESCENDING,  /* bool: newest (largest, Z) first */
    OPTION_THREADS,          /* bool: mailboxes open threaded */
    OPTION_THREAD_SUBJECTS,  /* bool: threads with the same subject are one */
    OPTION_SIDEBAR,          /* bool */
    OPTION_SIDEBAR_WIDTH,    /* number, columns */
    OPTION_READER,           /* choice READER_… */
    OPTION_READER_SIZE,      /* number, per cent of the room that list and reader share */
    OPTION_KEY_BAR,          /* bool */
    OPTION_KEY_SET,          /* choice KEY_SET_… */
    OPTION_THEME,            /* text: dark, light, mono, or a file in themes/ */
    OPTION_ASCII,            /* choice ASCII_… : lines and marks */
    OPTION_LIST_COLUMNS,     /* list, see columns.h */
    OPTION_DATE_FORMAT,      /* text, strftime; "" : by age, see help */
    OPTION_WRAP,             /* number, columns; 0: the window's */
    OPTION_QUOTE_COLOURS,    /* list of colours, by quote level, repeating */
    OPTION_HEADERS,          /* list of header names, in order */
    OPTION_TEXT_PREFERENCE,  /* list of MIME types, best first */
    OPTION_MARK_READ_DELAY,  /* number, milliseconds the message must be open; 0 at once; -1 never by itself */
    OPTION_DELETE,           /* choice DELETE_… : for accounts that do not say */
    OPTION_ADVANCE,          /* bool: go to the next message after delete, move, flag … */
    OPTION_CONFIRM_QUIT,     /* bool */
    OPTION_POLL,             /* number, seconds between looks at mailboxes that are not open, for accounts that do not say; 0 never */
    OPTION_CACHE_SIZE,       /* number, mebibytes of message bodies kept */
    OPTION_KEY_TIMEOUT,      /* number, milliseconds to wait for the next key of a sequence that is also a whole one */
    OPTION_DOWNLOADS,        /* text: folder that attachments are saved to, ~ understood */
    OPTION_EDITOR,           /* text: command that the file's name is added to; "": $VISUAL, $EDITOR, vi */
    OPTION_ATTRIBUTION,      /* text above a quotation, %n %a %d %s; "": the usual words */
    OPTION_FORWARD,          /* choice FORWARD_… */
    OPTION_FLOWED,           /* bool: format=flowed */
    OPTION_MARKDOWN_COMMAND, /* text: command, Markdown on its input, HTML on its output; "": none */
    OPTION_ATTACHMENT_WORDS, /* list of words that promise an attachment; empty: never ask */
    OPTION_SEND_HOLD,        /* number, seconds a letter waits in the outbox in which it can be taken back */
    OPTION_ADDRESS_COMMAND,  /* text: command, as mutt's query_command; "": none */
    OPTION_MOUSE,            /* bool */
    OPTION_IMAGES,           /* choice IMAGES_… : pictures within the text */
    OPTION_IMAGE_SIZE,       /* number, KiB: of one on the line to the terminal */
    OPTION_IMAGE_FETCH,      /* number, KiB: larger ones are not fetched for it */
    OPTION_HYPERLINKS,       /* choice AUTO_… : links that the terminal opens */
    OPTION_NOTIFY,           /* choice NOTIFY_… : how new mail is told outside of the screen */
    OPTION_NOTIFY_MAILBOXES, /* list of patterns */
    OPTION_QUIET_HOURS,      /* text: HH:MM-HH:MM; "" none */
    OPTION_NEW_MAIL_COMMAND, /* text, for the shell; "" none */
    OPTION_SEARCH_WHERE,     /* choice SEARCH_WHERE_… */
    OPTION_LOG_LEVEL,        /* choice: log level, see base/log.h for the names */
    OPTION_COUNT,
} OptionId;

enum { SORT_DATE, SORT_ARRIVED, SORT_FROM, SORT_SUBJECT, SORT_SIZE };
enum { READER_AUTO, READER_BELOW, READER_RIGHT, READER_FULL };
enum { KEY_SET_MUTT, KEY_SET_ALPINE, KEY_SET_VI };
enum { IMAGES_AUTO, IMAGES_NO, IMAGES_KITTY, IMAGES_SIXEL };
enum { ASCII_AUTO, ASCII_YES, ASCII_NO };
enum { FORWARD_INLINE, FORWARD_ATTACHED };
enum { NOTIFY_AUTO, NOTIFY_NO, NOTIFY_BELL, NOTIFY_TERMINAL, NOTIFY_DESKTOP };
enum { DELETE_TRASH, DELETE_EXPUNGE };
enum { SEARCH_WHERE_AUTO, SEARCH_WHERE_HERE, SEARCH_WHERE_SERVER };

typedef enum {
    OPTION_TYPE_BOOL,
    OPTION_TYPE_NUMBER,
    OPTION_TYPE_CHOICE,
    OPTION_TYPE_TEXT,
    OPTION_TYPE_LIST,
} OptionType;

typedef struct {
    OptionId id;
    const char *name;          /* as written in the file */
    OptionType type;
    const char *default_value; /* as written in the file */
    const char *const *choices; /* CHOICE: NULL-terminated, in the order of the enum; LIST of known words: the words; else NULL */
    gint64 minimum, maximum;   /* NUMBER */
    const char *unit;          /* NUMBER: N_() word for the manual; NULL */
    const char *help;          /* N_(): one or more sentences */
    const char *example;       /* as written in the file; NULL: the default is a good one */
} OptionRow;

typedef struct Options Options;

/* The table, OPTION_COUNT rows, in the order of the manual page. */
const OptionRow *option_row(OptionId id);
const OptionRow *option_find(const char *name); /* NULL when there is none */
const char *const *option_names(void);          /* NULL-terminated, static; for completion */

Options *options_new(void); /* everything at its default */
Options *options_copy(const Options *options);
void options_free(Options *options);

/* Reads the file over what is set. Bad lines are told in `problems` (of ConfigProblem*, may be NULL) and leave the option as it
 * was. TRUE when there was nothing to tell; a file that does not exist is nothing to tell. */
gboolean options_load(Options *options, const char *path, GPtrArray *problems);
/* The same from text in memory, `file` for messages. */
gboolean options_parse(Options *options, const char *text, const char *file, GPtrArray *problems);
/* One option from its text, as in the file. FALSE with CONFIG_ERROR_NAME or CONFIG_ERROR_VALUE, nothing changed. */
gboolean options_set(Options *options, const char *name, const char *value, GError **error);
/* The text that would set it so. Caller frees. */
char *options_format(const Options *options, OptionId id);
/* Writes the option as it is now into the file at `path`, in the place of its line, or below all others; everything else in it stays. The file and its
 * folder are made if they are not there. FALSE with CONFIG_ERROR_READ, the file as it was. */
gboolean options_remember(const Options *options, OptionId id, const char *path, GError **error);
/* "22:00-07:00" in minutes after midnight. FALSE: not of that form, or empty. */
gboolean options_parse_hours(const char *text, guint *from, guint *to);
gboolean options_is_default(const Options *options, OptionId id);

/* The type asked for must be the row's. Returned pointers live until the option is next set. */
gboolean options_bool(const Options *options, OptionId id);
gint64 options_number(const Options *options, OptionId id);
guint options_choice(const Options *options, OptionId id);
const char *options_text(const Options *options, OptionId id);
const char *const *options_list(const Options *options, OptionId id); /* NULL-terminated */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Options, options_free)

#endif
