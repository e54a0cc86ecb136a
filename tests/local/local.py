"""Running local-driver, and looking at Maildirs with another implementation: Python's mailbox module."""

import mailbox
import os
import subprocess
import tempfile

from support import tap

CODES = ["access", "format", "changed", "write", "full", "exists", "busy", "refused"]


class Failed(Exception):
    """local-driver said why not: .code is one of CODES."""

    def __init__(self, text):
        super().__init__(text)
        word, _, self.words = text.strip().partition(" ")
        self.code = CODES[int(word.rpartition("-")[2])]


class Killed(Exception):
    pass


def driver(*arguments, message=b"", environment=None):
    """The words of its line; raises Failed or Killed."""
    program = os.path.join(tap.build_dir(), "tests", "local", "local-driver")
    done = subprocess.run([program] + [str(a) for a in arguments], input=message, capture_output=True,
                          env=dict(os.environ, **(environment or {})))
    if done.returncode == -9:
        raise Killed()
    if done.returncode == 1:
        raise Failed(done.stderr.decode())
    assert done.returncode == 0, (done.returncode, done.stderr.decode())
    return done.stdout.decode().split()


def striker(under, **more):
    return dict({name: str(value) for name, value in more.items()},
                LD_PRELOAD=os.path.join(tap.build_dir(), "tests", "support", "strike.so"), STRIKE_UNDER=under,
                ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))


def count_steps(under, *arguments, message=b""):
    with tempfile.NamedTemporaryFile() as file:
        driver(*arguments, message=message, environment=striker(under, STRIKE_COUNT=file.name))
        return int(file.read())


class Maildir:
    """A Maildir of the test's own, in a directory that goes with it."""

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="malle-local-")
        self.path = os.path.join(self.place.name, "mail")
        self.fresh()
        return self

    def __exit__(self, *unused):
        self.place.cleanup()

    def fresh(self):
        """Empty again."""
        subprocess.run(["rm", "-rf", self.path], check=True)
        for name in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.path, name))

    def put(self, name, letters="", message=b"Subject: x\n\ny\n", folder="cur"):
        """A message that another program has delivered."""
        path = os.path.join(self.path, folder, name + (":2," + letters if folder == "cur" else ""))
        with open(path, "wb") as file:
            file.write(message)

    def files(self, folder):
        return sorted(os.listdir(os.path.join(self.path, folder)))

    def messages(self):
        """Their octets, as Python's mailbox module finds them."""
        box = mailbox.Maildir(self.path, create=False)
        return sorted(box.get_bytes(key) for key in box.keys())

    def flags(self):
        """{base name: (folder, letters)}"""
        found = {}
        for folder in ("new", "cur"):
            for name in self.files(folder):
                base, _, letters = name.partition(":2,")
                assert base not in found, "%s is there twice" % base
                found[base] = (folder, letters)
        return found
