/* Leaving a list: what the message says of it (see message.h). */
#include "config.h"

#include "model/message.h"

#include "mime/unsubscribe.h"
#include "model/message-private.h"

ModelUnsubscribe *model_message_unsubscribe(ModelMessage *message)
{
    ModelUnsubscribe *found = g_new0(ModelUnsubscribe, 1);
    if (!model_frame_begin(message->model, NULL))
        return found;
    g_autoptr(GBytes) header = model_header_block(message->model, message->id);
    model_frame_end(message->model);
    g_auto(MimeUnsubscribe) said = { NULL, NULL, NULL };
    gsize length = 0;
    const char *bytes = header != NULL ? g_bytes_get_data(header, &length) : NULL;
    if (bytes == NULL)
        return found;
    mime_unsubscribe_read(&said, bytes, length);
    guint16 port;
    g_autofree char *target = NULL, *host = NULL;
    if (said.one_click != NULL && mime_https_split(said.one_click, &host, &port, &target)) {
        found->host = model_safe(host);
        found->one_click = g_steal_pointer(&said.one_click);
    }
    found->mailto = g_steal_pointer(&said.mailto);
    found->page = g_steal_pointer(&said.page);
    return found;
}

void model_unsubscribe_free(ModelUnsubscribe *unsubscribe)
{
    if (unsubscribe == NULL)
        return;
    g_free(unsubscribe->one_click);
    g_free(unsubscribe->mailto);
    g_free(unsubscribe->page);
    g_free(unsubscribe->host);
    g_free(unsubscribe);
}

void model_unsubscribe_now(ModelMessage *message, const ModelUnsubscribe *unsubscribe)
{
    if (unsubscribe->one_click != NULL && model_need_engine(message->model, NULL))
        engine_unsubscribe(message->model->engine, message->account_id, unsubscribe->one_click);
}
