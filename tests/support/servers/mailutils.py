"""A private GNU mailutils imap4d: the bare server, with IMAP4rev1 and next to nothing beyond it.

No UIDPLUS, no MOVE, no SPECIAL-USE, no COMPRESS, no keywords, mailbox names by directory; it listens on
loopback as root or as anyone. The user is test@example.org, by the virtual domain that needs no real user.
Where GNU pop3d is installed it runs beside it, on the same INBOX (pop_port, pop_tls_port).
"""

import grp
import os
import shutil
import signal
import subprocess
import tempfile

from support import process, tap
from support.certificates import Authority
from support.servers.server import Server

_CONFIGURATION = """\
server 127.0.0.1:{port} {{ single-process no; tls-mode {starttls}; }};
server 127.0.0.1:{tls_port} {{ single-process no; tls-mode connection; }};
tls {{
  ssl-certificate-file {certificate};
  ssl-key-file {key};
}};
foreground yes;
mode daemon;
pidfile {directory}/{name}.pid;
tcp-wrappers {{ enable no; }};
logging {{ syslog no; severity debug; }};
auth {{
  authentication clear; authentication generic; authentication virtdomain;
  authorization clear; authorization virtdomain;
}};
virtdomain {{ passwd-dir {directory}/domains; }};
mailbox {{
  mailbox-pattern "maildir://{home}/INBOX";
  mailbox-type maildir;
}};
"""

_POP_ONLY = """\
mandatory-locking {{ enable yes; lock-directory {directory}/locks; }};
"""

_IMAP_ONLY = """\
namespace personal {{
  prefix "" {{
    directory "{home}";
    delimiter "/";
    mailbox-type maildir;
  }};
}};
"""


class Mailutils(Server):
    def __init__(self, password="secret", starttls=True):
        self.program = tap.need_program("imap4d", "/usr/sbin/imap4d")
        self.pop_program = tap.find_program("pop3d")
        self.user, self.password, self.starttls = "test@example.org", password, starttls
        self.process = self.pop_process = None

    def __enter__(self):
        for attempt in range(5):
            self.directory = tempfile.mkdtemp(prefix="malle-imap4d-")
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

    def _configure(self):
        os.chmod(self.directory, 0o755)
        self.home = os.path.join(self.directory, "home")
        for name in ("domains", "locks"):
            os.mkdir(os.path.join(self.directory, name))
        uid, gid = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
        # It would make the INBOX only when it is first selected; APPEND and STATUS before that fail.
        for name in ("", "INBOX", "INBOX/cur", "INBOX/new", "INBOX/tmp"):
            os.makedirs(os.path.join(self.home, name), exist_ok=True)
            os.chown(os.path.join(self.home, name), uid, gid)
        secret = subprocess.run(["openssl", "passwd", "-6", self.password], check=True,
                                stdout=subprocess.PIPE).stdout.decode().strip()
        with open(os.path.join(self.directory, "domains", "example.org"), "w") as file:
            file.write("test:%s:%d:%d:Test:%s:/bin/sh\n" % (secret, uid, gid, self.home))
        self.port, self.tls_port, self.pop_port, self.pop_tls_port = process.free_ports(4)
        authority = Authority(os.path.join(self.directory, "tls"))
        self.ca_file = authority.certificate
        self.certificate, key = authority.server()
        os.chmod(key, 0o600)
        for name, port, tls_port, more in (("imap4d", self.port, self.tls_port, _IMAP_ONLY),
                                           ("pop3d", self.pop_port, self.pop_tls_port, _POP_ONLY)):
            with open(os.path.join(self.directory, name + ".conf"), "w") as file:
                file.write((_CONFIGURATION + more).format(
                    name=name, starttls="ondemand" if self.starttls else "no", port=port, tls_port=tls_port,
                    directory=self.directory, home=self.home, certificate=self.certificate, key=key))

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        self.process = self._start(self.program, "imap4d")
        process.wait_for_greeting(self.port, self.process, self.log)
        if self.pop_program:
            self.pop_process = self._start(self.pop_program, "pop3d")
            process.wait_for_greeting(self.pop_port, self.pop_process, self.log, prefix=b"+OK")

    def _start(self, program, name):
        # pop3d insists on becoming group mail: for one who is not root, in a user namespace where he is that.
        prefix = [] if os.getuid() == 0 or name == "imap4d" else \
            ["unshare", "--user", "--map-user=%d" % os.getuid(), "--map-group=%d" % grp.getgrnam("mail").gr_gid]
        return process.start(prefix + [program, "--config-file=" + os.path.join(self.directory, name + ".conf")],
                             stdout=open(os.path.join(self.directory, "log"), "ab"), stderr=subprocess.STDOUT,
                             cwd=self.directory, death_signal=signal.SIGKILL)    # it takes no SIGTERM while idle

    def log(self):
        try:
            with open(os.path.join(self.directory, "log"), errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def _processes(self):
        return [one for one in (self.process, self.pop_process) if one is not None]

    def stop(self):
        for one in self._processes():
            process.stop(one)
        self.process = self.pop_process = None

    def kill(self):
        for one in self._processes():
            process.signal_all(one.pid, signal.SIGKILL)
        self.stop()

    def freeze(self):
        for one in self._processes():
            process.signal_all(one.pid, signal.SIGSTOP)

    def thaw(self):
        for one in self._processes():
            process.signal_all(one.pid, signal.SIGCONT)

    def drop_links(self):
        """Ends every logged-in session; the server goes on and takes new ones."""
        for leader in self._processes():
            for pid in process.descendants(leader.pid):
                if pid != leader.pid:
                    os.kill(pid, signal.SIGKILL)
