#include "config.h"

#include "base/i18n.h"
#include "net/connect.h"

typedef struct {
    NetServiceFound found;
    gpointer user_data;
    char *domain;
} Lookup;

static void service_host_free(gpointer data)
{
    NetServiceHost *host = data;

    g_free(host->host);
    g_free(host);
}

static void on_found(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Lookup *self = user_data;
    g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(service_host_free);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GError) error = NULL;
    GList *targets = g_resolver_lookup_service_finish(G_RESOLVER(source), result, &cause);

    for (GList *at = targets; at; at = at->next) { /* sorted by priority and weight already */
        const char *name = g_srv_target_get_hostname(at->data);
        NetServiceHost *host;

        if (*name == '\0' || strcmp(name, ".") == 0) /* RFC 2782: decidedly not offered */
            continue;
        host = g_new0(NetServiceHost, 1);
        host->host = g_strdup(name);
        host->port = g_srv_target_get_port(at->data);
        g_ptr_array_add(hosts, host);
    }
    g_resolver_free_targets(targets);
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        error = g_steal_pointer(&cause);
    else if (cause && !g_error_matches(cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
        g_set_error(&error, NET_ERROR, NET_ERROR_RESOLVE, _("The services of %s could not be looked up: %s"),
                    self->domain, cause->message);
    self->found(hosts, error, self->user_data);
    g_free(self->domain);
    g_free(self);
}

void net_lookup_service_async(GMainContext *context, const char *service, const char *domain,
                              GCancellable *cancellable, NetServiceFound found, gpointer user_data)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    Lookup *self = g_new0(Lookup, 1);

    self->found = found;
    self->user_data = user_data;
    self->domain = g_strdup(domain);
    g_main_context_push_thread_default(context);
    g_resolver_lookup_service_async(resolver, service, "tcp", domain, cancellable, on_found, self);
    g_main_context_pop_thread_default(context);
}
