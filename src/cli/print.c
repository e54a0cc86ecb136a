#include "config.h"

#include "cli/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

enum { PROGRESS_CELLS = 60 };

static void write_safe(FILE *stream, const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    g_autofree char *safe = text_make_safe(text, -1, TEXT_MULTI_LINE);
    g_autofree char *shown = text_to_locale(safe, -1);
    fputs(shown, stream);
    fflush(stream);
}

void cli_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_safe(stdout, format, arguments);
    va_end(arguments);
}

void cli_tell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_safe(stderr, format, arguments);
    va_end(arguments);
}

void cli_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("malle: ", stderr);
    write_safe(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
}

int cli_columns(void)
{
    struct winsize size = { 0 };
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void cli_progress(const char *line)
{
    g_autofree char *safe = text_make_safe(line != NULL ? line : "", -1, TEXT_SINGLE_LINE);
    g_autofree char *cells = text_fit(safe, PROGRESS_CELLS, TEXT_CUT_ELLIPSIS);
    g_autofree char *shown = text_to_locale(cells, -1);
    fprintf(stderr, "\r%s\r", shown);
    fflush(stderr);
}

void cli_write(const GString *text)
{
    fwrite(text->str, 1, text->len, stdout);
    fflush(stdout);
}
