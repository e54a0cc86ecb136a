"""Real submission servers, private on loopback: what a person's letters are handed to.

    with DovecotSubmission() as server:         # IMAP and submission of one server, with BURL
    with Postfix() as server:
    with Exim() as server:
    with OpenSmtpd() as server:
        server.submission_port          # STARTTLS wanted before AUTH
        server.submission_tls_port      # TLS from the first byte
        server.user, server.password, server.ca_file
        server.smtp()                   # Python's smtplib, logged in
        server.sink.wait(1)[0].octets   # what was passed on: nothing leaves the machine

Dovecot is installed; the others exclude one another as packages, and must not become this machine's mail server:
each is unpacked into a root of its own (see roots.py).
"""

import contextlib
import os
import smtplib
import ssl
import subprocess

from support import process, tap
from support.certificates import Authority
from support.servers.dovecot import Dovecot
from support.servers.roots import GID, UID, Rooted
from support.servers.sink import Sink


class Submission:
    """What they share: the sink that they relay to, and a second client's link."""

    def trust(self):
        return ssl.create_default_context(cafile=self.ca_file)

    def smtp(self, tls=False, user=None):
        if tls:
            link = smtplib.SMTP_SSL("localhost", self.submission_tls_port, local_hostname="localhost", context=self.trust())
        else:
            link = smtplib.SMTP("localhost", self.submission_port, local_hostname="localhost")
            link.starttls(context=self.trust())
        link.login(user or self.user, self.password)
        return link


_DOVECOT_PROGRAM = "/usr/lib/dovecot/submission"
_DOVECOT = """
protocols = $protocols submission
hostname = localhost
submission_host = localhost
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = no
submission_max_mail_size = {max_size}
imap_urlauth_host = localhost
imap_metadata = yes
mail_attribute_dict = file:%h/attributes
service submission-login {{
  service_count = 0
  chroot =
  inet_listener submission {{
    port = {port}
  }}
  inet_listener submissions {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap-urlauth-login {{
  chroot =
}}
"""


class DovecotSubmission(Submission, Dovecot):
    """Dovecot's submission server beside its IMAP, with BURL of what lies in the mailboxes (URLAUTH)."""

    name = "Dovecot"

    def __init__(self, max_size=0, **options):
        """max_size: of a letter, in octets, 0: none; the rest is Dovecot's."""
        super().__init__(**options)
        self.max_size, self.sink = max_size, None
        tap.need(os.access(_DOVECOT_PROGRAM, os.X_OK), "dovecot-submissiond is not installed")

    def __exit__(self, *_):
        super().__exit__()
        if self.sink:
            self.sink.__exit__()
            self.sink = None

    def _configure(self):
        super()._configure()
        self.sink = Sink().__enter__()
        self.submission_port, self.submission_tls_port = process.free_ports(2)
        with open(self.path("dovecot.conf"), "a") as file:
            file.write(_DOVECOT.format(relay=self.sink.port, max_size=self.max_size,
                                       port=self.submission_port, tls_port=self.submission_tls_port))

    def start(self):
        super().start()
        process.wait_for_greeting(self.submission_port, self.process, self.log, b"220 ")


class _Relay(Rooted, Submission):
    """A server in a root of its own, which passes on to its sink whatever comes from who has logged in."""

    preload = ("only-user",)        # they begin as root and become somebody else

    def __init__(self, password="secret", mechanisms=None, max_size=0, extra=""):
        """extra: more lines of its configuration; what else is as DovecotSubmission's."""
        self.user, self.password, self.max_size, self.extra = "test", password, max_size, extra
        self.mechanisms = mechanisms or self.mechanisms

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.sink = stack.enter_context(Sink())
            super().__enter__()
            stack.pop_all()
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.sink.__exit__()

    def _configure(self):
        self.submission_port, self.submission_tls_port = process.free_ports(2)
        authority = Authority(self.root.directory + "/tls")
        self.ca_file = authority.certificate
        # See opensmtpd_keys.c.
        certificate, key = authority.server(rsa=True)
        self.root.copy(certificate, "etc/tls/server.pem")
        self.root.copy(key, "etc/tls/server.key", 0o600)
        self._write_settings()

    def start(self):
        main = self.root.start(self.command)
        process.wait_for_greeting(self.submission_port, main, self.root.log, b"220 ")


