/* Moving about: in whatever has the keys. */
#include "config.h"

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"
#include "ui/conversation.h"

/* A seek that has not found anything after this long is told, and goes on at the next key press. */
#define SEEK_US (8 * 1000)
/* Deleted messages in a row that j and k step over at once. */
#define SKIP_MAX 500

static gboolean in_reader(const Ui *ui)
{
    return ui->reader && ui_focused(ui) == ui->reader;
}

/* When the reader has the keys, moving in the list opens what it comes to. */
static gboolean follow(Ui *ui, gboolean moved, GError **error)
{
    if (!moved || !in_reader(ui))
        return TRUE;
    if (view_is_conversation(ui->reader)) {
        ui_set_focus(ui, ui->list_view); /* what is selected there now is meant, not what is open */
        return ui_open_conversation(ui, error);
    }
    return ui_open_message(ui, TRUE, error);
}

static gboolean step(Ui *ui, int direction, gboolean over_deleted, GError **error)
{
    if (in_reader(ui) && view_is_conversation(ui->reader)) {
        if (!view_conversation_step(ui->reader, direction))
            ui_say(ui, "%s", direction > 0 ? _("This is the last message of the conversation.") : _("This is the first message of the conversation."));
        return TRUE;
    }
    gint64 from = model_list_selected(ui->list) ? model_list_selected(ui->list)->row->id : 0;
    for (guint i = 0; i < SKIP_MAX; i++) {
        if (!ui_list_move(ui, direction)) {
            if (over_deleted && from)
                model_list_go(ui->list, from); /* only deleted ones that way: stay */
            ui_say(ui, "%s",
                   direction > 0 ? _("This is the last message.") : _("This is the first message."));
            return TRUE;
        }
        const ModelListRow *row = model_list_selected(ui->list);
        if (!over_deleted || !row || !(row->flags & MAIL_FLAG_DELETED))
            break;
    }
    return follow(ui, TRUE, error);
}

gboolean cmd_next_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return step(ui, 1, TRUE, error);
}

gboolean cmd_previous_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return step(ui, -1, TRUE, error);
}

static gboolean move_entry(Ui *ui, int direction, GError **error)
{
    View *view = ui_focused(ui);
    if (in_reader(ui))
        return step(ui, direction, FALSE, error);
    if (view->class->move)
        view->class->move(view, direction);
    return TRUE;
}

gboolean cmd_next_entry(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return move_entry(ui, 1, error);
}

gboolean cmd_previous_entry(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return move_entry(ui, -1, error);
}

static gboolean scroll(Ui *ui, int rows)
{
    View *view = ui_focused(ui);
    if (view->class->scroll)
        view->class->scroll(view, rows);
    return TRUE;
}

gboolean cmd_next_line(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return scroll(ui, 1);
}

gboolean cmd_previous_line(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return scroll(ui, -1);
}

static gboolean page(Ui *ui, int half_pages)
{
    View *view = ui_focused(ui);
    if (view->class->page)
        view->class->page(view, half_pages);
    return TRUE;
}

gboolean cmd_page_down(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return page(ui, 2);
}

gboolean cmd_page_up(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return page(ui, -2);
}

gboolean cmd_half_down(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return page(ui, 1);
}

gboolean cmd_half_up(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return page(ui, -1);
}

static gboolean edge(Ui *ui, int direction)
{
    View *view = ui_focused(ui);
    if (view->class->edge)
        view->class->edge(view, direction);
    return TRUE;
}

gboolean cmd_first_entry(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (in_reader(ui) && !view_is_conversation(ui->reader))
        return follow(ui, model_list_first(ui->list), error);
    return edge(ui, -1);
}

gboolean cmd_last_entry(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (in_reader(ui) && !view_is_conversation(ui->reader))
        return follow(ui, model_list_last(ui->list), error);
    return edge(ui, 1);
}

gboolean cmd_top(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return edge(ui, -1);
}

gboolean cmd_bottom(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return edge(ui, 1);
}

gboolean cmd_activate(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    View *view = ui_focused(ui);
    if (view->class->activate)
        view->class->activate(view);
    return TRUE;
}

/* --- to the next of a kind --------------------------------------------------------------------- */

