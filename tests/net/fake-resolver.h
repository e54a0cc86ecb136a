/* A GResolver that answers what the test says: what a network of name servers would, without one. */
#ifndef MALLE_TESTS_FAKE_RESOLVER_H
#define MALLE_TESTS_FAKE_RESOLVER_H

#include <gio/gio.h>

#define FAKE_TYPE_RESOLVER (fake_resolver_get_type())
G_DECLARE_FINAL_TYPE(FakeResolver, fake_resolver, FAKE, RESOLVER, GResolver)

/* ADDRESSES: space-separated, in order; "" not found; "never" no answer until it is cancelled. SERVICES:
 * space-separated "priority:weight:port:host"; "" not found; "broken" a temporary failure. */
GResolver *fake_resolver_new(const char *addresses, const char *services);

#endif
