/* Replays the corpus of one fuzz target, so that what was found once stays found. Which one is told by where
 * the program stands: tests/fuzz/SUBJECT/replay reads tests/fuzz/SUBJECT/corpus. */
#include "config.h"

#include "fuzz.h"

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
    /* The first octet of most targets says how the rest is read: each file in every way. */
    for (guint how = 0; how < 256; how++) {
        bytes[0] = (char)how;
        LLVMFuzzerTestOneInput((const guint8 *)bytes, size);
    }
}

static void test_empty(void)
{
    guint8 nothing = 0;
    LLVMFuzzerTestOneInput(&nothing, 0);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    g_autofree char *program = g_path_get_dirname(argv[0]);
    g_autofree char *subject = g_path_get_basename(program);
    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "tests", "fuzz", subject, "corpus", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    g_test_add_func("/corpus/empty", test_empty);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *test = g_strdup_printf("/corpus/%s", name);
        g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
        g_test_add_data_func(test, paths->pdata[paths->len - 1], test_file);
    }
    g_assert_cmpuint(paths->len, >, 0);
    return g_test_run();
}