typedef enum { SEEK_FOUND, SEEK_NONE, SEEK_LATER } SeekResult;

static SeekResult seek_one_way(Ui *ui, ModelSeek what, int direction)
{
    gint64 until = g_get_monotonic_time() + SEEK_US;
    gboolean more;
    do {
        more = FALSE;
        if (model_list_seek(ui->list, what, direction, &more))
            return SEEK_FOUND;
    } while (more && g_get_monotonic_time() < until);
    return more ? SEEK_LATER : SEEK_NONE;
}

static gboolean seek(Ui *ui, ModelSeek what, int direction, const char *none, GError **error)
{
    SeekResult result = seek_one_way(ui, what, direction);
    if (result == SEEK_NONE && what != MODEL_SEEK_THREAD) {
        result = seek_one_way(ui, what, -direction);
        if (result == SEEK_FOUND)
            ui_say(ui, "%s",
                   direction > 0 ? _("None further down; this one is further up.")
                                 : _("None further up; this one is further down."));
    }
    if (result == SEEK_LATER)
        ui_say(ui, "%s", _("Not found yet; the same key goes on searching."));
    else if (result == SEEK_NONE)
        ui_say(ui, "%s", none);
    return follow(ui, result == SEEK_FOUND, error);
}

/* When everything here is read: the first unread message of the next mailbox that has one, and so on round all of them. */
static gboolean next_unread_elsewhere(Ui *ui, GError **error)
{
    gboolean reading = in_reader(ui);
    int from = mailbox_tree_find(ui->tree, model_list_mailbox(ui->list));
    int row = mailbox_tree_next_unread(ui->tree, (guint)MAX(from, 0), 1);
    gint64 mailbox = row >= 0 ? mailbox_tree_row(ui->tree, (guint)row)->mailbox_id : 0;
    if (!mailbox || mailbox == model_list_mailbox(ui->list)) {
        ui_say(ui, "%s", _("Everything is read, in all mailboxes."));
        return TRUE;
    }
    ui_open_mailbox(ui, mailbox);
    model_list_set_height(ui->list, (guint)MAX(1, ui->layout.list.rows - 1));
    if (!model_list_refresh(ui->list, error))
        return FALSE;
    model_list_first(ui->list);
    const ModelListRow *first = model_list_selected(ui->list);
    if (first && first->flags & MAIL_FLAG_SEEN)
        seek_one_way(ui, MODEL_SEEK_UNREAD, 1);
    return !reading || ui_open_message(ui, TRUE, error);
}

gboolean cmd_next_unread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (in_reader(ui) && view_is_conversation(ui->reader) && view_conversation_seek_unread(ui->reader, 1))
        return TRUE;
    SeekResult result = seek_one_way(ui, MODEL_SEEK_UNREAD, 1);
    if (result == SEEK_NONE && (result = seek_one_way(ui, MODEL_SEEK_UNREAD, -1)) == SEEK_FOUND)
        ui_say(ui, "%s", _("None further down; this one is further up."));
    if (result == SEEK_NONE && !model_list_limit(ui->list))
        return next_unread_elsewhere(ui, error);
    if (result == SEEK_LATER)
        ui_say(ui, "%s", _("Not found yet; the same key goes on searching."));
    else if (result == SEEK_NONE)
        ui_say(ui, "%s", _("Everything here is read."));
    return follow(ui, result == SEEK_FOUND, error);
}

gboolean cmd_previous_unread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (in_reader(ui) && view_is_conversation(ui->reader) && view_conversation_seek_unread(ui->reader, -1))
        return TRUE;
    return seek(ui, MODEL_SEEK_UNREAD, -1, _("Everything here is read."), error);
}

gboolean cmd_next_flagged(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return seek(ui, MODEL_SEEK_FLAGGED, 1, _("Nothing here is flagged."), error);
}

gboolean cmd_next_tagged(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return seek(ui, MODEL_SEEK_TAGGED, 1, _("Nothing here is tagged."), error);
}

gboolean cmd_next_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return seek(ui, MODEL_SEEK_THREAD, 1, _("This is the last thread."), error);
}

gboolean cmd_previous_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return seek(ui, MODEL_SEEK_THREAD, -1, _("This is the first thread."), error);
}
