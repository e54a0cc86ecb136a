/* The numbered steps that make a store what this program expects (schema/NNN.sql, embedded). Internal to
 * store/. */
#ifndef MALLE_STORE_SCHEMA_H
#define MALLE_STORE_SCHEMA_H

#include "store/database.h"

extern const char *const schema_steps[]; /* NULL-terminated, step 1 first */

/* The number of steps this program knows. */
guint schema_version(void);
/* Nothing to do, or each missing step in its own transaction. STORE_ERROR_NEWER leaves the store untouched.
 */
gboolean schema_migrate(Database *database, const char *path, const char *const *steps, GError **error);
/* For readers: is it a store, of a version that this program can read? */
gboolean schema_check(Database *database, const char *path, GError **error);

#endif
