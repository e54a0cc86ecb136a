"""A private Dovecot: loopback, high ports, directories of its own, as root or as anyone.

    with Dovecot() as server:
        server.port            # plain and STARTTLS
        server.tls_port        # TLS from the first byte
        server.pop_port        # POP3, where it is installed; pop_tls_port with TLS from the first byte
    server.ca_file         # what signs its certificate (for localhost and 127.0.0.1)
        server.user, server.password

Every user name exists, with the one password; each has a home of its own. The process groups are ended
when the block is left, and by the kernel if the test itself is killed.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile

from support import process, tap
from support.certificates import Authority
from support.servers.server import Server

_CONFIGURATION = """\
base_dir = {run}
state_dir = {state}
instance_name = malle-test-{port}
log_path = {log}
login_log_format_elements = user=<%u> method=%m rip=%r
protocols = {protocols}
listen = 127.0.0.1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 1
{no_limits}

ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = {plain_refused}
auth_mechanisms = {mechanisms}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={homes}/%u
}}

mail_location = {location}
mail_plugins = {mail_plugins}
mail_fsync = never
mdbox_rotate_size = 128M
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = subscribe
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
  mailbox Archive {{
    special_use = \\Archive
    auto = subscribe
  }}
}}
protocol imap {{
  mail_plugins = $mail_plugins{imap_plugins}
  mail_max_userip_connections = 100
  {capability}
}}

