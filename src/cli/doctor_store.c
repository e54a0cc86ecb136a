/* malle doctor --store: what is kept on this machine, checked, and set right as far as that is possible. */
#include "config.h"

#include "base/i18n.h"
#include "base/paths.h"
#include "cli/doctor.h"
#include "cli/headless.h"
#include "cli/json.h"
#include "cli/print.h"
#include "store/repair.h"

static void say_adoption(const StoreAdoption *adoption)
{
    if (adoption->adopted > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("%u decision that was not sent was taken over from journal.log",
                                                          "%u decisions that were not sent were taken over from journal.log", adoption->adopted),
                                                 adoption->adopted);
        doctor_say(DOCTOR_NOTE, _("decisions"), words);
    }
    if (adoption->unknown > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("of %u nobody knows whether it was done: see “malle journal”",
                                                          "of %u nobody knows whether they were done: see “malle journal”", adoption->unknown),
                                                 adoption->unknown);
        doctor_say(DOCTOR_NOTE, _("decisions"), words);
    }
    if (adoption->lost + adoption->damaged > 0) {
        guint lost = adoption->lost + adoption->damaged;
        g_autofree char *words = g_strdup_printf(ngettext("what %u was about cannot be told any more: see “malle journal”",
                                                          "what %u were about cannot be told any more: see “malle journal”", lost),
                                                 lost);
        doctor_say(DOCTOR_FAILED, _("decisions"), words);
    }
}

static void say_counts(const StoreCare *care)
{
    if (care->counts_wrong > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("the counts of %u mailbox were not those of its messages; they are counted again",
                                                          "the counts of %u mailboxes were not those of their messages; they are counted again",
                                                          care->counts_wrong),
                                                 care->counts_wrong);
        doctor_say(DOCTOR_NOTE, _("counts"), words);
    }
}

static void say_bodies(const StoreCare *care)
{
    g_autofree char *cached = g_format_size_full(care->cached, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *kept = g_format_size_full(care->kept, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *sizes = g_strdup_printf(_("%s in the cache, %s kept for offline use"), cached, kept);
    doctor_say(DOCTOR_OK, _("texts"), sizes);
    if (care->bodies_missing > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("%u text or attachment had lost its file; it is fetched again when it is wanted",
                                                          "%u texts or attachments had lost their files; they are fetched again when they are wanted",
                                                          care->bodies_missing),
                                                 care->bodies_missing);
        doctor_say(DOCTOR_NOTE, _("texts"), words);
    }
    if (care->threads_wrong > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("%u message was in the wrong thread, and is in its own now",
                                                          "%u messages were in the wrong threads, and are in their own now", care->threads_wrong),
                                                 care->threads_wrong);
        doctor_say(DOCTOR_NOTE, _("threads"), words);
    }
    if (care->files_unused > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("%u file that belonged to nothing was removed", "%u files that belonged to nothing were removed",
                                                          care->files_unused),
                                                 care->files_unused);
        doctor_say(DOCTOR_NOTE, _("texts"), words);
    }
}

static void say_care(const char *path, const StoreCare *care)
{
    g_autofree char *shown = paths_shorten(path);
    if (care->damage == NULL) {
        doctor_say(DOCTOR_OK, _("store"), care->is_there ? shown : _("there was none yet"));
    } else {
        g_autofree char *what = g_strdup_printf(_("%s was damaged: %s"), shown, care->damage);
        g_autofree char *aside = paths_shorten(care->aside);
        g_autofree char *where = g_strdup_printf(_("it is kept as %s; lists and texts are fetched anew from the server"), aside);
        doctor_say(DOCTOR_FAILED, _("store"), what);
        doctor_say(DOCTOR_NOTE, _("store"), where);
    }
    say_adoption(&care->adoption);
    if (care->choices > 0) {
        g_autofree char *words = g_strdup_printf(ngettext("%u choice of what is kept for offline use was taken over",
                                                          "%u choices of what is kept for offline use were taken over", care->choices),
                                                 care->choices);
        doctor_say(DOCTOR_NOTE, _("settings"), words);
    }
    say_counts(care);
    say_bodies(care);
}

static void write_json(const char *path, const StoreCare *care, const GError *error)
{
    g_autoptr(GString) json = g_string_new(NULL);
    json_open(json, NULL, '{');
    json_string(json, "store", path);
    json_bool(json, "ok", error == NULL && care->damage == NULL);
    json_string(json, "error", error != NULL ? error->message : NULL);
    json_string(json, "damage", care->damage);
    json_string(json, "aside", care->aside);
    json_number(json, "adopted", care->adoption.adopted);
    json_number(json, "unknown", care->adoption.unknown);
    json_number(json, "lost", care->adoption.lost + care->adoption.damaged);
    json_number(json, "choices", care->choices);
    json_number(json, "cached", (gint64) care->cached);
    json_number(json, "kept", (gint64) care->kept);
    json_number(json, "counts_wrong", care->counts_wrong);
    json_number(json, "bodies_missing", care->bodies_missing);
    json_number(json, "files_unused", care->files_unused);
    json_number(json, "threads_wrong", care->threads_wrong);
    json_close(json, '}');
    cli_print("%s\n", json->str);
}

static ExitCode code_for(const GError *error)
{
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY) || g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
        return EXIT_CODE_TEMPORARY;
    return g_error_matches(error, STORE_ERROR, STORE_ERROR_OPEN) ? EXIT_CODE_CANT_CREATE : EXIT_CODE_DATA;
}

ExitCode doctor_examine_store(const CliSettings *settings, gboolean as_json)
{
    g_autofree char *path = headless_store_path(settings);
    g_autoptr(GError) error = NULL;
    StoreCare care;
    gboolean well = store_take_care(path, &care, &error);
    ExitCode status = well ? care.damage == NULL && care.adoption.lost + care.adoption.damaged == 0 ? EXIT_CODE_OK : EXIT_CODE_DATA
                           : code_for(error);
    if (as_json)
        write_json(path, &care, error);
    else if (well || care.damage != NULL)
        say_care(path, &care);
    if (!well && !as_json)
        cli_complain("%s", error->message);
    store_care_clear(&care);
    return status;
}
