/* What each action costs: flights by the counter of net/flights.h, bytes as the stream counts them on the wire.
 *
 * A line that comes down belongs to the oldest command in flight, unless whoever hears it claims it for another: servers may
 * answer side by side (Dovecot lists mailboxes while it still fetches). Compressed bytes are shared out over the lines that
 * came of them. What went up is counted as written, before compression.
 */
#include "config.h"

#include "engine/link_private.h"

#include "engine/account.h"
#include "engine/wire_log.h"

LinkAction *link_action_begin(Link *link, const char *name)
{
    LinkAction *action = g_new0(LinkAction, 1);
    action->name = g_strdup(name);
    action->link = link;
    action->began = g_get_monotonic_time();
    g_ptr_array_add(link->actions, action);
    return action;
}

void link_action_add_rows(LinkAction *action, guint rows)
{
    if (action != NULL)
        action->rows += rows;
}

void link_action_add_saved(LinkAction *action, guint64 octets)
{
    if (action != NULL)
        action->saved += octets;
}

static void free_action(LinkAction *action)
{
    g_free(action->name);
    g_free(action);
}

static void record_if_over(LinkAction *action)
{
    if (!action->ended || action->commands > 0)
        return;
    Link *link = action->link;
    if (link != NULL) {
        WireCost cost = {
            .action = action->name,
            .flights = action->flights.flights,
            .up = action->up,
            .down = action->down,
            .wait_ms = (guint64) (g_get_monotonic_time() - action->began) / 1000,
            .rows = action->rows,
            .saved = action->saved,
        };
        g_ptr_array_remove_fast(link->actions, action);
        if (link->line_action == action)
            link->line_action = NULL;
        if (cost.flights > 0)
            engine_record_cost(link->account, &cost);
    }
    free_action(action);
}

void link_action_end(LinkAction *action)
{
    if (action == NULL)
        return;
    action->ended = TRUE;
    record_if_over(action);
}

void link_cost_chunk(Link *link, gsize length)
{
    StreamStatistics now = stream_statistics(link->stream);
    link->chunk_wire += now.wire_down - link->seen_down;
    link->chunk_left = length;
    link->seen_down = now.wire_down;
}

void link_cost_received(Link *link, gsize length)
{
    guint64 share = link->chunk_left > 0 ? link->chunk_wire * length / link->chunk_left : 0;
    SentCommand *oldest = g_queue_peek_head(&link->sent);
    link->chunk_wire -= share;
    link->chunk_left -= MIN(length, link->chunk_left);
    link->line = share;
    link->line_action = oldest != NULL ? oldest->action : NULL;
    if (link->line_action != NULL)
        link->line_action->down += share;
}

void link_action_claim_line(LinkAction *action)
{
    Link *link = action != NULL ? action->link : NULL;
    if (link == NULL || link->line_action == action)
        return;
    if (link->line_action != NULL)
        link->line_action->down -= link->line;
    action->down += link->line;
    link->line_action = action;
}

void link_cost_sent(Link *link, SentCommand *sent)
{
    g_queue_push_tail(&link->sent, sent);
    if (sent->action != NULL) {
        sent->action->commands++;
        flight_counter_sent(&sent->action->flights, 1);
    }
}

void link_cost_answered(Link *link, SentCommand *sent)
{
    g_queue_remove(&link->sent, sent);
    if (sent->action == NULL)
        return;
    flight_counter_answered(&sent->action->flights, 1);
    sent->action->commands--;
    record_if_over(sent->action);
}

/* The link is going: actions whose owners still hold them stay valid, but record nothing any more. */
void link_cost_abandon(Link *link)
{
    for (guint i = 0; i < link->actions->len; i++) {
        LinkAction *action = g_ptr_array_index(link->actions, i);
        action->link = NULL;
        if (action->ended && action->commands == 0)
            free_action(action);
    }
    g_ptr_array_set_size(link->actions, 0);
}
