#include "config.h"

#include "proto/imap/encode.h"

#include "base/i18n.h"

ImapCommand *imap_command_unselect(void)
{
    return imap_command_new(IMAP_VERB_UNSELECT, "UNSELECT");
}

ImapCommand *imap_command_close(void)
{
    return imap_command_new(IMAP_VERB_CLOSE, "CLOSE");
}

ImapCommand *imap_command_expunge(void)
{
    return imap_command_new(IMAP_VERB_EXPUNGE, "EXPUNGE");
}

static ImapCommand *with_set(ImapVerb verb, const char *text, const ImapUidSet *uids)
{
    ImapCommand *command = imap_command_new(verb, text);
    imap_command_add_set(command, uids);
    return command;
}

ImapCommand *imap_command_uid_expunge(const ImapUidSet *uids)
{
    ImapCommand *command = with_set(IMAP_VERB_UID_EXPUNGE, "UID EXPUNGE ", uids);
    command->need = IMAP_CAP_UIDPLUS;
    return command;
}

/* ---- FETCH ---- */

static bool section_is_sane(const char *section)
{
    for (const char *p = section; *p != '\0'; p++)
        if ((guchar)*p < ' ' || (guchar)*p >= 0x7f || strchr("[]{}<>\"\\", *p) != NULL)
            return false;
    return true;
}

static void add_section(ImapCommand *command, const ImapFetchSection *section)
{
    if (!section_is_sane(section->section)) {
        imap_command_fail(command, _("This is not the name of a part of a message."));
        return;
    }
    if (section->binary_size) {
        imap_command_addf(command, "BINARY.SIZE[%s]", section->section);
        return;
    }
    imap_command_addf(command, "%s%s[%s]", section->binary ? "BINARY" : "BODY",
                      section->set_seen ? "" : ".PEEK", section->section);
    if (section->length != 0)
        imap_command_addf(command, "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ">", section->origin,
                          section->length);
}

static void add_wants(ImapCommand *command, const ImapFetchWants *wants, guint items)
{
    static const struct {
        guint item;
        const char *name;
    } ITEMS[] = {
        { IMAP_FETCH_UID, "UID" },
        { IMAP_FETCH_FLAGS, "FLAGS" },
        { IMAP_FETCH_INTERNALDATE, "INTERNALDATE" },
        { IMAP_FETCH_SIZE, "RFC822.SIZE" },
        { IMAP_FETCH_MODSEQ, "MODSEQ" },
        { IMAP_FETCH_ENVELOPE, "ENVELOPE" },
        { IMAP_FETCH_BODY, "BODY" },
        { IMAP_FETCH_BODYSTRUCTURE, "BODYSTRUCTURE" },
        { IMAP_FETCH_PREVIEW, "PREVIEW" },
        { IMAP_FETCH_EMAILID, "EMAILID" },
        { IMAP_FETCH_THREADID, "THREADID" },
        { IMAP_FETCH_SAVEDATE, "SAVEDATE" },
        { IMAP_FETCH_GM_MSGID, "X-GM-MSGID" },
        { IMAP_FETCH_GM_THRID, "X-GM-THRID" },
        { IMAP_FETCH_GM_LABELS, "X-GM-LABELS" },
    };
    const char *separator = "";

    imap_command_add(command, " (");
    for (gsize i = 0; i < G_N_ELEMENTS(ITEMS); i++) {
        if ((items & ITEMS[i].item) == 0)
            continue;
        imap_command_addf(command, "%s%s", separator, ITEMS[i].name);
        separator = " ";
    }
    for (guint i = 0; i < wants->n_sections; i++) {
        imap_command_add(command, separator);
        add_section(command, &wants->sections[i]);
        separator = " ";
    }
    if (*separator == '\0')
        imap_command_fail(command, _("The command asks for nothing."));
    imap_command_add(command, ")");
    if (wants->changed_since != 0)
        imap_command_addf(command, " (CHANGEDSINCE %" G_GUINT64_FORMAT "%s)", wants->changed_since,
                          wants->vanished ? " VANISHED" : "");
}

ImapCommand *imap_command_uid_fetch(const ImapUidSet *uids, const ImapFetchWants *wants)
{
    ImapCommand *command = with_set(IMAP_VERB_UID_FETCH, "UID FETCH ", uids);
    guint items = wants->items & ~(guint)IMAP_FETCH_UID;
    /* UID comes with every answer; asked for by name only where it is all that is wanted. */
    if (items == 0 && wants->n_sections == 0)
        items = wants->items;
    add_wants(command, wants, items);
    return command;
}

ImapCommand *imap_command_fetch(guint32 first, guint32 last, const ImapFetchWants *wants)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_FETCH, "FETCH ");
    if (first == 0 || (last != 0 && last < first))
        imap_command_fail(command, _("The command names no message."));
    if (last == 0)
        imap_command_addf(command, "%u:*", first);
    else if (last == first)
        imap_command_addf(command, "%u", first);
    else
        imap_command_addf(command, "%u:%u", first, last);
    if (wants->vanished)
        imap_command_fail(command, _("VANISHED needs UIDs."));
    add_wants(command, wants, wants->items | IMAP_FETCH_UID);
    return command;
}

/* ---- changes ---- */

ImapCommand *imap_command_uid_store(const ImapUidSet *uids, ImapStoreMode mode, const char *const *flags,
                                    bool silent, guint64 unchanged_since)
{
    static const char *const MODES[] = {
        [IMAP_STORE_ADD] = "+FLAGS",
        [IMAP_STORE_REMOVE] = "-FLAGS",
        [IMAP_STORE_REPLACE] = "FLAGS",
    };
    ImapCommand *command = with_set(IMAP_VERB_UID_STORE, "UID STORE ", uids);
    if (unchanged_since != 0)
        imap_command_addf(command, " (UNCHANGEDSINCE %" G_GUINT64_FORMAT ")", unchanged_since);
    imap_command_addf(command, " %s%s ", MODES[mode], silent ? ".SILENT" : "");
    if (mode != IMAP_STORE_REPLACE && (flags == NULL || flags[0] == NULL))
        imap_command_fail(command, _("The command names no flag."));
    imap_command_add_flags(command, flags);
    return command;
}

static ImapCommand *to_mailbox(ImapVerb verb, const char *text, const ImapUidSet *uids, const char *mailbox)
{
    ImapCommand *command = with_set(verb, text, uids);
    if (*mailbox == '\0')
        imap_command_fail(command, _("A mailbox needs a name."));
    imap_command_add(command, " ");
    imap_command_add_string(command, IMAP_PART_MAILBOX, mailbox, -1);
    return command;
}

ImapCommand *imap_command_uid_copy(const ImapUidSet *uids, const char *mailbox)
{
    return to_mailbox(IMAP_VERB_UID_COPY, "UID COPY ", uids, mailbox);
}

ImapCommand *imap_command_uid_move(const ImapUidSet *uids, const char *mailbox)
{
    ImapCommand *command = to_mailbox(IMAP_VERB_UID_MOVE, "UID MOVE ", uids, mailbox);
    command->need = IMAP_CAP_MOVE;
    return command;
}