_POSTFIX = """\
compatibility_level = 3.6
queue_directory = /var/spool/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
data_directory = /var/lib/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = localhost.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
relayhost = [127.0.0.1]:{relay}
smtp_dns_support_level = disabled
smtp_host_lookup = native
# A letter that the sink refuses is tried again by nobody while a test runs.
minimal_backoff_time = 1h
message_size_limit = {max_size}
mailbox_size_limit = 0
smtputf8_enable = yes
smtpd_tls_cert_file = /etc/tls/server.pem
smtpd_tls_key_file = /etc/tls/server.key
smtpd_tls_auth_only = yes
smtpd_tls_session_cache_database =
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = localhost
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
smtpd_delay_reject = yes
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
{extra}
"""
_POSTFIX_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
127.0.0.1:{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""


class Postfix(_Relay):
    name, unpacked, mechanisms = "Postfix", "postfix", "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256"
    command = ["/usr/lib/postfix/sbin/master", "-c", "/etc/postfix", "-d"]

    def _write_settings(self):
        root = self.root
        root.write("etc/passwd", "root:x:0:0::/:/bin/sh\npostfix:x:%d:%d::/var/spool/postfix:/bin/false\n"
                   "nobody:x:%d:%d::/:/bin/false\n" % (UID, GID, UID - 2, GID - 2))
        root.write("etc/group", "root:x:0:\npostfix:x:%d:\npostdrop:x:%d:\nnobody:x:%d:\n" % (GID, GID - 1, GID - 2))
        for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid",
                     "private", "public", "saved", "trace"):
            root.make_directory("var/spool/postfix", name)
        root.make_directory("var/lib/postfix")
        root.write("etc/postfix/main.cf", _POSTFIX.format(relay=self.sink.port, max_size=self.max_size, extra=self.extra))
        root.write("etc/postfix/master.cf", _POSTFIX_SERVICES.format(port=self.submission_port, tls_port=self.submission_tls_port))
        root.write("etc/postfix/sasl/smtpd.conf", "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: %s\n"
                   "sasldb_path: /var/lib/postfix/sasldb2\n" % self.mechanisms)
        root.run(["/usr/sbin/saslpasswd2", "-c", "-p", "-u", "localhost", "-f", "/var/lib/postfix/sasldb2", self.user],
                 input=self.password.encode())


_EXIM = """\
primary_hostname = localhost.example
exim_user = {uid}
exim_group = {gid}
spool_directory = /var/spool/exim4
log_file_path = syslog
syslog_timestamp = no
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
tls_advertise_hosts = *
tls_certificate = /etc/tls/server.pem
tls_privatekey = /etc/tls/server.key
auth_advertise_hosts = ${{if def:tls_in_cipher {{*}}}}
chunking_advertise_hosts = *
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
message_size_limit = {max_size}
host_lookup =
rfc1413_query_timeout = 0s
smtp_enforce_sync = true
smtp_accept_max = 100
# However many letters one connection brings, each is passed on at once.
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = check_rcpt
acl_smtp_data = accept
acl_smtp_predata = accept
{extra}
begin acl
check_rcpt:
  deny message = log in first
       !authenticated = *
  accept control = submission/sender_retain/domain=
begin routers
relay:
  driver = manualroute
  transport = relay
  route_list = * 127.0.0.1
  self = send
begin transports
relay:
  driver = smtp
  port = {relay}
  hosts_avoid_tls = *
  allow_localhost
begin retry
* * F,1h,1h
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and {{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
"""


class Exim(_Relay):
    name, unpacked, mechanisms = "Exim", "exim", "PLAIN LOGIN"
    command = ["/usr/sbin/exim4", "-bdf", "-q30m"]

    def _write_settings(self):
        root = self.root
        root.write("etc/passwd", "root:x:0:0::/:/bin/sh\nDebian-exim:x:%d:%d::/var/spool/exim4:/bin/false\n" % (UID, GID))
        root.write("etc/group", "root:x:0:\nDebian-exim:x:%d:\n" % GID)
        root.make_directory("var/spool/exim4")
        root.make_directory("var/log/exim4")
        root.write("etc/exim4/exim4.conf", _EXIM.format(
            uid=UID, gid=GID, port=self.submission_port, tls_port=self.submission_tls_port, relay=self.sink.port,
            max_size=self.max_size, user=self.user, password=self.password, extra=self.extra))


_OPENSMTPD = """\
pki localhost cert "/etc/tls/server.pem"
pki localhost key "/etc/tls/server.key"
table users file:/etc/users
smtp max-message-size {max_size}
{extra}
listen on 127.0.0.1 port {port} tls-require pki localhost auth <users> hostname localhost.example
listen on 127.0.0.1 port {tls_port} smtps pki localhost auth <users> hostname localhost.example
action "relay" relay host smtp://127.0.0.1:{relay}
match auth from any for any action "relay"
"""


class OpenSmtpd(_Relay):
    name, unpacked, mechanisms = "OpenSMTPD", "opensmtpd", "PLAIN LOGIN"
    command = ["/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf"]
    preload = ("only-user", "opensmtpd-keys")

    def _write_settings(self):
        root = self.root
        root.write("etc/passwd", "root:x:0:0::/:/bin/sh\nopensmtpd:x:%d:%d::/var/lib/opensmtpd:/bin/false\n"
                   "opensmtpq:x:0:0::/var/lib/opensmtpd:/bin/false\n" % (UID, GID))
        root.write("etc/group", "root:x:0:\nopensmtpd:x:%d:\nopensmtpq:x:0:\n" % GID)
        # Its queue lies at the root for processes that have entered /var/spool/smtpd, which none really does.
        os.chmod(root.make_directory("var/spool/smtpd"), 0o711)
        root.make_directory("var/run")
        root.make_directory("var/lib/opensmtpd")
        for name in ("queue", "incoming", "temporary", "corrupt", "purge", "offline"):
            os.symlink("var/spool/smtpd/" + name, root.path(name))
        crypted = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=self.password.encode(), stdout=subprocess.PIPE,
                                 check=True).stdout.decode().strip()
        root.write("etc/users", "%s %s\n" % (self.user, crypted))
        root.write("etc/smtpd.conf", _OPENSMTPD.format(
            port=self.submission_port, tls_port=self.submission_tls_port, relay=self.sink.port,
            max_size=self.max_size or "1G", extra=self.extra))


SUBMISSION = (DovecotSubmission, Postfix, Exim, OpenSmtpd)
