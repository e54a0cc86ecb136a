#include "config.h"

#include "store/pop_letter.h"

PopLetter *pop_letter_new(gint64 account_id, const char *uidl, const char *name)
{
    PopLetter *letter = g_new0(PopLetter, 1);
    letter->account_id = account_id;
    letter->uidl = g_strdup(uidl);
    letter->name = g_strdup(name);
    return letter;
}

void pop_letter_free(PopLetter *letter)
{
    if (letter == NULL)
        return;
    g_free(letter->uidl);
    g_free(letter->maildir);
    g_free(letter->name);
    g_free(letter->sha256);
    g_free(letter->header_sha256);
    g_free(letter->words);
    g_free(letter);
}

void pop_letter_set_words(PopLetter *letter, const char *words)
{
    char *copy = g_strdup(words); /* may be the old ones */
    g_free(letter->words);
    letter->words = copy;
}

const char *pop_copy_name(PopCopy copy)
{
    static const char *const names[] = { "none", "header", "whole", "missing", "differs", "adopted" };
    return names[MIN((guint) copy, G_N_ELEMENTS(names) - 1)];
}

const char *pop_place_name(PopPlace place)
{
    static const char *const names[] = { "there", "deleting", "deleted", "gone" };
    return names[MIN((guint) place, G_N_ELEMENTS(names) - 1)];
}