service imap-login {{
  # One process for all log-ins, so that TLS sessions can be resumed.
  service_count = 0
  process_min_avail = 1
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
{pop}
service anvil {{
  chroot =
}}
service imap {{
  process_limit = 100
}}
service stats {{
  chroot =
}}
service old-stats {{
  chroot =
}}
{extra}
"""

_POP = """
protocol pop3 {{
  mail_max_userip_connections = 100
}}
service pop3-login {{
  service_count = 0
  chroot =
  inet_listener pop3 {{
    port = {pop_port}
  }}
  inet_listener pop3s {{
    port = {pop_tls_port}
    ssl = yes
  }}
}}
"""
_POP_PROGRAM = "/usr/lib/dovecot/pop3"


class Dovecot(Server):
    def __init__(self, compress=True, mechanisms="scram-sha-256 scram-sha-1 plain login cram-md5", plain_refused=False,
                 location="mdbox:~/mdbox", separator="/", prefix="", capability=None, certificate=None, extra="",
                 password="secret", home_source=None):
        """capability: announced in place of Dovecot's own ("IMAP4rev1 ..."), to take extensions away.
        home_source: a directory with the ready home of the user "test" (see mailsets.py), copied."""
        self.program = tap.need_program("dovecot", "/usr/sbin/dovecot")
        self.doveadm_program = tap.need_program("doveadm", "/usr/bin/doveadm")
        self.options = dict(compress=compress, mechanisms=mechanisms, plain_refused=plain_refused, location=location,
                            separator=separator, prefix=prefix, capability=capability, extra=extra)
        self.password, self.user = password, "test"
        self.separator, self.prefix = separator, prefix
        self.wanted_certificate, self.home_source = certificate, home_source
        self.process = None

    def __enter__(self):
        for attempt in range(5):
            # /tmp and not the build directory: socket paths have to be short, and the mail user has to reach them.
            self.directory = tempfile.mkdtemp(prefix="malle-dovecot-")
            try:
                self._configure()
                self.start()
                break
            except BaseException:
                # Another test may have taken the port between its choice and its use.
                again = attempt < 4 and "already in use" in self.log()
                self.__exit__()
                if not again:
                    raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def _configure(self):
        root = os.getuid() == 0
        me = pwd.getpwuid(os.getuid()).pw_name
        # Dovecot will not read mail as root; the log-in process gets its own user where there is one.
        self.mail_uid, self.mail_gid = (65534, 65534) if root else (os.getuid(), os.getgid())
        names = {pwd_entry.pw_name for pwd_entry in pwd.getpwall()}
        internal = "dovecot" if root and "dovecot" in names else me
        login = "dovenull" if root and "dovenull" in names else me
        import grp
        group = internal if root and internal == "dovecot" else grp.getgrgid(os.getgid()).gr_name
        self.port, self.tls_port, self.pop_port, self.pop_tls_port = process.free_ports(4)
        pop = os.access(_POP_PROGRAM, os.X_OK)
        os.chmod(self.directory, 0o755)
        for name in ("run", "state", "homes"):
            os.mkdir(self.path(name))
        os.chown(self.path("homes"), self.mail_uid, self.mail_gid)
        if self.home_source:
            subprocess.run(["cp", "-a", "--reflink=auto", self.home_source, self.path("homes", self.user)], check=True)
        authority = Authority(self.path("tls"))
        self.ca_file = authority.certificate
        certificate, key = self.wanted_certificate or authority.server()
        self.certificate = certificate
        self.log_file = self.path("log")
        o = self.options
        with open(self.path("dovecot.conf"), "w") as file:
            file.write(_CONFIGURATION.format(
                run=self.path("run"), state=self.path("state"), log=self.log_file, homes=self.path("homes"),
                port=self.port, tls_port=self.tls_port, internal_user=internal, internal_group=group, login_user=login,
                certificate=certificate, key=key, password=self.password, mail_user=self.mail_uid,
                mail_group=self.mail_gid, location=o["location"], separator=o["separator"], prefix=o["prefix"],
                mechanisms=o["mechanisms"], plain_refused="yes" if o["plain_refused"] else "no",
                mail_plugins="zlib" if o["compress"] else "", imap_plugins=" imap_zlib" if o["compress"] else "",
                capability="imap_capability = " + o["capability"] if o["capability"] else "", extra=o["extra"],
                no_limits="default_vsz_limit = 0", protocols="imap pop3" if pop else "imap",
                pop=_POP.format(pop_port=self.pop_port, pop_tls_port=self.pop_tls_port) if pop else ""))

    def start(self):
        assert self.process is None
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("ASAN_", "LSAN_", "UBSAN_"))}
        self.process = process.start([self.program, "-F", "-c", self.path("dovecot.conf")], env=environment,
                                     stdout=open(self.path("out"), "ab"), stderr=subprocess.STDOUT)
        process.wait_for_greeting(self.port, self.process, self.log)

    def log(self):
        text = ""
        for name in ("out", "log"):
            try:
                with open(self.path(name), errors="replace") as file:
                    text += file.read()
            except OSError:
                pass
        return text

    def stop(self):
        """Ends it as a machine that is switched off would: every connection breaks."""
        if self.process is not None:
            process.stop(self.process, patience=20)
            self.process = None

    def kill(self):
        if self.process is not None:
            process.signal_all(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def freeze(self):
        """Connections stay, nothing answers (SIGSTOP to every process of it)."""
        process.signal_all(self.process.pid, signal.SIGSTOP)
        process.signal_all(self.process.pid, signal.SIGSTOP)   # one that was just being born

    def thaw(self):
        process.signal_all(self.process.pid, signal.SIGCONT)

    def drop_links(self):
        """Ends every logged-in session; the server goes on and takes new ones."""
        for pid in process.descendants(self.process.pid):
            try:
                with open("/proc/%d/comm" % pid) as file:
                    if file.read().strip() in ("imap", "imap-login", "pop3", "pop3-login"):
                        os.kill(pid, signal.SIGKILL)
            except OSError:
                pass

    def doveadm(self, *arguments, check=True, input=b""):
        result = subprocess.run([self.doveadm_program, "-c", self.path("dovecot.conf")] + list(arguments),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, input=input)
        if check and result.returncode != 0:
            raise AssertionError("doveadm %s: %s" % (" ".join(arguments), result.stderr.decode(errors="replace")))
        return result.stdout.decode(errors="replace")
