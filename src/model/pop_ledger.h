/* The ledger of POP3 accounts in words: what is here of each letter, and what became of it on the server. UI thread, and commands
 * without a screen.
 */
#ifndef MALLE_MODEL_POP_LEDGER_H
#define MALLE_MODEL_POP_LEDGER_H

#include "model/model.h"
#include "store/reader.h"

/* Not made safe for a terminal: they may hold a path. Caller frees. */
char *model_pop_copy_words(const PopLetter *letter);
char *model_pop_place_words(const PopLetter *letter);

/* A letter for the screen: safe lines. */
typedef struct {
    char *heading;   /* account, UIDL, size */
    char *copy, *place;
    char *trouble;   /* NULL: none */
} ModelPopLetter;

/* The newest ones of all accounts, oldest first: at most about `most` for each account. Of ModelPopLetter*, free func set. */
GPtrArray *model_pop_letters(Model *model, guint most);

#endif
