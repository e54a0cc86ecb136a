/* Malle: wiring, and nothing else. */
#include "config.h"

#include <locale.h>
#include <signal.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "start.h"

int main(int argc, char **argv)
{
    CliSettings settings;
    setlocale(LC_ALL, "");
    /* The variable is ./dev run's: translations before anything is installed. */
    const char *translations = g_getenv("MALLE_LOCALEDIR");
    bindtextdomain(PACKAGE, translations != NULL ? translations : LOCALEDIR);
    bind_textdomain_codeset(PACKAGE, "UTF-8");
    textdomain(PACKAGE);
    secret_protect_process();
    signal(SIGPIPE, SIG_IGN); /* a peer that goes away is an error of write(), not the end of the program */
    if (cli_is_sendmail(argv[0]))
        return cli_sendmail(argc, argv);
    int status = cli_main(argc, argv, &settings);
    return status == CLI_START_SCREEN ? start_screen(&settings) : status;
}
