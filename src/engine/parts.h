/* Sections of messages on their way from the server to whoever asked, large or small, whole or in ranges. What nobody asked
 * for is not taken (S22).
 */
#ifndef MALLE_ENGINE_PARTS_H
#define MALLE_ENGINE_PARTS_H

#include "engine/link.h"

typedef struct {
    /* Any number of times, in order. */
    void (*data)(gpointer user, const char *bytes, gsize length);
    /* Once. arrived: the server sent the section, all of it (of the range: what there is of it). text has its words. */
    void (*done)(EngineAccount *account, gpointer user, ImapResult result, gboolean arrived, const ImapText *text);
} PartSink;

typedef struct {
    guint32 uid;
    const char *section;
    gboolean binary;       /* the server undoes the transfer encoding (RFC 3516) */
    guint64 origin, length; /* length 0: the whole section */
    gboolean first;        /* somebody waits: ahead of what has not left */
} PartWanted;

/* In the selected mailbox. */
void parts_ask(EngineAccount *account, LinkAction *action, const PartWanted *wanted, const PartSink *sink, gpointer user);

/* The session's events. */
void parts_hear(EngineAccount *account, guint32 uid, const ImapSection *section);
void parts_hear_begin(EngineAccount *account, guint32 uid, const ImapSection *section);
void parts_hear_data(EngineAccount *account, const char *bytes, gsize length);
void parts_hear_end(EngineAccount *account, gboolean complete);

#endif
