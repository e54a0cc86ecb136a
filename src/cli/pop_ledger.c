/* malle pop-ledger [--json]: what the servers of the POP3 accounts had, what of it is here, and what became of it there. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "cli/headless.h"
#include "cli/json.h"
#include "cli/print.h"
#include "model/pop_ledger.h"

enum { PAGE = 1000 };

typedef struct {
    StoreReader *reader;
    const char *account; /* of the letters that are being shown */
    gboolean as_json;
    guint shown;
    ExitCode status;
} Listing;

/* --- in words ------------------------------------------------------------------------------------------- */

static void say_letter(const Listing *listing, const PopLetter *letter)
{
    g_autofree char *size = g_format_size(letter->octets != 0 ? letter->octets : letter->size);
    g_autofree char *seen = time_format_full(letter->first_seen);
    g_autofree char *copy = model_pop_copy_words(letter);
    g_autofree char *place = model_pop_place_words(letter);
    cli_print(_("%s  %s  %s, first seen %s\n"), listing->account, letter->uidl, size, seen);
    cli_print("     %s\n     %s\n", copy, place);
    if (letter->verified != 0) {
        g_autofree char *verified = time_format_full(letter->verified);
        cli_print(_("     read back as it was received, %s\n"), verified);
    }
    if (letter->words != NULL)
        cli_print("     %s\n", letter->words);
}

/* --- as JSON --------------------------------------------------------------------------------------------- */

static void time_or_null(GString *json, const char *name, gint64 time)
{
    if (time != 0)
        json_number(json, name, time);
    else
        json_string(json, name, NULL);
}

static void write_letter(const Listing *listing, GString *json, const PopLetter *letter)
{
    json_open(json, NULL, '{');
    json_string(json, "account", listing->account);
    json_string(json, "uidl", letter->uidl);
    json_string(json, "copy", pop_copy_name(letter->copy));
    json_string(json, "server", pop_place_name(letter->place));
    json_number(json, "size", (gint64) letter->size);
    time_or_null(json, "first_seen", letter->first_seen);
    json_string(json, "maildir", letter->maildir);
    json_string(json, "name", letter->name);
    json_number(json, "octets", (gint64) letter->octets);
    json_string(json, "sha256", letter->sha256);
    time_or_null(json, "stored", letter->stored);
    time_or_null(json, "verified", letter->verified);
    time_or_null(json, "due", letter->due);
    time_or_null(json, "deleted_here", letter->decided);
    time_or_null(json, "gone", letter->gone);
    json_string(json, "words", letter->words);
    json_close(json, '}');
}

/* --- all of them ------------------------------------------------------------------------------------------ */

/* A page at a time: the ledger of a large account is not in memory at once. Returns where the next one begins; 0: nowhere. */
static gint64 show_page(Listing *listing, gint64 account_id, gint64 after)
{
    g_autoptr(GPtrArray) letters = store_reader_pop_letters(listing->reader, account_id, after, PAGE);
    g_autoptr(GString) json = g_string_new(NULL);
    gint64 last = 0;
    for (guint i = 0; i < letters->len; i++) {
        const PopLetter *letter = g_ptr_array_index(letters, i);
        last = letter->id;
        if (letter->copy == POP_COPY_MISSING || letter->copy == POP_COPY_DIFFERS)
            listing->status = EXIT_CODE_DATA;
        if (!listing->as_json) {
            say_letter(listing, letter);
        } else {
            g_string_append(json, listing->shown > 0 ? ",\n" : "");
            write_letter(listing, json, letter);
        }
        listing->shown++;
    }
    if (listing->as_json)
        cli_write(json);
    return letters->len < PAGE ? 0 : last;
}

static void show(Listing *listing, const char *only)
{
    g_autoptr(GPtrArray) accounts = store_reader_accounts(listing->reader);
    for (guint i = 0; i < accounts->len; i++) {
        const StoreAccount *account = g_ptr_array_index(accounts, i);
        if (only != NULL && strcmp(account->name, only) != 0)
            continue;
        listing->account = account->name;
        for (gint64 after = show_page(listing, account->id, 0); after != 0;)
            after = show_page(listing, account->id, after);
    }
}

int cli_pop_ledger(const CliSettings *settings, int argc, char **argv)
{
    Listing listing = { .as_json = argc == 2 && strcmp(argv[1], "--json") == 0 };
    if (argc > 1 && !listing.as_json) {
        cli_complain(_("this is not: malle pop-ledger [--json]"));
        return EXIT_CODE_USAGE;
    }
    g_autoptr(StoreReader) reader = headless_open_reader(settings, &listing.status);
    if (reader == NULL)
        return (int) listing.status;
    listing.reader = reader;
    g_autoptr(GString) frame = g_string_new("[");
    if (listing.as_json)
        cli_write(frame);
    show(&listing, settings->account);
    g_string_assign(frame, "]\n");
    if (listing.as_json)
        cli_write(frame);
    else if (listing.shown == 0)
        cli_print("%s\n", _("There is no letter of a POP3 account in the ledger."));
    return (int) listing.status;
}
