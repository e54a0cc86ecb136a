#include "config.h"

#include "engine/parts.h"

#include "engine/account.h"

typedef struct {
    guint32 uid;
    char *section;
    gboolean binary, ranged;
    guint64 origin;
    gboolean arrived;
    PartSink sink;
    gpointer user;
} AskedPart;

static void part_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    AskedPart *part = user;
    g_queue_remove(account->parts, part);
    if (account->streaming == part)
        account->streaming = NULL;
    part->sink.done(account, part->user, result, part->arrived, text);
    g_free(part->section);
    g_free(part);
}

void parts_ask(EngineAccount *account, LinkAction *action, const PartWanted *wanted, const PartSink *sink, gpointer user)
{
    AskedPart *part = g_new0(AskedPart, 1);
    *part = (AskedPart){
        .uid = wanted->uid,
        .section = g_strdup(wanted->section),
        .binary = wanted->binary,
        .ranged = wanted->length != 0,
        .origin = wanted->origin,
        .sink = *sink,
        .user = user,
    };
    g_queue_push_tail(account->parts, part);

    ImapFetchSection section = { .section = wanted->section, .binary = wanted->binary, .origin = wanted->origin, .length = wanted->length };
    ImapFetchWants wants = { .sections = &section, .n_sections = 1 };
    g_autoptr(ImapUidSet) uids = imap_uidset_new_range(wanted->uid, wanted->uid);
    ImapCommand *command = imap_command_uid_fetch(uids, &wants);
    if (wanted->first)
        link_send_first(account->link, action, command, part_answered, part);
    else
        link_send(account->link, action, command, part_answered, part);
}

static AskedPart *find(EngineAccount *account, guint32 uid, const ImapSection *section)
{
    for (GList *link = account->parts->head; link != NULL; link = link->next) {
        AskedPart *part = link->data;
        gboolean range_fits = part->ranged ? section->origin >= 0 && (guint64) section->origin == part->origin : section->origin < 0;
        if (!part->arrived && part->uid == uid && part->binary == (gboolean) section->binary && range_fits &&
            imap_section_is(section, part->section))
            return part;
    }
    return NULL;
}

void parts_hear(EngineAccount *account, guint32 uid, const ImapSection *section)
{
    if (section->streamed)
        return;
    AskedPart *part = find(account, uid, section);
    if (part == NULL || section->data.data == NULL)
        return;
    part->arrived = TRUE;
    part->sink.data(part->user, section->data.data, section->data.len);
}

void parts_hear_begin(EngineAccount *account, guint32 uid, const ImapSection *section)
{
    account->streaming = find(account, uid, section);
}

void parts_hear_data(EngineAccount *account, const char *bytes, gsize length)
{
    AskedPart *part = account->streaming;
    if (part != NULL)
        part->sink.data(part->user, bytes, length);
}

void parts_hear_end(EngineAccount *account, gboolean complete)
{
    AskedPart *part = account->streaming;
    if (part != NULL)
        part->arrived = complete;
    account->streaming = NULL;
}
