"""A private Courier IMAP server in a root of its own: loopback, high ports, as root or as anyone.

    with Courier() as server: ...       # mailboxes below INBOX, joined by "." (INBOX.Plans.2026)

Mail lies in Maildirs. Each user in users has the one password, and a home with INBOX, Drafts, Sent, Trash, Junk
and Archive; Courier has no special uses, so that only their names say what they are for.
"""

from support import process
from support.certificates import Authority
from support.servers.roots import GID, UID, USER, Rooted
from support.servers.server import Server

_LIBRARY = "/usr/lib/courier/courier"
_CAPABILITY = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"

# What /etc/courier/imapd and imapd-ssl set, and the start script hands on as environment.
_IMAP = {
    "IMAP_KEYWORDS": "1", "IMAP_ACL": "1", "IMAP_PROXY": "0", "IMAP_PROXY_FOREIGN": "0",
    "IMAP_IDLE_TIMEOUT": "1",           # it looks into the Maildir that often; 60 is Debian's
    "IMAP_MAILBOX_SANITY_CHECK": "1", "IMAP_DISABLETHREADSORT": "0", "IMAP_CHECK_ALL_FOLDERS": "0",
    "IMAP_OBSOLETE_CLIENT": "0", "IMAP_USELOCKS": "1", "IMAP_ENHANCEDIDLE": "0", "IMAP_TRASHFOLDERNAME": "Trash",
    "IMAP_MOVE_EXPUNGE_TO_TRASH": "0", "IMAP_UMASK": "022", "IMAP_STARTTLS": "YES", "IMAP_TLS_REQUIRED": "0",
    "IMAP_SHAREDINDEXFILE": "/etc/courier/shared/index", "MAILDIRPATH": "Maildir", "DEBUG_LOGIN": "0",
}
_POP = {
    "POP3AUTH": "PLAIN LOGIN CRAM-MD5", "POP3AUTH_ORIG": "PLAIN LOGIN CRAM-MD5", "POP3AUTH_TLS": "PLAIN LOGIN",
    "POP3_PROXY": "0", "POP3_STARTTLS": "YES", "POP3_TLS_REQUIRED": "0", "MAILDIRPATH": "Maildir", "DEBUG_LOGIN": "0",
}
_TLS = {
    "COURIERTLS": "/usr/bin/couriertls", "TLS_CERTFILE": "/etc/tls/server.pem", "TLS_VERIFYPEER": "NONE",
}


class Courier(Rooted, Server):
    unpacked = "courier"

    def __init__(self, users=("test",), password="secret", mechanisms="PLAIN LOGIN CRAM-MD5",
                 plain_refused=False, capability=_CAPABILITY, environment=None):
        """plain_refused: no LOGIN before TLS; capability: announced in place of Debian's, without AUTH=;
        environment: more settings of /etc/courier/imapd."""
        self.users, self.password, self.user = users, password, users[0]
        self.separator, self.prefix = ".", "INBOX."
        self.mechanisms, self.plain_refused, self.capability = mechanisms, plain_refused, capability
        self.environment = environment or {}

    def _configure(self):
        root = self.root
        self.port, self.tls_port, self.pop_port, self.pop_tls_port = process.free_ports(4)
        authority = Authority(root.directory + "/tls")
        self.ca_file = authority.certificate
        self.certificate, key = authority.server()
        with open(self.certificate) as certificate, open(key) as secret:
            root.write("etc/tls/server.pem", certificate.read() + secret.read(), 0o600)
        # couriertls becomes this user behind STARTTLS.
        root.write("etc/passwd", "root:x:0:0::/:/bin/sh\n%s:x:%d:%d::/home:/bin/sh\ncourier:x:%d:%d::/home:/bin/sh\n" % ((USER,) + (UID, GID) * 2))
        root.write("etc/group", "root:x:0:\n%s:x:%d:\ncourier:x:%d:\n" % (USER, GID, GID))
        root.make_directory("run/courier/authdaemon")
        root.write("etc/courier/authdaemonrc", 'authmodulelist="authuserdb"\ndaemons=3\n'
                   "authdaemonvar=/run/courier/authdaemon\nDEBUG_LOGIN=0\n")
        known, secrets = "", ""
        for user in self.users:
            known += "%s\tuid=%d|gid=%d|home=/home/%s|mail=/home/%s/Maildir\n" % (user, UID, GID, user, user)
            crypted = self._password("-md5")
            secrets += "%s\tsystempw=%s|hmac-md5pw=%s\n" % (user, crypted, self._password("-hmac-md5"))
            root.make_directory("home", user)
            maildir = "/home/%s/Maildir" % user
            root.run(["/usr/bin/maildirmake.courier", maildir])
            for name in ("Drafts", "Sent", "Trash", "Junk", "Archive"):
                root.run(["/usr/bin/maildirmake.courier", "-f", name, maildir])
            root.write("home/%s/Maildir/courierimapsubscribed" % user,
                       "".join("INBOX.%s\n" % name for name in ("Drafts", "Sent", "Trash", "Junk", "Archive")))
        root.make_directory("etc/courier")
        for name, text in (("userdb", known), ("userdbshadow", secrets)):
            root.run(["/usr/lib/courier/courier-authlib/makedatprog", "-", "/etc/courier/%s.tmp" % name,
                      "/etc/courier/%s.dat" % name], input=(text + ".\n").encode())

    def _password(self, kind):
        return self.root.run(["/usr/sbin/userdbpw", kind], input=self.password.encode() + b"\n").decode().strip()

    def _watcher(self):
        return "malle-%d" % self.port

    def _services(self):
        mechanisms = " ".join("AUTH=" + m for m in self.mechanisms.split() if m != "LOGIN" or not self.plain_refused)
        imap = dict(_IMAP, IMAP_CAPABILITY="%s %s" % (self.capability, mechanisms),
                    IMAP_CAPABILITY_TLS="%s %s AUTH=PLAIN" % (self.capability, mechanisms),
                    GAM_CLIENT_ID=self._watcher(), **_TLS)
        imap.update(self.environment)
        pop = dict(_POP, **_TLS)
        inner = [_LIBRARY + "/imaplogin", "/usr/bin/imapd", "Maildir"]
        pop_inner = [_LIBRARY + "/courierpop3login", _LIBRARY + "/courierpop3d", "Maildir"]
        tls = ["/usr/bin/couriertls", "-server", "-tcpd"]
        return ((self.port, imap, inner), (self.tls_port, dict(imap, IMAP_TLS="1"), tls + inner),
                (self.pop_port, pop, pop_inner), (self.pop_tls_port, dict(pop, POP3_TLS="1"), tls + pop_inner))

    def start(self):
        # Each IMAP session asks it for changes in its Maildir, and waits for seconds where there is none. Its
        # socket has a name of its own, because a root does not divide these names.
        self.root.start(["/usr/libexec/gam_server", "--notimeout", self._watcher()])
        self.root.start(["/usr/lib/courier/courier-authlib/authdaemond"])
        for port, environment, command in self._services():
            main = self.root.start(["/usr/sbin/couriertcpd", "-address=127.0.0.1", "-maxprocs=100", "-maxperip=100",
                                    "-nodnslookup", "-noidentlookup", str(port)] + command, environment)
            process.wait_for_listener(port, main, self.root.log)
        process.wait_for_greeting(self.port, self.root.processes[0], self.root.log)

    def drop_links(self):
        """Ends every logged-in session; the server goes on and takes new ones."""
        self.root.kill_programs("imapd", "imaplogin", "couriertls", "courierpop3d")
