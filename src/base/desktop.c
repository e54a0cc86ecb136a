#include "config.h"

#include "base/desktop.h"

#include <gio/gio.h>

#define DEADLINE 5000 /* ms: a bus that does not answer keeps nobody but its thread */

typedef struct {
    char *title, *markup;
} Notice;

gboolean desktop_has_bus(void)
{
    g_autofree char *usual = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    const char *said = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    return (said && *said) || g_file_test(usual, G_FILE_TEST_EXISTS);
}

static gpointer send_notice(gpointer data)
{
    Notice *notice = data;
    g_autoptr(GError) error = NULL;
    /* A connection for this notice alone: the shared one would live on a loop that nobody here turns, and end the program with its bus. */
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, NULL, &error);
    g_autoptr(GDBusConnection) bus =
        address ? g_dbus_connection_new_for_address_sync(address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                         NULL, NULL, &error)
                : NULL;
    if (bus) {
        GVariantBuilder hints;
        g_variant_builder_init(&hints, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&hints, "{sv}", "category", g_variant_new_string("email.arrived"));
        g_variant_builder_add(&hints, "{sv}", "desktop-entry", g_variant_new_string("malle"));
        GVariant *answer =
            g_dbus_connection_call_sync(bus, "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "Notify",
                                        g_variant_new("(susssasa{sv}i)", "Malle", 0u, "mail-unread", notice->title, notice->markup, NULL, &hints, -1),
                                        G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, DEADLINE, NULL, &error);
        g_clear_pointer(&answer, g_variant_unref);
        g_dbus_connection_close_sync(bus, NULL, NULL);
    }
    if (error)
        g_info("base: desktop notice: %s", error->message);
    g_free(notice->title);
    g_free(notice->markup);
    g_free(notice);
    return NULL;
}

void desktop_notify(const char *title, const char *body)
{
    Notice *notice = g_new0(Notice, 1);
    *notice = (Notice){ g_utf8_make_valid(title, -1), g_markup_escape_text(body, -1) };
    g_thread_unref(g_thread_new("notice", send_notice, notice));
}
