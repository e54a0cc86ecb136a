#include "config.h"
#include "ui/pictures.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gio/gio.h>

#define CONVERTER "chafa"
#define CONVERTER_CELL 8 /* pixels of a cell as chafa reckons when it writes to no terminal */
#define MEMORY_MAX (768u << 20)
#define SECONDS_MAX 10 /* of processor */
#define OUTPUT_MAX (64u << 20)
#define REST_US (150 * 1000)
#define TRIES 5 /* each at half the size of the one before */

typedef struct {
    gint64 message_id;
    char *section;
    GBytes *content; /* until it is made; NULL: it is not here */
    guint rows, columns;
    guint id;
    guint tried;
    GBytes *bytes; /* NULL: not made yet */
    gboolean failed;
} Made;

struct Pictures {
    GPtrArray *made; /* of Made*; those without bytes wait */
    Made *working;   /* NULL: nothing is being made */
    GPid pid;
    int fd;
    GByteArray *output;
    guint last_id;
    PictureProtocol protocol;
    gboolean asked;
    int top; /* of the text when it was drawn last */
};

static void made_free(gpointer data)
{
    Made *made = data;
    g_free(made->section);
    g_clear_pointer(&made->content, g_bytes_unref);
    g_clear_pointer(&made->bytes, g_bytes_unref);
    g_free(made);
}

static Pictures *pictures_of(Ui *ui)
{
    if (!ui->pictures) {
        ui->pictures = g_new0(Pictures, 1);
        ui->pictures->made = g_ptr_array_new_with_free_func(made_free);
        ui->pictures->output = g_byte_array_new();
        ui->pictures->last_id = (guint)g_random_int_range(1, 1 << 20) << 8; /* others on this terminal count from 1 */
    }
    return ui->pictures;
}

static void stop(Ui *ui)
{
    Pictures *pictures = ui->pictures;
    if (!pictures->working)
        return;
    ui_unwatch(ui, pictures->fd);
    close(pictures->fd); /* which ends it */
    g_spawn_close_pid(pictures->pid);
    pictures->working = NULL;
}

void ui_pictures_forget(Ui *ui)
{
    if (!ui->pictures)
        return;
    stop(ui);
    g_ptr_array_set_size(ui->pictures->made, 0);
}

void ui_pictures_free(Ui *ui)
{
    if (!ui->pictures)
        return;
    ui_pictures_forget(ui);
    g_ptr_array_unref(ui->pictures->made);
    g_byte_array_unref(ui->pictures->output);
    g_clear_pointer(&ui->pictures, g_free);
}

/* --- whether, and how ------------------------------------------------------------------------------ */

static PictureProtocol choose_protocol(Ui *ui)
{
    guint wish = options_choice(ui->options, OPTION_IMAGES);
    g_autofree char *converter = wish == IMAGES_NO ? NULL : g_find_program_in_path(CONVERTER);
    if (!converter || !ui->screen)
        return PICTURES_NONE;
    if (wish != IMAGES_AUTO)
        return wish == IMAGES_KITTY ? PICTURES_KITTY : PICTURES_SIXEL;
    PictureProtocol known = picture_protocol_by_name();
    if (known == PICTURES_NONE && screen_says_sixel(ui->screen))
        return PICTURES_SIXEL;
    if (known == PICTURES_NONE && !pictures_of(ui)->asked) {
        pictures_of(ui)->asked = TRUE;
        screen_ask(ui->screen);
    }
    return known;
}

void ui_pictures_begin(Ui *ui)
{
    PictureProtocol protocol = choose_protocol(ui);
    ModelPictures how = { .on = protocol != PICTURES_NONE };
    if (!ui->screen || (protocol == PICTURES_NONE && !ui->pictures))
        return;
    Pictures *pictures = pictures_of(ui);
    screen_cell_size(ui->screen, &how.cell_width, &how.cell_height);
    how.rows_max = CLAMP(surface_rows(screen_surface(ui->screen)) / 2, 4, 30);
    how.octets_max = (guint64)options_number(ui->options, OPTION_IMAGE_FETCH) << 10;
    model_set_pictures(ui->model, &how);
    if (pictures->protocol != protocol)
        ui_pictures_forget(ui);
    pictures->protocol = protocol;
    screen_set_pictures(ui->screen, protocol);
}

void ui_pictures_hear(Ui *ui)
{
    if (ui->pictures && ui->pictures->asked && ui->pictures->protocol == PICTURES_NONE && screen_says_sixel(ui->screen))
        ui_pictures_begin(ui);
}

gboolean ui_pictures_wait(Ui *ui, int top)
{
    Pictures *pictures = ui->pictures;
    gint64 now = g_get_monotonic_time();
    if (!pictures || pictures->protocol != PICTURES_SIXEL)
        return FALSE; /* kitty moves what it has for some bytes */
    if (pictures->top != top)
        ui->pictures_at = now + REST_US;
    pictures->top = top;
    if (now >= ui->pictures_at)
        ui->pictures_at = 0;
    return ui->pictures_at != 0;
}

/* Of one picture on the line: over SSH the line is the scarcer. */
static gsize bytes_max(const Ui *ui)
{
    gsize most = (gsize)options_number(ui->options, OPTION_IMAGE_SIZE) << 10;
    return g_getenv("SSH_CONNECTION") ? most / 4 : most;
}

