/* What Malle's commands exit with: the words of <sysexits.h> that scripts and admins know, and no others.
 * malle(1) lists them with what each means here.
 */
#ifndef MALLE_BASE_EXIT_CODES_H
#define MALLE_BASE_EXIT_CODES_H

typedef enum {
    EXIT_CODE_OK = 0,
    EXIT_CODE_USAGE = 64,       /* the command line makes no sense */
    EXIT_CODE_DATA = 65,        /* the data makes no sense: a refused or conflicting decision, a damaged store */
    EXIT_CODE_NO_HOST = 68,     /* the server's name has no address */
    EXIT_CODE_UNAVAILABLE = 69, /* what answers does not speak the protocol, or too little of it */
    EXIT_CODE_SOFTWARE = 70,    /* a fault of Malle's own */
    EXIT_CODE_CANT_CREATE = 73, /* a file or directory of ours cannot be made */
    EXIT_CODE_TEMPORARY = 75,   /* it may pass: try again later */
    EXIT_CODE_PROTOCOL = 76,    /* the connection cannot be protected: TLS, STARTTLS, the certificate */
    EXIT_CODE_NO_PERMISSION = 77, /* the login was refused */
    EXIT_CODE_CONFIG = 78,      /* the configuration is wrong */
} ExitCode;

#endif
