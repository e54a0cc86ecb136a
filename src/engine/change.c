/* Changes are made in one room and freed in another: this is all that both need to know. */
#include "config.h"

#include "engine/change.h"

static void status_free(AccountStatus *status)
{
    if (!status)
        return;
    g_free(status->words);
    g_free(status);
}

static void decision_free(Decision *decision)
{
    if (!decision)
        return;
    g_free(decision->question);
    g_free(decision->details);
    g_free(decision->command);
    g_free(decision);
}

static void cost_free(WireCost *cost)
{
    if (!cost)
        return;
    g_free(cost->action);
    g_free(cost);
}

Change *change_new(ChangeKind kind)
{
    Change *change = g_new0(Change, 1);
    change->kind = kind;
    return change;
}

void change_free(Change *change)
{
    if (!change)
        return;
    g_free(change->section);
    g_free(change->error);
    g_free(change->text);
    status_free(change->status);
    decision_free(change->decision);
    cost_free(change->cost);
    g_free(change);
}
