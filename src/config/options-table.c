/* The option table. The manual page malle-config(5) is made from it: after a change, run `make update-manual`. */
#include "config.h"

#include "config/options.h"

#include <string.h>

#include "base/i18n.h"

static const char *const sorts[] = { "date", "arrived", "from", "subject", "size", NULL };
static const char *const readers[] = { "auto", "below", "right", "full", NULL };
static const char *const key_sets[] = { "mutt", "alpine", "vi", NULL };
static const char *const auto_yes_no[] = { "auto", "yes", "no", NULL };
static const char *const images[] = { "auto", "no", "kitty", "sixel", NULL };
static const char *const notifies[] = { "auto", "no", "bell", "terminal", "desktop", NULL };
static const char *const deletes[] = { "trash", "expunge", NULL };
static const char *const forwards[] = { "inline", "attached", NULL };
static const char *const search_wheres[] = { "auto", "here", "server", NULL };
static const char *const log_levels[] = { "error", "warning", "message", "info", "debug", NULL };

#define BOOL(option, word, value, text)                                                                                \
    [option] = { .id = option, .name = word, .type = OPTION_TYPE_BOOL, .default_value = value, .help = text }
#define NUMBER(option, word, value, low, high, of, text)                                                               \
    [option] = { .id = option, .name = word, .type = OPTION_TYPE_NUMBER, .default_value = value, .minimum = low,      \
                 .maximum = high, .unit = of, .help = text }
#define CHOICE(option, word, value, list, text)                                                                        \
    [option] = { .id = option, .name = word, .type = OPTION_TYPE_CHOICE, .default_value = value, .choices = list,     \
                 .help = text }
#define TEXT(option, word, value, sample, text)                                                                        \
    [option] = { .id = option, .name = word, .type = OPTION_TYPE_TEXT, .default_value = value, .example = sample,     \
                 .help = text }
#define LIST(option, word, value, sample, text)                                                                        \
    [option] = { .id = option, .name = word, .type = OPTION_TYPE_LIST, .default_value = value, .example = sample,     \
                 .help = text }

