/* A notice on the person's desktop, over D-Bus (the Desktop Notifications Specification). Any thread. */
#ifndef MALLE_BASE_DESKTOP_H
#define MALLE_BASE_DESKTOP_H

#include <glib.h>

/* Is there a session bus to be asked? By the environment; whether somebody shows notices there is seen when one is sent. */
gboolean desktop_has_bus(void);
/* Returns at once: a thread of its own speaks with the bus, and what goes wrong is logged. `body` is plain text; it is sent as the markup that it has to be. */
void desktop_notify(const char *title, const char *body);

#endif
