"""A private GNU mailutils imap4d: the bare server, with IMAP4rev1 and next to nothing beyond it.

No UIDPLUS, no MOVE, no SPECIAL-USE, no COMPRESS, no keywords, mailbox names by directory; it listens on
loopback as root or as anyone. The user is test@example.org, by the virtual domain that needs no real user.
"""

import os
import shutil
import signal
import subprocess
import tempfile

from support import process, tap

_CONFIGURATION = """\
server 127.0.0.1:{port} {{ single-process no; }};
foreground yes;
mode daemon;
pidfile {directory}/pid;
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
namespace personal {{
  prefix "" {{
    directory "{home}";
    delimiter "/";
    mailbox-type maildir;
  }};
}};
"""


class Mailutils:
    def __init__(self, password="secret"):
        self.program = tap.need_program("imap4d", "/usr/sbin/imap4d")
        self.user, self.password = "test@example.org", password
        self.process = None

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
        os.mkdir(os.path.join(self.directory, "domains"))
        uid, gid = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
        # It would make the INBOX only when it is first selected; APPEND and STATUS before that fail.
        for name in ("", "INBOX", "INBOX/cur", "INBOX/new", "INBOX/tmp"):
            os.makedirs(os.path.join(self.home, name), exist_ok=True)
            os.chown(os.path.join(self.home, name), uid, gid)
        secret = subprocess.run(["openssl", "passwd", "-6", self.password], check=True,
                                stdout=subprocess.PIPE).stdout.decode().strip()
        with open(os.path.join(self.directory, "domains", "example.org"), "w") as file:
            file.write("test:%s:%d:%d:Test:%s:/bin/sh\n" % (secret, uid, gid, self.home))
        self.port = process.free_ports(1)[0]
        with open(os.path.join(self.directory, "conf"), "w") as file:
            file.write(_CONFIGURATION.format(port=self.port, directory=self.directory, home=self.home))

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        self.process = process.start([self.program, "--config-file=" + os.path.join(self.directory, "conf")],
                                     stdout=open(os.path.join(self.directory, "log"), "ab"), stderr=subprocess.STDOUT,
                                     cwd=self.directory, death_signal=signal.SIGKILL)    # it takes no SIGTERM while idle
        process.wait_for_greeting(self.port, self.process, self.log)

    def log(self):
        try:
            with open(os.path.join(self.directory, "log"), errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def stop(self):
        if self.process is not None:
            process.stop(self.process)
            self.process = None

    def freeze(self):
        process.signal_all(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        process.signal_all(self.process.pid, signal.SIGCONT)

    def client(self):
        import imaplib
        link = imaplib.IMAP4("127.0.0.1", self.port)
        link.login(self.user, self.password)
        return link
