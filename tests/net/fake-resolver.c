#include "config.h"

#include "fake-resolver.h"

#include <string.h>

struct _FakeResolver {
    GResolver base;
    char *addresses, *services;
};

G_DEFINE_TYPE(FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static void free_addresses(gpointer list)
{
    g_resolver_free_addresses(list);
}

static void free_targets(gpointer list)
{
    g_resolver_free_targets(list);
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer task)
{
    (void)cancellable;
    g_task_return_error_if_cancelled(task);
    return G_SOURCE_REMOVE;
}

static void lookup_by_name_async(GResolver *resolver, const char *name, GResolverNameLookupFlags flags,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
    FakeResolver *self = FAKE_RESOLVER(resolver);
    g_autoptr(GTask) task = g_task_new(resolver, cancellable, callback, user_data);
    g_auto(GStrv) words = g_strsplit(self->addresses, " ", -1);
    GList *list = NULL;

    if (strcmp(self->addresses, "never") == 0) {
        g_autoptr(GSource) source = g_cancellable_source_new(cancellable);

        g_task_attach_source(task, source, G_SOURCE_FUNC(on_cancelled)); /* which keeps the task */
        return;
    }
    for (char **word = words; *word; word++) {
        GInetAddress *address = g_inet_address_new_from_string(*word);
        GSocketFamily family = address ? g_inet_address_get_family(address) : G_SOCKET_FAMILY_INVALID;

        if ((family == G_SOCKET_FAMILY_IPV4 && flags != G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) ||
            (family == G_SOCKET_FAMILY_IPV6 && flags != G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY))
            list = g_list_append(list, g_object_ref(address));
        g_clear_object(&address);
    }
    if (list)
        g_task_return_pointer(task, list, free_addresses);
    else
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name: %s", name);
}

static void lookup_all_async(GResolver *resolver, const char *name, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
    lookup_by_name_async(resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback,
                         user_data);
}

static GList *lookup_by_name_finish(GResolver *resolver, GAsyncResult *result, GError **error)
{
    (void)resolver;
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void lookup_service_async(GResolver *resolver, const char *name, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
    FakeResolver *self = FAKE_RESOLVER(resolver);
    g_autoptr(GTask) task = g_task_new(resolver, cancellable, callback, user_data);
    g_auto(GStrv) words = g_strsplit(self->services, " ", -1);
    GList *list = NULL;

    if (strcmp(self->services, "broken") == 0) {
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "no name server");
        return;
    }
    for (char **word = words; *word && **word; word++) {
        g_auto(GStrv) parts = g_strsplit(*word, ":", 4);

        list = g_list_append(list, g_srv_target_new(parts[3], (guint16)atoi(parts[2]),
                                                    (guint16)atoi(parts[0]), (guint16)atoi(parts[1])));
    }
    if (list)
        g_task_return_pointer(task, g_srv_target_list_sort(list), free_targets);
    else
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such service: %s",
                                name);
}

static void fake_resolver_finalize(GObject *object)
{
    FakeResolver *self = FAKE_RESOLVER(object);

    g_free(self->addresses);
    g_free(self->services);
    G_OBJECT_CLASS(fake_resolver_parent_class)->finalize(object);
}

static void fake_resolver_class_init(FakeResolverClass *class)
{
    GResolverClass *resolver = G_RESOLVER_CLASS(class);

    resolver->lookup_by_name_async = lookup_all_async;
    resolver->lookup_by_name_finish = lookup_by_name_finish;
    resolver->lookup_by_name_with_flags_async = lookup_by_name_async;
    resolver->lookup_by_name_with_flags_finish = lookup_by_name_finish;
    resolver->lookup_service_async = lookup_service_async;
    resolver->lookup_service_finish = lookup_by_name_finish;
    G_OBJECT_CLASS(class)->finalize = fake_resolver_finalize;
}

static void fake_resolver_init(FakeResolver *self)
{
    (void)self;
}

GResolver *fake_resolver_new(const char *addresses, const char *services)
{
    FakeResolver *self = g_object_new(FAKE_TYPE_RESOLVER, NULL);

    self->addresses = g_strdup(addresses);
    self->services = g_strdup(services);
    return G_RESOLVER(self);
}
