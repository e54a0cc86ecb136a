#include "config.h"

#include "config/colour-rules.h"

#include <string.h>

#include "base/i18n.h"
#include "config/lines.h"
#include "config/problem.h"

static void rule_free(gpointer data)
{
    ColourRule *rule = data;
    g_free(rule->query);
    g_free(rule->file);
    g_free(rule);
}

static ColourRule *parse_rule(const char *text, GError **error)
{
    const char *word = strstr(text, " if ");
    ThemeStyle style;
    if (word == NULL) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX, _("this is not: STYLE if QUERY, as in: bold red if from:boss"));
        return NULL;
    }
    g_autofree char *left = g_strndup(text, (gsize) (word - text));
    if (!theme_style_parse(left, &style, error))
        return NULL;
    ColourRule *rule = g_new0(ColourRule, 1);
    rule->style = style;
    rule->query = g_strstrip(g_strdup(word + 4));
    return rule;
}

GPtrArray *colour_rules_parse(const char *text, const char *file, GPtrArray *problems)
{
    GPtrArray *rules = g_ptr_array_new_with_free_func(rule_free);
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; g_free(line)) {
        g_autoptr(GError) error = NULL;
        ColourRule *rule = parse_rule(line, &error);
        if (rule == NULL) {
            config_problems_take(problems, file, lines.number, &error);
            continue;
        }
        rule->file = g_strdup(file);
        rule->line = lines.number;
        g_ptr_array_add(rules, rule);
    }
    return rules;
}

GPtrArray *colour_rules_load(const char *path, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = config_file_read(path, NULL, &error);
    if (text != NULL)
        return colour_rules_parse(text, path, problems);
    if (!g_error_matches(error, CONFIG_ERROR, CONFIG_ERROR_NO_FILE))
        config_problems_take(problems, path, 0, &error);
    return g_ptr_array_new_with_free_func(rule_free);
}
