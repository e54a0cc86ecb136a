/* Words to search by. */
#include "config.h"
#include "base/text.h"

#include <string.h>

/* Scripts that are written without spaces: each character is a word, and what a person looks for is a phrase of them. */
static bool stands_alone(gunichar c)
{
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
        return true;
    default:
        return false;
    }
}

static bool in_word(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

static void append_space(GString *words)
{
    if (words->len > 0 && words->str[words->len - 1] != ' ')
        g_string_append_c(words, ' ');
}

char *text_words(const char *text, gssize len)
{
    g_autofree char *key = text_sort_key(text, len);
    GString *words = g_string_sized_new(strlen(key) + 1);
    for (const char *p = key; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!in_word(c)) {
            append_space(words);
        } else if (c >= 0x80 && stands_alone(c)) {
            append_space(words);
            g_string_append_unichar(words, c);
            g_string_append_c(words, ' ');
        } else {
            g_string_append_unichar(words, c);
        }
    }
    if (words->len > 0 && words->str[words->len - 1] == ' ')
        g_string_truncate(words, words->len - 1);
    return g_string_free(words, FALSE);
}

bool text_words_may_go_on(const char *looked_for)
{
    const char *last = strrchr(looked_for, ' ');
    return g_utf8_strlen(last ? last + 1 : looked_for, -1) >= TEXT_WORDS_BEGINNING;
}

bool text_words_hold(const char *words, const char *looked_for)
{
    gsize length = strlen(looked_for);
    bool may_go_on = text_words_may_go_on(looked_for);
    if (length == 0)
        return false;
    for (const char *p = words; (p = strstr(p, looked_for)) != NULL; p++)
        if ((p == words || p[-1] == ' ') && (may_go_on || p[length] == ' ' || p[length] == '\0'))
            return true;
    return false;
}
