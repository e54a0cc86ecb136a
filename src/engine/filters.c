#include "config.h"

#include "engine/filters.h"

#include <time.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "engine/match.h"

typedef struct {
    const Filter *filter; /* of Filters.read */
    Query *query;
} Ready;

struct Filters {
    GPtrArray *read;  /* of Filter* */
    GArray *ready;    /* of Ready */
    char **own_addresses;
};

static void clear_ready(gpointer data)
{
    query_unref(((Ready *) data)->query);
}

/* --- making -------------------------------------------------------------------------------------- */

/* The text, and under it a caret, as a search tells it. */
static void tell_query(GPtrArray *problems, const char *file, const Filter *filter, gsize offset, const GError *error)
{
    g_autofree char *place = query_point_at(filter->when, offset, 78);
    config_problems_add(problems, file, filter->when_line, CONFIG_ERROR_SYNTAX, _("column %u: %s\n%s"),
                        filter->when_column + (guint) offset + 1, error->message, place);
}

static void make_ready(Filters *filters, const Filter *filter, const char *file, GPtrArray *problems)
{
    gsize offset = 0;
    g_autoptr(GError) error = NULL;
    Ready ready = { filter, query_parse(filter->when, (gint64) time(NULL), &offset, &error) };
    if (ready.query == NULL) {
        tell_query(problems, file, filter, offset, error);
        return;
    }
    if ((query_needs(ready.query) & QUERY_NEEDS_LIST) != 0) {
        config_problems_add(problems, file, filter->when_line, CONFIG_ERROR_VALUE, "%s",
                            _("only a list on the screen knows tags, folded threads and duplicates"));
        query_unref(ready.query);
        return;
    }
    g_array_append_val(filters->ready, ready);
}

static gboolean is_account(const GPtrArray *accounts, const char *name)
{
    for (guint i = 0; i < accounts->len; i++)
        if (g_str_equal(((const Account *) g_ptr_array_index(accounts, i))->name, name))
            return TRUE;
    return FALSE;
}

Filters *filters_load(const char *path, const GPtrArray *accounts, GPtrArray *problems)
{
    Filters *filters = g_new0(Filters, 1);
    g_autofree char *file = paths_shorten(path);
    filters->read = filters_read(path, problems);
    filters->ready = g_array_new(FALSE, FALSE, sizeof(Ready));
    g_array_set_clear_func(filters->ready, clear_ready);
    filters->own_addresses = match_own_addresses(accounts);
    for (guint i = 0; i < filters->read->len; i++) {
        const Filter *filter = g_ptr_array_index(filters->read, i);
        if (filter->account != NULL && !is_account(accounts, filter->account))
            config_problems_add(problems, file, filter->line, CONFIG_ERROR_NAME, _("there is no account “%s”"), filter->account);
        else
            make_ready(filters, filter, file, problems);
    }
    return filters;
}

void filters_free(Filters *filters)
{
    if (filters == NULL)
        return;
    g_array_unref(filters->ready);
    g_ptr_array_unref(filters->read);
    g_strfreev(filters->own_addresses);
    g_free(filters);
}

guint filters_count(const Filters *filters)
{
    return filters->ready->len;
}

/* --- asking -------------------------------------------------------------------------------------- */

static gboolean is_for(const Filter *filter, const char *account_name, const StoreMailbox *mailbox)
{
    if (filter->account != NULL && !g_str_equal(filter->account, account_name))
        return FALSE;
    return filter->mailbox != NULL ? g_str_equal(filter->mailbox, mailbox->name) : mailbox->role == MAILBOX_ROLE_INBOX;
}

gboolean filters_concern(const Filters *filters, const char *account_name, const StoreMailbox *mailbox)
{
    for (guint i = 0; i < filters->ready->len; i++)
        if (is_for(g_array_index(filters->ready, Ready, i).filter, account_name, mailbox))
            return TRUE;
    return FALSE;
}

static gboolean has_action(const Filter *filter, FilterActionKind kind)
{
    for (guint i = 0; i < filter->actions->len; i++)
        if (((const FilterAction *) g_ptr_array_index(filter->actions, i))->kind == kind)
            return TRUE;
    return FALSE;
}

GArray *filters_ask(const Filters *filters, StoreReader *reader, const char *account_name, const StoreMailbox *mailbox,
                    const StoreListRow *row, QueryNeeds *needs)
{
    GArray *opinions = g_array_new(FALSE, FALSE, sizeof(FilterOpinion));
    MatchAsked asked = {
        .reader = reader, .row = row, .flags = row->flags, .keywords = row->keywords, .own_addresses = filters->own_addresses,
    };
    *needs = 0;
    for (guint i = 0; i < filters->ready->len; i++) {
        const Ready *ready = &g_array_index(filters->ready, Ready, i);
        if (!is_for(ready->filter, account_name, mailbox))
            continue;
        FilterOpinion opinion = { ready->filter, match_ask(ready->query, &asked) };
        g_array_append_val(opinions, opinion);
        if (opinion.answer == QUERY_UNKNOWN)
            *needs |= query_needs(ready->query);
        if (opinion.answer == QUERY_YES && has_action(ready->filter, FILTER_STOP))
            break;
    }
    return opinions;
}

gboolean filters_need_whole(const GArray *opinions)
{
    for (guint i = 0; i < opinions->len; i++) {
        const FilterOpinion *opinion = &g_array_index(opinions, FilterOpinion, i);
        if (opinion->answer == QUERY_YES && (has_action(opinion->filter, FILTER_RUN) || has_action(opinion->filter, FILTER_FORWARD)))
            return TRUE;
    }
    return FALSE;
}