static const OptionRow rows[OPTION_COUNT] = {
    CHOICE(OPTION_SORT, "sort", "date", sorts,
           N_("What messages are sorted by when a mailbox is opened: the date that their authors wrote, the date at which they "
              "arrived, sender, subject or size. The sort command changes it for the mailbox on the screen.")),
    BOOL(OPTION_SORT_DESCENDING, "sort-descending", "no",
         N_("Sort the other way round: the newest or largest first, or from Z to A.")),
    BOOL(OPTION_THREADS, "threads", "yes",
         N_("Open mailboxes threaded: answers stand under what they answer, and threads are sorted by their newest message.")),
    BOOL(OPTION_THREAD_SUBJECTS, "thread-subjects", "no",
         N_("Take threads with the same subject for one, also where no answer says what it answers. Equal subjects are often chance: a weekly "
            "report becomes one thread. A change gathers all threads anew.")),
    BOOL(OPTION_SIDEBAR, "sidebar", "yes", N_("Show the accounts and their mailboxes beside the list, where the terminal is wide enough.")),
    NUMBER(OPTION_SIDEBAR_WIDTH, "sidebar-width", "24", 10, 80, N_("columns"), N_("How wide the sidebar is.")),
    CHOICE(OPTION_READER, "reader", "auto", readers,
           N_("Where a message is shown: below the list, to the right of it, or over the full width instead of it. “auto” takes "
              "what the size of the terminal allows.")),
    NUMBER(OPTION_READER_SIZE, "reader-size", "60", 20, 90, N_("per cent"),
           N_("How much of the room that list and message share goes to the message.")),
    BOOL(OPTION_KEY_BAR, "key-bar", "yes", N_("Show the most useful keys in the last lines of the screen.")),
    CHOICE(OPTION_KEY_SET, "key-set", "mutt", key_sets,
           N_("The keys to start from: those of mutt, of alpine, or of vi and aerc. Your own key file, see malle-keys(5), comes on top.")),
    TEXT(OPTION_THEME, "theme", "dark", "light",
         N_("The colours: dark, light, sixteen or sixteen-light (the terminal's own 16 colours only), mono (none), or the name of a file in the folder themes beside this file. With NO_COLOR in "
            "the environment it is mono.")),
    CHOICE(OPTION_ASCII, "ascii", "auto", auto_yes_no,
           N_("Draw lines and marks with ASCII characters only. “auto” does so where the locale is not UTF-8.")),
    LIST(OPTION_LIST_COLUMNS, "list-columns", "signs, date, who, size, subject", "signs, who 20, subject, keywords 16, date",
         N_("The columns of the list, from left to right: signs, date (that the author wrote), received (that it arrived at), who (the sender, "
            "or the recipient of your own letters), from, address, size, subject, keywords, mailbox. A number behind a name is its width in cells, with a per cent sign "
            "its share of the list. The subject takes what is left; without a column of their own, keywords stand at its end. Where the list is "
            "narrow, size and date give way.")),
    TEXT(OPTION_DATE_FORMAT, "date-format", "", "relative",
         N_("How dates are shown in the list. “relative”: how old a message is (5 min, 3 h, 2 d). “absolute”: day and time as your locale writes "
            "them. Anything else is a format in the notation of strftime(3), such as %Y-%m-%d. Empty: the time for today, day and month for this "
            "year, the full date for older messages.")),
    NUMBER(OPTION_WRAP, "wrap", "100", 0, 1000, N_("columns"),
           N_("Text wider than this is wrapped, since long lines are hard to read. 0 uses the whole width of the window.")),
    LIST(OPTION_QUOTE_COLOURS, "quote-colours", "", "cyan, green, yellow, magenta",
         N_("The colours of quoted text by depth, starting again from the first when there are more depths than colours. Empty: those "
            "of the theme. Colours are written as in themes, see malle-config(5).")),
    LIST(OPTION_HEADERS, "headers", "From, To, Cc, Reply-To, Date, Subject", "From, To, Cc, Date, Subject, List-Id",
         N_("The header lines shown above a message, in this order. The toggle-headers command shows all of them.")),
    LIST(OPTION_TEXT_PREFERENCE, "text-preference", "text/plain, text/html, text/*", "text/html, text/plain",
         N_("Which version is shown of a message that comes in several, best first. “text/*” stands for all kinds of text.")),
    NUMBER(OPTION_MARK_READ_DELAY, "mark-read-delay", "0", -1, 600000, N_("milliseconds"),
           N_("How long a message must be open before it counts as read. 0: at once. -1: only when you say so.")),
    CHOICE(OPTION_DELETE, "delete", "trash", deletes,
           N_("What deleting does, for accounts that do not say it themselves: move to the trash mailbox, or remove at once and for "
              "ever. A message that is in the trash already is always removed.")),
    BOOL(OPTION_ADVANCE, "advance", "yes", N_("Go on to the next message after deleting, moving or tagging one.")),
    BOOL(OPTION_CONFIRM_QUIT, "confirm-quit", "no",
         N_("Ask before leaving. Nothing is lost by leaving: decisions that have not reached the server wait for the next time.")),
    NUMBER(OPTION_POLL, "poll", "120", 0, 604800, N_("seconds"),
           N_("How often the mailboxes that are not open are looked at, for accounts that do not say it themselves. 0: never. The open "
              "mailbox is told of changes at once by servers that can.")),
    NUMBER(OPTION_CACHE_SIZE, "cache-size", "256", 8, 1048576, N_("MiB"),
           N_("How much of the bodies of messages is kept on this machine. Those that were not looked at for longest go first. Lists are "
              "always kept.")),
    NUMBER(OPTION_KEY_TIMEOUT, "key-timeout", "800", 50, 10000, N_("milliseconds"),
           N_("How long to wait for the next key when what was typed is a command already and could become another one: with g and gg "
              "both bound, g works after this time.")),
    TEXT(OPTION_DOWNLOADS, "downloads", "~/Downloads", "~/mail-attachments",
         N_("The folder that attachments are saved to unless you name another. “~” is your home directory.")),
    TEXT(OPTION_EDITOR, "editor", "", "vim -c 'set tw=72'",
         N_("The command that letters are written with; the name of the file is added to it. Empty: what VISUAL or EDITOR in the "
            "environment says, otherwise vi.")),
    TEXT(OPTION_ATTRIBUTION, "attribution", "", "%n (%d):",
         N_("What stands above the text that an answer quotes: %n is its author's name, %a the address, %d the date, %s the subject. "
            "Empty: “On … wrote:” in your language.")),
    CHOICE(OPTION_FORWARD, "forward", "inline", forwards,
           N_("How a message is passed on: its text within yours, with its attachments, or all of it as one attachment.")),
    BOOL(OPTION_FLOWED, "flowed", "yes",
         N_("Send paragraphs so that they wrap to the reader's width (format=flowed). Write each paragraph as one line; lines that "
            "you break yourself stay broken.")),
    TEXT(OPTION_MARKDOWN_COMMAND, "markdown-command", "", "pandoc -f markdown -t html",
         N_("A command that makes HTML on its output of Markdown on its input. With it, a letter can be sent as text and HTML side by "
            "side; the toggle-markdown command says of which letters. Empty: letters are text only.")),
    LIST(OPTION_ATTACHMENT_WORDS, "attachment-words",
         "attach, enclosed, pièce jointe, pièces jointes, ci-joint, joins, anhang, angehängt, adjunto, allegato", "attach, joint",
         N_("Words that promise an attachment: when the text that you wrote yourself has a word beginning like one of these and nothing "
            "is attached, Malle asks before it sends. Quoted text and signatures do not count. Empty: it never asks.")),
    NUMBER(OPTION_SEND_HOLD, "send-hold", "10", 0, 3600, N_("seconds"),
           N_("How long a letter waits before it leaves: the time in which undo takes it back, and opens it again.")),
    TEXT(OPTION_ADDRESS_COMMAND, "address-command", "", "khard email --parsable --search-in-source-files %s",
         N_("A command that is asked for addresses when Tab completes one, such as abook or khard: what was typed takes the place of %s. "
            "It prints, behind a first line that is not read, one line for each: address, tab, name. Empty: none is asked.")),
    BOOL(OPTION_MOUSE, "mouse", "no",
         N_("Take the mouse: the wheel scrolls, a click selects, two open, borders can be dragged. Text is then selected with Shift held, in most "
            "terminals. The toggle-mouse command changes it, and that is remembered.")),
    CHOICE(OPTION_IMAGES, "images", "auto", images,
           N_("Show pictures within the text: those attached, and those that an HTML text brings with it; never any from the network. kitty and sixel are the two ways "
              "in which terminals show them; “auto” takes what the terminal is known for or says of itself. The program chafa has to be there. Without it, or with “no”, "
              "the words that stand for a picture are shown.")),
    NUMBER(OPTION_IMAGE_SIZE, "image-size", "256", 8, 65536, N_("KiB"),
           N_("How much of the line to the terminal one picture may take; over SSH it is a quarter of that. What would take more is shown smaller or coarser.")),
    NUMBER(OPTION_IMAGE_FETCH, "image-fetch", "512", 0, 1048576, N_("KiB"),
           N_("Pictures larger than this are not fetched from the server to be shown within the text. 0: none is.")),
    CHOICE(OPTION_HYPERLINKS, "hyperlinks", "auto", auto_yes_no,
           N_("Let the terminal know where the links of a message lead, so that it can open them (OSC 8). “auto” does so where the terminal says who "
              "it is and is known to understand.")),
    CHOICE(OPTION_NOTIFY, "notify", "auto", notifies,
           N_("How new mail is told outside of the screen: with the bell, by a notice of the terminal's own (OSC 9 or 777, also over SSH), or by one "
              "of the desktop (D-Bus). “auto” takes the desktop where there is one, else the terminal over SSH, else nothing.")),
    LIST(OPTION_NOTIFY_MAILBOXES, "notify-mailboxes", "INBOX", "INBOX, work: *, Lists/malle*",
         N_("The mailboxes whose new mail is told: names, with * for anything, and with the name of an account and a colon before them for those of "
            "one account. Empty: none.")),
    TEXT(OPTION_QUIET_HOURS, "quiet-hours", "", "22:00-07:00", N_("The hours in which new mail is not told outside of the screen. Empty: none.")),
    TEXT(OPTION_NEW_MAIL_COMMAND, "new-mail-command", "", "play ~/sounds/bell.ogg",
         N_("A command for the shell, run when new mail is told. In its environment are MALLE_ACCOUNT, MALLE_MAILBOX, MALLE_COUNT, and of the newest "
            "message, as far as it is here, MALLE_FROM, MALLE_ADDRESS and MALLE_SUBJECT. What it writes is thrown away. Empty: none.")),
    CHOICE(OPTION_SEARCH_WHERE, "search-where", "auto", search_wheres,
           N_("Where a limit is looked for: “auto” looks here, and asks the server for the texts that are not here; “here” asks nobody; “server” takes "
              "what the server finds, in its own way.")),
    CHOICE(OPTION_LOG_LEVEL, "log-level", "info", log_levels,
           N_("How much is written to the log, malle/log in $XDG_STATE_HOME. There are never passwords or texts of messages in it.")),
};

const OptionRow *option_row(OptionId id)
{
    g_return_val_if_fail(id < OPTION_COUNT, NULL);
    return &rows[id];
}

const OptionRow *option_find(const char *name)
{
    for (guint i = 0; i < OPTION_COUNT; i++)
        if (g_ascii_strcasecmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

const char *const *option_names(void)
{
    static const char *names[OPTION_COUNT + 1];
    static gsize made;
    if (g_once_init_enter(&made)) {
        for (guint i = 0; i < OPTION_COUNT; i++)
            names[i] = rows[i].name;
        g_once_init_leave(&made, 1);
    }
    return names;
}