/* --- making ------------------------------------------------------------------------------------------ */

/* What a stranger sent is decoded with little memory and time, without a core, and writes no file. */
static void in_child(gpointer data)
{
    (void)data;
    struct rlimit memory = { MEMORY_MAX, MEMORY_MAX }, time = { SECONDS_MAX, SECONDS_MAX }, none = { 0, 0 };
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CPU, &time);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &none);
    if (setsid() < 0)
        return;
}

/* A file without a name that has these bytes, to be read from its beginning. */
static int file_with(GBytes *content)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("malle-XXXXXX", &name, NULL);
    if (fd < 0)
        return -1;
    unlink(name);
    gsize length = g_bytes_get_size(content), done = 0;
    const char *bytes = g_bytes_get_data(content, NULL);
    while (done < length) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n <= 0)
            break;
        done += (gsize)n;
    }
    if (done == length && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}

static void work(Ui *ui);

static void finish(Ui *ui)
{
    Pictures *pictures = ui->pictures;
    Made *made = pictures->working;
    const char *output = (const char *)pictures->output->data;
    gsize length = pictures->output->len;
    stop(ui);
    g_autoptr(GBytes) bytes = length == 0                               ? NULL
                              : pictures->protocol == PICTURES_KITTY ? picture_kitty(output, length, made->id)
                                                                     : picture_sixel(output, length);
    if (bytes && g_bytes_get_size(bytes) <= bytes_max(ui))
        made->bytes = g_steal_pointer(&bytes);
    else if (!bytes || ++made->tried == TRIES)
        made->failed = TRUE;
    if (made->bytes || made->failed)
        g_clear_pointer(&made->content, g_bytes_unref);
    ui_redraw(ui);
    work(ui);
}

static void on_output(Ui *ui, int fd, gpointer user_data)
{
    (void)user_data;
    Pictures *pictures = ui->pictures;
    guint8 bytes[65536];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n > 0 && pictures->output->len + (gsize)n <= OUTPUT_MAX)
        g_byte_array_append(pictures->output, bytes, (guint)n);
    else
        finish(ui);
}

static gboolean start(Ui *ui, Made *made)
{
    Pictures *pictures = ui->pictures;
    int cell_width, cell_height, ends[2] = { -1, -1 };
    int input = made->content ? file_with(made->content) : -1;
    screen_cell_size(ui->screen, &cell_width, &cell_height);
    g_autofree char *size = g_strdup_printf("%ux%u", MAX(1, (made->columns * (guint)cell_width / CONVERTER_CELL) >> made->tried),
                                            MAX(1, (made->rows * (guint)cell_height / CONVERTER_CELL) >> made->tried));
    char *argv[] = { (char *)CONVERTER, (char *)"--format", (char *)(pictures->protocol == PICTURES_KITTY ? "kitty" : "sixels"), (char *)"--size", size,
                     (char *)"--font-ratio", (char *)"1/1", (char *)"--animate", (char *)"off", (char *)"--threads", (char *)"1", (char *)"-", NULL };
    if (input < 0 || pipe2(ends, O_CLOEXEC) < 0)
        return FALSE;
    gboolean ok = g_spawn_async_with_pipes_and_fds(NULL, (const char *const *)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, in_child, NULL, input, ends[1], -1,
                                                   NULL, NULL, 0, &pictures->pid, NULL, NULL, NULL, NULL);
    close(input);
    close(ends[1]);
    if (!ok) {
        close(ends[0]);
        return FALSE;
    }
    g_byte_array_set_size(pictures->output, 0);
    pictures->fd = ends[0];
    pictures->working = made;
    ui_watch(ui, ends[0], on_output, NULL);
    return TRUE;
}

/* The next that waits. */
static void work(Ui *ui)
{
    Pictures *pictures = ui->pictures;
    for (guint i = 0; !pictures->working && i < pictures->made->len; i++) {
        Made *made = pictures->made->pdata[i];
        if (!made->bytes && !made->failed)
            made->failed = !start(ui, made);
    }
}

static Made *find(Pictures *pictures, const ModelMessage *message, const RenderedPicture *picture)
{
    gint64 id = model_message_id(message);
    for (guint i = 0; i < pictures->made->len; i++) {
        Made *made = pictures->made->pdata[i];
        if (made->message_id == id && strcmp(made->section, picture->source) == 0 && made->rows == picture->rows && made->columns == picture->columns)
            return made;
    }
    Made *made = g_new0(Made, 1);
    *made = (Made){ .message_id = id, .section = g_strdup(picture->source), .rows = picture->rows, .columns = picture->columns, .id = ++pictures->last_id };
    made->content = model_message_picture(message, picture->source);
    g_ptr_array_add(pictures->made, made);
    return made;
}

void ui_picture_draw(Ui *ui, Area area, int row, const ModelMessage *message, const RenderedPicture *picture)
{
    if (!ui->pictures || ui->pictures->protocol == PICTURES_NONE)
        return;
    Made *made = find(ui->pictures, message, picture);
    if (made->bytes)
        area_picture(area, row, 1, (int)picture->rows, (int)picture->columns, made->id, made->bytes);
    else
        work(ui);
}
