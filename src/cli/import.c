/* malle import muttrc FILE [--dry-run] */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/exit_codes.h"
#include "base/i18n.h"
#include "base/paths.h"
#include "cli/cli.h"
#include "cli/print.h"
#include "config/muttrc.h"

static int usage(void)
{
    cli_complain(_("this is not: malle import muttrc FILE [--dry-run]"));
    return EXIT_CODE_USAGE;
}

/* A file that is there is the person's own: what was read goes beside it, under this ending. */
#define BESIDE ".from-muttrc"

/* One of Malle's files. Nothing is written where there is nothing to say. FALSE when it was complained about. */
static gboolean write_file(PathsKind kind, const char *name, const char *head, const GString *text, gboolean dry_run)
{
    if (text->len == 0)
        return TRUE;
    g_autofree char *wanted = paths_locate(kind, name);
    gboolean exists = g_file_test(wanted, G_FILE_TEST_EXISTS);
    g_autofree char *path = exists ? g_strconcat(wanted, BESIDE, NULL) : g_strdup(wanted);
    g_autofree char *shown = paths_shorten(path);
    if (dry_run) {
        cli_print("%s\n%s%s\n", shown, head, text->str);
        return TRUE;
    }
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *whole = g_strconcat(head, text->str, NULL);
    g_autoptr(GError) error = NULL;
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        cli_complain("%s: %s", folder, g_strerror(errno));
        return FALSE;
    }
    if (!g_file_set_contents_full(path, whole, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
        cli_complain("%s", error->message);
        return FALSE;
    }
    if (exists) {
        g_autofree char *own = paths_shorten(wanted);
        cli_print(_("written: %s (%s is yours already, and stays as it is)\n"), shown, own);
    } else {
        cli_print(_("written: %s\n"), shown);
    }
    return TRUE;
}

static void say_counts(const Muttrc *muttrc)
{
    cli_print(ngettext("%u key taken over\n", "%u keys taken over\n", muttrc->n_keys), muttrc->n_keys);
    cli_print(ngettext("%u colour taken over\n", "%u colours taken over\n", muttrc->n_colours), muttrc->n_colours);
    cli_print(ngettext("%u alias taken over\n", "%u aliases taken over\n", muttrc->n_aliases), muttrc->n_aliases);
    cli_print(ngettext("%u option taken over\n", "%u options taken over\n", muttrc->n_options), muttrc->n_options);
}

static void say_rest(const Muttrc *muttrc)
{
    if (muttrc->rest->len == 0)
        return;
    cli_print("\n");
    cli_print(ngettext("%u line could not be translated:\n", "%u lines could not be translated:\n", muttrc->rest->len), muttrc->rest->len);
    for (guint i = 0; i < muttrc->rest->len; i++) {
        const MuttrcRest *rest = g_ptr_array_index(muttrc->rest, i);
        cli_print("%s:%u: %s\n    %s\n", rest->file, rest->line, rest->text, rest->why);
    }
}

int cli_import(const CliSettings *settings, int argc, char **argv)
{
    (void) settings;
    const char *file = NULL;
    gboolean dry_run = FALSE;
    if (argc < 3 || strcmp(argv[1], "muttrc") != 0)
        return usage();
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--dry-run") == 0)
            dry_run = TRUE;
        else if (file == NULL && argv[i][0] != '-')
            file = argv[i];
        else
            return usage();
    }
    if (file == NULL)
        return usage();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = paths_expand(file);
    g_autoptr(Muttrc) muttrc = muttrc_read(path, &error);
    if (muttrc == NULL) {
        cli_complain("%s: %s", file, error->message);
        return EXIT_CODE_DATA;
    }
    if (muttrc->theme->len > 0) {
        g_string_prepend(muttrc->theme, "base = dark\n");
        g_string_append(muttrc->options, "theme = muttrc\n");
    }
    static const char head[] = "# Made from a muttrc by \"malle import muttrc\".\n";
    gboolean good = write_file(PATHS_CONFIG, "keys", head, muttrc->keys, dry_run) &&
                    write_file(PATHS_CONFIG, "themes/muttrc", head, muttrc->theme, dry_run) &&
                    write_file(PATHS_CONFIG, "colours", head, muttrc->colours, dry_run) &&
                    write_file(PATHS_CONFIG, "config", head, muttrc->options, dry_run) &&
                    write_file(PATHS_DATA, "contacts/muttrc.vcf", "", muttrc->contacts, dry_run);
    say_counts(muttrc);
    say_rest(muttrc);
    return good ? EXIT_CODE_OK : EXIT_CODE_CANT_CREATE;
}
