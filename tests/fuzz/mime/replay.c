/* Replays the corpus of fuzz-mime.c, so that what was found once stays found. */
#include "config.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void test_file(gconstpointer path)
{
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    LLVMFuzzerTestOneInput((const guint8 *)bytes, size);
    if (size == 0)
        return;
    for (guint how = 0; how < 256; how++) { /* and each in every way */
        bytes[0] = (char)how;
        LLVMFuzzerTestOneInput((const guint8 *)bytes, size);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    g_test_init(&argc, &argv, NULL);
    g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "tests", "fuzz", "mime", "corpus", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *test = g_strdup_printf("/mime/corpus/%s", name);
        g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
        g_test_add_data_func(test, paths->pdata[paths->len - 1], test_file);
    }
    g_assert_cmpuint(paths->len, >, 0);
    return g_test_run();
}
