/* Inside proto/imap: a command as parts that are not yet bytes, and the encoder that makes bytes of them. */
#ifndef MALLE_PROTO_IMAP_ENCODE_H
#define MALLE_PROTO_IMAP_ENCODE_H

#include "proto/imap/command.h"
#include "proto/imap/error.h"
#include "proto/output.h"

typedef enum {
    IMAP_PART_RAW,     /* protocol text, our own */
    IMAP_PART_ASTRING, /* atom, quoted or literal */
    IMAP_PART_STRING,  /* quoted or literal */
    IMAP_PART_MAILBOX, /* a wire name, as ASTRING; spelled in UTF-8 where that is enabled */
    IMAP_PART_PATTERN, /* as MAILBOX, with % and * allowed in an atom */
    IMAP_PART_CHARSET, /* "CHARSET UTF-8 " where that is needed and legal */
    IMAP_PART_LITERAL, /* from a source */
} ImapPartType;

typedef struct {
    ImapPartType type;
    bool secret, binary;
    GString *text;
    ImapSource source;
} ImapCommandPart;

struct ImapCommand {
    ImapVerb verb;
    GArray *parts; /* of ImapCommandPart */
    GError *error; /* the first argument that may not be sent */
    ImapCap need;  /* what a server has to have to understand it; IMAP_CAP_COUNT: nothing */
    bool respells; /* asks for names in UTF-8 */
};

ImapCommand *imap_command_new(ImapVerb verb, const char *text);
void imap_command_add(ImapCommand *command, const char *text);
void imap_command_addf(ImapCommand *command, const char *format, ...) G_GNUC_PRINTF(2, 3);
void imap_command_add_string(ImapCommand *command, ImapPartType type, const char *text, gssize len);
void imap_command_add_secret(ImapCommand *command, const char *text);
void imap_command_add_set(ImapCommand *command, const ImapUidSet *set);
/* "(\Seen foo)"; every one is checked to be a flag. */
void imap_command_add_flags(ImapCommand *command, const char *const *flags);
void imap_command_add_literal(ImapCommand *command, ImapSource source, bool binary);
/* Copies the criteria; with CHARSET in front where they are not ASCII. */
void imap_command_add_search(ImapCommand *command, const ImapSearch *search);
void imap_command_fail(ImapCommand *command, const char *message);
void imap_source_clear(ImapSource *source);
/* Names a mailbox that is spelled otherwise once UTF8=ACCEPT is enabled. */
bool imap_command_is_respelled(const ImapCommand *command);

typedef struct {
    bool literal_plus, literal_minus, utf8;
} ImapEncoding;

typedef enum {
    IMAP_ENCODED_ALL,  /* the command is out, CRLF and all */
    IMAP_ENCODED_WAIT, /* a synchronising literal: on with it after the server's "+" */
    IMAP_ENCODED_FULL, /* the output holds enough for now */
    IMAP_ENCODED_FAILED,
} ImapEncoded;

/* Where the encoder stands in a command. Begin with all zero. */
typedef struct {
    guint part;
    bool in_literal; /* header out, octets not all */
    guint64 literal_done;
} ImapEncodeState;

ImapEncoded imap_encode(ImapCommand *command, ImapEncodeState *state, const ImapEncoding *how,
                        ProtoOutput *output, gsize high_water, GError **error);

#endif
