/* A query of the person's, as a SEARCH program for a server (RFC 9051 §6.4.4): what the server can tell is asked, and what it cannot is left
 * out in the direction that finds more, so that what is missing can be looked at here (doc/internals/query.md, "On the server").
 *
 * Pure functions; any thread.
 */
#ifndef MALLE_ENGINE_SEARCH_PROGRAM_H
#define MALLE_ENGINE_SEARCH_PROGRAM_H

#include "proto/imap/search.h"
#include "query/query.h"

/* Where is searched, and how. */
typedef struct {
    const char *mailbox, *account;    /* their names, as in: and account: see them */
    const char *const *own_addresses; /* for ~p and ~P; NULL: none known */
    gboolean by_words;                /* a search, as in QueryMessage */
    gboolean only_ascii;              /* the server knows no other charset: texts beyond it are left out */
} SearchPlace;

typedef enum {
    SEARCH_PROGRAM_NOTHING,  /* no message of this mailbox can match: it need not be searched anywhere */
    SEARCH_PROGRAM_ANYTHING, /* nothing of the query can be asked a server */
    SEARCH_PROGRAM_ASK,      /* `criteria` */
} SearchProgramKind;

typedef struct {
    SearchProgramKind kind;
    ImapSearch *criteria; /* of ASK */
    gboolean whole;       /* nothing was left out: what the server finds is found, as far as nothing here says otherwise */
    guint64 told;         /* mask of 1 << place: texts of the query (query_n_texts(); the first 64) that every message found holds */
    char *text;           /* the criteria as written, for comparing and for logs: equal texts are equal programs */
} SearchProgram;

SearchProgram *search_program_new(const Query *query, const SearchPlace *place);
void search_program_free(SearchProgram *program);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SearchProgram, search_program_free)

#endif
