#include "config.h"

#include "cli/doctor.h"

#include "base/i18n.h"

/* NULL where the words of the cause say what to do themselves. */
static const char *const advice[PROBE_CAUSE_COUNT] = {
    [PROBE_CAUSE_NO_SUCH_HOST] = N_("Check the host name in the accounts file; your provider's help says how its IMAP server is called."),
    [PROBE_CAUSE_NO_NAME_SERVER] = N_("Is this machine connected to a network? Without a name server no host can be found."),
    [PROBE_CAUSE_REFUSED] =
        N_("The host is there and nothing listens on that port: check the port (993 for imaps://, 143 for imap://), or the server is being restarted."),
    [PROBE_CAUSE_UNREACHABLE] = N_("There is no way to it from this network: check the network, a VPN, a firewall."),
    [PROBE_CAUSE_NOT_CONNECTED] = N_("Check host name, port and network, then try again."),
    [PROBE_CAUSE_TIMED_OUT] = N_("Something on the way swallows what is sent (a firewall, often), or the server is overloaded. Try again, or from another network."),
    [PROBE_CAUSE_PROXY] = N_("Check “proxy” in the accounts file, or the system's proxy settings; “proxy = direct://” goes without one."),
    [PROBE_CAUSE_CUT] = N_("It may pass: try again. If it does not, the server's operator can see why in its log."),
    [PROBE_CAUSE_SENT_AWAY] = N_("The words in quotation marks are the server's reason. It may pass: try again later."),
    [PROBE_CAUSE_BUSY] = N_("Nothing is wrong with your password. The server says that this passes: try again later."),
    [PROBE_CAUSE_WEB_SERVER] = N_("No password was sent. Sign in to the network with a browser, then try again; else check the port."),
    [PROBE_CAUSE_OTHER_SERVER] = N_("No password was sent. The port of IMAP is 993 for imaps:// and 143 for imap://."),
    [PROBE_CAUSE_NO_TLS] = N_("Write imap:// in place of imaps:// in the accounts file: TLS is then begun by STARTTLS, and still required."),
    [PROBE_CAUSE_TLS_EXPECTED] = N_("Write imaps:// in place of imap:// in the accounts file."),
    [PROBE_CAUSE_NOT_IMAP] = N_("What answers there does not keep to IMAP. Check the port; antivirus programs and firewalls that read along do this as well."),
    [PROBE_CAUSE_NOT_SUBMISSION] = N_("What answers there is no submission server. Check the port of send: 465 for smtps://, 587 for smtp://."),
    [PROBE_CAUSE_NOT_POP] = N_("What answers there does not keep to POP3. Check the port: 995 for pop3s://, 110 for pop3://."),
    [PROBE_CAUSE_TOO_MUCH] = N_("The connection was closed so that this machine's memory does not fill. Tell the server's operator."),
    [PROBE_CAUSE_COMMAND_REFUSED] = N_("Tell the server's operator: every IMAP server has to be able to do this."),
    [PROBE_CAUSE_NO_CAPABILITIES] = N_("Tell the server's operator: every IMAP server has to be able to do this."),
    [PROBE_CAUSE_TLS] = N_("Nothing was sent. If other programs do reach this server, tell us (README.md says how)."),
    [PROBE_CAUSE_OLD_TLS] = N_("Nothing was sent. The server's operator has to update it; there is no way around this in Malle."),
    [PROBE_CAUSE_STARTTLS_MISSING] = N_("If the server used to offer it, somebody on the way may be taking it out."),
    [PROBE_CAUSE_STARTTLS_REFUSED] = N_("Try imaps:// in the accounts file, or tell the server's operator."),
    [PROBE_CAUSE_STARTTLS_INJECTED] = N_("Do not use this network for mail. With imaps:// nobody can do this."),
    [PROBE_CAUSE_PREAUTH] = N_("A server that does this cannot be used safely; with imaps:// in the accounts file it might."),
    [PROBE_CAUSE_CERTIFICATE_EXPIRED] = N_("The server's operator has to renew it."),
    [PROBE_CAUSE_CERTIFICATE_WRONG_NAME] =
        N_("Is the host name in the accounts file the one that the certificate is for (above)? A network that wants you to sign in first shows a wrong certificate too."),
    [PROBE_CAUSE_CERTIFICATE_SELF_SIGNED] =
        N_("If the server is yours and you know this certificate, open the account in malle: it shows it again and lets you pin it."),
    [PROBE_CAUSE_CERTIFICATE_UNKNOWN_ISSUER] =
        N_("If the authority is your own, name its file with “ca-file” in the accounts file; or open the account in malle and pin the certificate."),
    [PROBE_CAUSE_CERTIFICATE] = N_("If the server is yours and you know this certificate, open the account in malle: it shows it again and lets you pin it."),
    [PROBE_CAUSE_CERTIFICATE_REVOKED] = N_("Its authority took it back: do not trust this server until its operator explains."),
    [PROBE_CAUSE_NO_MECHANISM] = N_("The line “ways to log in” says what it offers. Over +insecure, or with a client certificate, fewer are possible."),
    [PROBE_CAUSE_LOGIN_DISABLED] = N_("Servers say LOGINDISABLED when the connection is not encrypted: write imaps:// (or imap:// without +insecure) in the accounts file."),
    [PROBE_CAUSE_LOGIN_REFUSED] = N_("Check user name and password. Some providers want a password made for this program (“app password”)."),
    [PROBE_CAUSE_WRONG_CREDENTIALS] = N_("Check user name and password. Some providers want a password made for this program (“app password”)."),
    [PROBE_CAUSE_NOT_AUTHORIZED] = N_("Your password is right, but you may not use this mailbox by IMAP: your provider's settings may have a switch for it."),
    [PROBE_CAUSE_CREDENTIALS_EXPIRED] = N_("The password has run out: set a new one where your provider lets you, and then here."),
    [PROBE_CAUSE_PRIVACY_REQUIRED] = N_("The server takes this way of logging in over an encrypted connection only: write imaps:// in the accounts file."),
    [PROBE_CAUSE_CONTACT_ADMIN] = N_("Something is wrong with your account on the server itself: only its operator can help."),
    [PROBE_CAUSE_MECHANISM] = N_("No password was shown to the server. If it is the right server, its operator has to look at it."),
    [PROBE_CAUSE_LIST_REFUSED] = N_("The login worked: the server's operator has to look at your account."),
    [PROBE_CAUSE_NO_INBOX] = N_("The login worked, but your account has no mailbox yet; it may come with the first message."),
    [PROBE_CAUSE_INBOX_REFUSED] = N_("The login worked: the server's operator has to look at your mailbox."),
    [PROBE_CAUSE_INBOX_READ_ONLY] = N_("Another program may hold it, the quota may be used up, or you have been given the right to read only."),
    [PROBE_CAUSE_NO_PASSWORD] = N_("Write password-command = COMMAND in the accounts file, or start malle: it asks."),
    [PROBE_CAUSE_NO_TOKEN] = N_("Run token-command of the accounts file by hand: it has to print a token in its first line, and may need you to sign in anew."),
    [PROBE_CAUSE_CA_FILE] = N_("Check “ca-file” in the accounts file."),
    [PROBE_CAUSE_CLIENT_CERTIFICATE] = N_("Check “client-certificate” in the accounts file: certificate and key in PEM, the key without a passphrase."),
};

/* The advice is written for IMAP; that of POP3 differs by names and numbers only. */
static char *for_pop(const char *text)
{
    static const char *const other[][2] = { { "imap://", "pop3://" }, { "imaps://", "pop3s://" }, { "IMAP", "POP3" }, { "STARTTLS", "STLS" }, { "993", "995" }, { "143", "110" } };
    g_autoptr(GString) changed = g_string_new(text);
    for (guint i = 0; i < G_N_ELEMENTS(other); i++)
        g_string_replace(changed, other[i][0], other[i][1], 0);
    return g_string_free(g_steal_pointer(&changed), FALSE);
}

char *doctor_advice(const ProbeReport *report, ProbeCause cause)
{
    if (advice[cause] == NULL)
        return NULL;
    return report->is_pop ? for_pop(_(advice[cause])) : g_strdup(_(advice[cause]));
}
