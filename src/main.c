/* Malle: wiring, and nothing else. */
#include "config.h"

#include <locale.h>
#include <stdio.h>

#include "base/i18n.h"

int main(int argc, char **argv)
{
    (void) argc;
    (void) argv;
    setlocale(LC_ALL, "");
    bindtextdomain(PACKAGE, LOCALEDIR);
    bind_textdomain_codeset(PACKAGE, "UTF-8");
    textdomain(PACKAGE);
    printf("malle %s\n", PACKAGE_VERSION);
    return 0;
}
