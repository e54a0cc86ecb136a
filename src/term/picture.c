#include "config.h"
#include "term/picture.h"

#include <gio/gio.h>
#include <string.h>

#define PIXELS_MAX (4096 * 4096)
#define CHUNK 4096 /* of base64 in one sequence */

PictureProtocol picture_protocol_by_name(void)
{
    static const char *const kitty[] = { "xterm-kitty", "xterm-ghostty" }, *const sixel[] = { "foot", "mlterm", "contour", "yaft" };
    static const char *const programs[] = { "WezTerm", "ghostty" };
    const char *term = g_getenv("TERM"), *program = g_getenv("TERM_PROGRAM");
    if (!term || g_getenv("TMUX") || g_str_has_prefix(term, "screen") || g_str_has_prefix(term, "tmux"))
        return PICTURES_NONE; /* what stands in between says for itself what it can */
    for (guint i = 0; i < G_N_ELEMENTS(kitty); i++)
        if (g_str_has_prefix(term, kitty[i]))
            return PICTURES_KITTY;
    for (guint i = 0; program && i < G_N_ELEMENTS(programs); i++)
        if (strcmp(program, programs[i]) == 0)
            return PICTURES_KITTY;
    if (g_getenv("KITTY_WINDOW_ID"))
        return PICTURES_KITTY;
    for (guint i = 0; i < G_N_ELEMENTS(sixel); i++)
        if (g_str_has_prefix(term, sixel[i]))
            return PICTURES_SIXEL;
    return PICTURES_NONE;
}

/* --- sixel ------------------------------------------------------------------------------------------ */

/* ESC P, parameters, q, data of sixels, counts, colours and line ends, ESC \. */
GBytes *picture_sixel(const char *output, gsize length)
{
    const char *end = output + length, *p = g_strstr_len(output, (gssize)length, "\033P");
    if (!p)
        return NULL;
    const char *start = p;
    p += 2;
    while (p < end && (g_ascii_isdigit(*p) || *p == ';'))
        p++;
    if (p == end || *p++ != 'q')
        return NULL;
    while (p < end && (*p == '\n' || (*p >= '!' && *p <= '~')))
        p++;
    if (end - p < 2 || p[0] != '\033' || p[1] != '\\')
        return NULL;
    return g_bytes_new(start, (gsize)(p + 2 - start));
}

/* --- kitty ------------------------------------------------------------------------------------------ */

static int value_of(const char *control, gsize length, char key)
{
    for (gsize i = 0; i + 2 < length; i++)
        if (control[i] == key && control[i + 1] == '=' && (i == 0 || control[i - 1] == ','))
            return (int)MIN(g_ascii_strtoull(control + i + 2, NULL, 10), 100000u);
    return 0;
}

/* The payloads of all sequences, one behind another, and what the first says of the pixels. */
static GByteArray *read_pixels(const char *output, gsize length, int *width, int *height)
{
    g_autoptr(GString) encoded = g_string_new(NULL);
    const char *end = output + length;
    for (const char *p = output; (p = g_strstr_len(p, end - p, "\033_G")) != NULL;) {
        p += 3;
        const char *stop = g_strstr_len(p, end - p, "\033\\");
        if (!stop)
            return NULL;
        const char *payload = memchr(p, ';', (gsize)(stop - p));
        gsize control = (gsize)((payload ? payload : stop) - p);
        if (*width == 0) {
            *width = value_of(p, control, 's');
            *height = value_of(p, control, 'v');
            if (value_of(p, control, 'f') != 32)
                return NULL;
        }
        if (payload)
            g_string_append_len(encoded, payload + 1, stop - payload - 1);
        p = stop + 2;
    }
    gsize bytes = 0;
    if (*width <= 0 || *height <= 0 || (gint64)*width * *height > PIXELS_MAX)
        return NULL;
    guchar *pixels = g_base64_decode(encoded->str, &bytes);
    if (bytes != (gsize)*width * (gsize)*height * 4) {
        g_free(pixels);
        return NULL;
    }
    return g_byte_array_new_take(pixels, bytes);
}

static GByteArray *deflated(const GByteArray *bytes)
{
    g_autoptr(GZlibCompressor) packer = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_autoptr(GOutputStream) stream = g_converter_output_stream_new(memory, G_CONVERTER(packer));
    if (!g_output_stream_write_all(stream, bytes->data, bytes->len, NULL, NULL, NULL) || !g_output_stream_close(stream, NULL, NULL))
        return NULL;
    gsize length = g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(memory));
    return g_byte_array_new_take(g_memory_output_stream_steal_data(G_MEMORY_OUTPUT_STREAM(memory)), length);
}

GBytes *picture_kitty(const char *output, gsize length, guint id)
{
    int width = 0, height = 0;
    g_autoptr(GByteArray) pixels = read_pixels(output, length, &width, &height);
    g_autoptr(GByteArray) packed = pixels ? deflated(pixels) : NULL;
    if (!packed)
        return NULL;
    g_autofree char *encoded = g_base64_encode(packed->data, packed->len);
    gsize all = strlen(encoded);
    GString *out = g_string_sized_new(all + all / CHUNK * 16 + 100);
    for (gsize at = 0; at < all || at == 0; at += CHUNK) {
        gsize piece = MIN(all - at, (gsize)CHUNK);
        if (at == 0)
            g_string_append_printf(out, "\033_Ga=t,f=32,o=z,s=%d,v=%d,i=%u,q=2,m=%d;", width, height, id, piece < all);
        else
            g_string_append_printf(out, "\033_Gm=%d;", at + piece < all);
        g_string_append_len(out, encoded + at, (gssize)piece);
        g_string_append(out, "\033\\");
    }
    return g_string_free_to_bytes(out);
}

const char *picture_kitty_place(guint id, int columns, int rows)
{
    static char sequence[80];
    g_snprintf(sequence, sizeof sequence, "\033_Ga=p,i=%u,p=1,c=%d,r=%d,C=1,q=2\033\\", id, columns, rows);
    return sequence;
}

const char *picture_kitty_remove(guint id)
{
    static char sequence[48];
    g_snprintf(sequence, sizeof sequence, "\033_Ga=d,d=i,i=%u,q=2\033\\", id);
    return sequence;
}
