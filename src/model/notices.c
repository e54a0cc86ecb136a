/* Words for the person. The same words twice in a row are one notice with a new time: a server that repeats itself does
 * not push everything else out of the history. */
#include "config.h"

#include "model/internal.h"

#include "base/text.h"

G_DEFINE_QUARK(malle-model-error-quark, model_error)

char *model_safe(const char *text)
{
    return text ? text_make_safe(text, -1, TEXT_SINGLE_LINE) : NULL;
}

void model_notice_free(ModelNotice *notice)
{
    g_free(notice->text);
    g_free(notice);
}

void model_add_notice(Model *model, ModelNoticeKind kind, gint64 account_id, gint64 undo_group, const char *text)
{
    ModelNotice *last = model->notices->len ? g_ptr_array_index(model->notices, model->notices->len - 1) : NULL;
    g_autofree char *safe = text_make_safe(text, -1, TEXT_SINGLE_LINE);
    if (!last || g_strcmp0(last->text, safe) != 0 || last->kind != kind) {
        if (model->notices->len >= MODEL_NOTICES_KEPT)
            g_ptr_array_remove_index(model->notices, 0);
        last = g_new0(ModelNotice, 1);
        last->text = g_steal_pointer(&safe);
        g_ptr_array_add(model->notices, last);
    }
    last->serial = ++model->notice_serial;
    last->kind = kind;
    last->when = g_get_real_time() / G_USEC_PER_SEC;
    last->account_id = account_id;
    last->undo_group = undo_group;
    model_repaint(model, MODEL_REPAINT_NOTICE);
}

void model_say(Model *model, ModelNoticeKind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    model_add_notice(model, kind, 0, 0, text);
}

void model_say_error(Model *model, const GError *error)
{
    model_add_notice(model, MODEL_NOTICE_ERROR, 0, 0, error->message);
}

const ModelNotice *model_notice(const Model *model)
{
    return model->notices->len ? g_ptr_array_index(model->notices, model->notices->len - 1) : NULL;
}

const GPtrArray *model_notices(const Model *model)
{
    return model->notices;
}
