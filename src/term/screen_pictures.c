#include "config.h"
#include "term/screen_pictures.h"

#include "term/screen_private.h"

struct ShownPictures {
    GArray *pictures;   /* of SurfacePicture; bytes is NULL */
    GHashTable *known;  /* kitty: numbers of pictures that the terminal has */
};

ShownPictures *shown_pictures_new(void)
{
    ShownPictures *shown = g_new0(ShownPictures, 1);
    shown->pictures = g_array_new(FALSE, FALSE, sizeof(SurfacePicture));
    shown->known = g_hash_table_new(NULL, NULL);
    return shown;
}

void shown_pictures_free(ShownPictures *shown)
{
    g_array_unref(shown->pictures);
    g_hash_table_unref(shown->known);
    g_free(shown);
}

void shown_pictures_forget(ShownPictures *shown)
{
    g_array_set_size(shown->pictures, 0);
    g_hash_table_remove_all(shown->known);
}

void shown_pictures_close(ShownPictures *shown)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, shown->known);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        g_autofree char *sequence = g_strdup_printf("\033_Ga=d,d=I,i=%u,q=2\033\\", GPOINTER_TO_UINT(id));
        screen_send_raw(sequence);
    }
    shown_pictures_forget(shown);
}

static gboolean same(const SurfacePicture *a, const SurfacePicture *b)
{
    return a->id == b->id && a->row == b->row && a->column == b->column && a->rows == b->rows && a->columns == b->columns;
}

static gboolean is_among(const SurfacePicture *picture, const GArray *all)
{
    for (guint i = 0; i < all->len; i++)
        if (same(picture, &g_array_index(all, SurfacePicture, i)))
            return TRUE;
    return FALSE;
}

void shown_pictures_take_away(ShownPictures *shown, PictureProtocol protocol, const Surface *frame, void (*row)(int row, gpointer user_data), gpointer user_data)
{
    g_autoptr(GArray) wanted = surface_pictures(frame);
    for (guint i = shown->pictures->len; i-- > 0;) {
        const SurfacePicture *picture = &g_array_index(shown->pictures, SurfacePicture, i);
        if (is_among(picture, wanted))
            continue;
        if (protocol == PICTURES_KITTY)
            screen_send_raw(picture_kitty_remove(picture->id));
        else
            for (int at = picture->row; at < picture->row + picture->rows; at++)
                row(at, user_data);
        g_array_remove_index(shown->pictures, i);
    }
}

static gboolean was_painted_over(const SurfacePicture *picture, const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        int row = GPOINTER_TO_INT(rows->pdata[i]) - 1;
        if (row >= picture->row && row < picture->row + picture->rows)
            return TRUE;
    }
    return FALSE;
}

static void draw(ShownPictures *shown, PictureProtocol protocol, const SurfacePicture *picture)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *place = g_strdup_printf("\0337\033[%d;%dH", picture->row + 1, picture->column + 1);
    const char *bytes = g_bytes_get_data(picture->bytes, NULL);
    gssize length = (gssize)g_bytes_get_size(picture->bytes);
    if (protocol == PICTURES_KITTY && g_hash_table_add(shown->known, GUINT_TO_POINTER(picture->id)))
        g_string_append_len(out, bytes, length);
    g_string_append(out, place);
    if (protocol == PICTURES_KITTY)
        g_string_append(out, picture_kitty_place(picture->id, picture->columns, picture->rows));
    else
        g_string_append_len(out, bytes, length);
    g_string_append(out, "\0338");
    screen_send_raw(out->str);
}

void shown_pictures_draw(ShownPictures *shown, PictureProtocol protocol, const Surface *frame, const GPtrArray *rows)
{
    g_autoptr(GArray) wanted = surface_pictures(frame);
    for (guint i = 0; i < wanted->len; i++) {
        SurfacePicture picture = g_array_index(wanted, SurfacePicture, i);
        gboolean stands = is_among(&picture, shown->pictures);
        if (stands && (protocol == PICTURES_KITTY || !was_painted_over(&picture, rows)))
            continue;
        draw(shown, protocol, &picture);
        picture.bytes = NULL;
        if (!stands)
            g_array_append_val(shown->pictures, picture);
    }
}
