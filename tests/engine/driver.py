"""The engine without a screen: drives tests/engine/engine-driver line by line."""

import os
import subprocess
import tempfile

from support import process, tap


class Refused(AssertionError):
    pass


class Driver:
    """with Driver(port) as engine: engine("look", "INBOX"); ...

    A call sends one command, waits for its end, and returns the facts it printed."""

    def __init__(self, port, directory=None, user="test", password="secret", offline=False, settings="", scheme="imap+insecure",
                 host="127.0.0.1", answer_ms=0, environment=None):
        self.program = os.path.join(tap.build_dir(), "tests", "engine", "engine-driver")
        tap.need(os.access(self.program, os.X_OK), self.program + " is not built")
        self.directory = directory or tap.keep(tempfile.TemporaryDirectory(prefix="malle-engine-"))
        self.offline = offline
        self.answer_ms = answer_ms
        self.environment = dict(os.environ, **environment) if environment else None
        self.killed = False
        self.accounts = os.path.join(self.directory, "accounts")
        with open(os.open(self.accounts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("[account work]\nname = Test\naddress = test@example.org\nreceive = %s://%s@%s:%d\n"
                       "%s%s\n" % (scheme, user.replace("@", "%40"), host, port, "password = %s\n" % password if password else "", settings))

    def __enter__(self):
        arguments = [self.program, self.accounts, os.path.join(self.directory, "store", "store.db")]
        self.process = process.start(arguments + (["offline" if self.offline else "online", str(self.answer_ms)]), stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, env=self.environment)
        self.facts = []
        return self

    def __exit__(self, kind, *_):
        try:
            if self.process.poll() is None:
                self.process.stdin.write(b"quit\n")
                self.process.stdin.flush()
                self.process.wait(60)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass
        code = self.process.poll()
        process.stop(self.process)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        if kind is None and not self.killed:
            assert code == 0, "engine-driver ended with %s" % code

    def kill(self):
        """At once, as a power cut would."""
        self.killed = True
        self.process.kill()
        self.process.wait()

    def __call__(self, *words):
        self.process.stdin.write(("\t".join(str(word) for word in words) + "\n").encode())
        self.process.stdin.flush()
        facts = []
        while True:
            line = self.process.stdout.readline().decode(errors="replace")
            assert line, "engine-driver ended in %r after %r" % (words, facts)
            line = line.rstrip("\n")
            if line == "ok":
                self.facts += facts
                return facts
            if line.startswith("error"):
                raise Refused("%s: %s %s" % (" ".join(map(str, words)), line, facts))
            facts.append(line)

    def rows(self, mailbox):
        """The rows of a mailbox, newest first, as dictionaries."""
        found = []
        for line in self("dump", mailbox):
            if not line.startswith("row "):
                continue
            row = {"uid": int(line.split("uid=")[1].split()[0]), "flags": int(line.split("flags=")[1].split()[0])}
            row["keywords"] = line.split("keywords=[")[1].split("]")[0].split()
            row["subject"] = line.split("subject=[")[1][:-1]
            found.append(row)
        return found

    def mailbox(self, name):
        line = [l for l in self("dump", name) if l.startswith("mailbox ")][0]
        return {k: int(v) for k, v in (word.split("=") for word in line.split()[1:])}


SEEN, ANSWERED, FLAGGED, DELETED, DRAFT = 1, 2, 4, 8, 16
