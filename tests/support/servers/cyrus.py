"""A private Cyrus IMAP server in a root of its own: loopback, high ports, as root or as anyone.

    with Cyrus() as server:                     # mailboxes below INBOX, joined by "." (INBOX.Plans.2026)
    with Cyrus(unix_hierarchy=True) as server:  # mailboxes beside INBOX, joined by "/" (Plans/2026)

Each user in users has the one password, and a home with INBOX, Drafts, Sent, Trash, Junk and Archive, made with
their special uses when it first logs in.
"""

from support import process
from support.certificates import Authority
from support.servers.roots import USER, Rooted
from support.servers.server import Server

_IMAPD = """\
configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
cyrus_user: {user}
cyrus_group: {user}
servername: localhost
admins: admin
altnamespace: {alternative}
unixhierarchysep: {unix}
autocreate_users: anyone
autocreate_inbox_folders: Drafts | Sent | Trash | Junk | Archive
autocreate_subscribe_folders: Drafts | Sent | Trash | Junk | Archive
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
autocreate_quota: -1
# Bodies are kept as they came, non-ASCII headers too, as Malle has to bear them.
reject8bit: no
munge8bit: no
allowplaintext: {plain}
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: /var/lib/cyrus/sasldb2
sasl_mech_list: {mechanisms}
tls_server_cert: /etc/tls/server.pem
tls_server_key: /etc/tls/server.key
tls_versions: {tls_versions}
lmtpsocket: /run/cyrus/socket/lmtp
idlesocket: /run/cyrus/socket/idle
notifysocket: /run/cyrus/socket/notify
popminpoll: 0
maxlogins_per_user: 0
syslog_prefix: cyrus
{extra}
"""

_MASTER = """\
SERVICES {{
  imap cmd="imapd" listen="127.0.0.1:{port}" prefork=1 maxchild=100
  imaps cmd="imapd -s" listen="127.0.0.1:{tls_port}" prefork=0 maxchild=100
  pop3 cmd="pop3d" listen="127.0.0.1:{pop_port}" prefork=0 maxchild=100
  pop3s cmd="pop3d -s" listen="127.0.0.1:{pop_tls_port}" prefork=0 maxchild=100
}}
DAEMON {{
  idled cmd="idled"
}}
"""


class Cyrus(Rooted, Server):
    unpacked = "cyrus"

    def __init__(self, unix_hierarchy=False, users=("test",), password="secret",
                 mechanisms="PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5", plain_refused=False, extra="",
                 tls_versions="tls1_2 tls1_3"):
        """unix_hierarchy: altnamespace and unixhierarchysep; extra: more lines of imapd.conf."""
        self.unix_hierarchy, self.users, self.password, self.user = unix_hierarchy, users, password, users[0]
        self.separator, self.prefix = ("/", "") if unix_hierarchy else (".", "INBOX.")
        self.mechanisms, self.plain_refused, self.extra = mechanisms, plain_refused, extra
        self.tls_versions = tls_versions
        self.filled = False

    def _configure(self):
        root = self.root
        self.port, self.tls_port, self.pop_port, self.pop_tls_port = process.free_ports(4)
        for name in ("var/lib/cyrus", "var/spool/cyrus/mail", "run/cyrus/proc", "run/cyrus/lock", "run/cyrus/socket"):
            root.make_directory(name)
        for name in ("db", "proc", "msg", "socket", "log", "ptclient", "user", "quota", "sieve", "backup"):
            root.make_directory("var/lib/cyrus", name)
        authority = Authority(root.directory + "/tls")
        self.ca_file = authority.certificate
        self.certificate, key = authority.server()
        root.copy(self.certificate, "etc/tls/server.pem")
        root.copy(key, "etc/tls/server.key")
        root.write("etc/imapd.conf", _IMAPD.format(
            user=USER, alternative="yes" if self.unix_hierarchy else "no", unix="yes" if self.unix_hierarchy else "no",
            plain="no" if self.plain_refused else "yes", mechanisms=self.mechanisms, extra=self.extra,
            tls_versions=self.tls_versions))
        root.write("etc/cyrus.conf", _MASTER.format(port=self.port, tls_port=self.tls_port, pop_port=self.pop_port,
                                                    pop_tls_port=self.pop_tls_port))
        for user in tuple(self.users) + ("admin",):
            root.run(["/usr/sbin/saslpasswd2", "-c", "-p", "-u", "localhost", "-f", "/var/lib/cyrus/sasldb2", user],
                     input=self.password.encode())

    def start(self):
        self.root.run(["/usr/lib/cyrus/bin/ctl_cyrusdb", "-r"])
        main = self.root.start(["/usr/sbin/cyrmaster", "-p", "/run/cyrus/master.pid"])
        process.wait_for_greeting(self.port, main, self.root.log)
        if not self.filled:
            # Its POP3 side makes the mailboxes of a new user; its IMAP side does not.
            for user in self.users:
                self.pop_client(user).quit()
            self.filled = True

    def drop_links(self):
        """Ends every logged-in session; the server goes on and takes new ones."""
        self.root.kill_programs("imapd", "pop3d")
