"""From the spool into the journal: once, whenever a program dies, and at once where a Malle is running."""

import glob
import os
import re
import signal
import socket
import subprocess

from support import tap
from support.bag import Bag

ACCOUNTS = """[account home]
address = ada@example.org
receive = imaps://ada@127.0.0.1:1
send = smtps://ada@127.0.0.1:1
password = secret
"""
STRIKER = os.path.join(tap.build_dir(), "tests", "support", "strike.so")


class Desk:
    def __enter__(self):
        self.bag = Bag().__enter__()
        with open(os.open(os.path.join(self.bag.config, "accounts"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(ACCOUNTS)
        self.data = os.path.join(self.bag.home, ".local", "share", "malle")
        self.take()         # the store is there
        return self

    def __exit__(self, *_):
        self.bag.__exit__()

    def lying(self):
        return sorted(os.listdir(self.data + "/store.db.spool")) if os.path.isdir(self.data + "/store.db.spool") else []

    def struck(self, *arguments, at=0, count=None, input=None):
        """malle, killed in place of its write `at`; its exit status."""
        environment = dict(self.bag.environment(), LD_PRELOAD=STRIKER, STRIKE_UNDER=self.data, STRIKE_AT=str(at),
                           ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
        if count:
            environment["STRIKE_COUNT"] = count
        process = subprocess.Popen([tap.program()] + list(arguments), env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        _, err = process.communicate(input)
        assert b"ERROR: AddressSanitizer" not in err and b"runtime error" not in err, err.decode()
        return process.returncode

    def steps(self, *arguments, input=None):
        path = os.path.join(self.bag.home, "count")
        self.struck(*arguments, count=path, input=input)
        with open(path) as file:
            return int(file.read())

    def take(self):
        self.bag.try_run("--offline", "do", "change-mailbox nowhere")

    def journal(self):
        return [intent for intent in self.bag.json("journal", "--json") if intent["kind"] == "send"]

    def recipients(self):
        return sorted(recipient["address"] for intent in self.journal() for recipient in intent["recipients"])


TAKE = ("--offline", "do", "change-mailbox nowhere")


def send(desk, *addresses):
    desk.bag.run("send", "--queue", "-s", "x", *addresses, input=b"body\n")


def test_taken():
    """What lies in the spool is taken by the next Malle, in its order, with its envelope"""
    with Desk() as desk:
        send(desk, "one@example.net")
        desk.bag.run("send", "--queue", "-f", "bounce@example.org", "two@example.net", "three@example.net", input=b"second\n")
        tap.equal(len(desk.lying()), 4)
        tap.equal(desk.journal(), [])
        desk.take()
        tap.equal(desk.lying(), [])
        tap.equal([[r["address"] for r in intent["recipients"]] for intent in sorted(desk.journal(), key=lambda i: i["id"])],
                  [["one@example.net"], ["two@example.net", "three@example.net"]])
        tap.equal([intent["sender"] for intent in sorted(desk.journal(), key=lambda i: i["id"])], ["ada@example.org", "bounce@example.org"])
        letters = glob.glob(desk.data + "/store.db.letters/*")
        tap.equal(len(letters), 2)
        for letter in letters:
            with open(letter, "rb") as file:
                text = file.read()
            assert b"\n" not in text.replace(b"\r\n", b""), text


def test_killed_while_queueing():
    """Killed at any write of malle send: exit 0 and a letter, or neither"""
    with Desk() as desk:
        steps = desk.steps("send", "--queue", "first@example.net", input=b"x\n")
        tap.note("%d writes" % steps)
        assert steps >= 5, steps
        sent = ["first@example.net"]
        for at in range(1, steps + 1):
            address = "n%d@example.net" % at
            code = desk.struck("send", "--queue", address, at=at, input=b"x\n")
            tap.equal(code, -9, "write %d" % at)
            envelopes = [name for name in desk.lying() if name.endswith(".envelope")]
            if len(envelopes) > len(sent):
                sent.append(address)        # it was put before the kill: it goes, once
        desk.take()
        tap.equal(desk.recipients(), sorted(sent))
        assert not [name for name in desk.lying() if name.endswith(".envelope")], desk.lying()


def test_killed_while_taking():
    """Killed at any write while letters are taken from the spool: each is in the journal once"""
    at, struck = 1, 0
    while True:
        with Desk() as desk:
            send(desk, "one@example.net")
            send(desk, "two@example.net")
            code = desk.struck(*TAKE, at=at)
            if code != -9:
                break               # it has ended before so many writes
            struck += 1
            desk.take()
            tap.equal(desk.recipients(), ["one@example.net", "two@example.net"], "killed at write %d" % at)
            tap.equal(desk.lying(), [], "killed at write %d" % at)
        at += 1 if tap.long_run() else 3
    tap.note("%d kills" % struck)
    assert struck >= 5, struck


def test_running():
    """A Malle that runs takes a letter at once, and malle send says so by its exit status only"""
    with Desk() as desk:
        with desk.bag.screen("--offline") as screen:
            screen.until("home")
            result = desk.bag.try_run("send", "-s", "x", "one@example.net", input=b"body\n")
            tap.equal((result.code, result.out, result.err), (0, "", ""))
            tap.equal(desk.lying(), [])
            tap.equal(desk.recipients(), ["one@example.net"])


def test_strangers():
    """What is no letter's name is hung up on, and a Malle that was killed leaves no dead door"""
    with Desk() as desk:
        with desk.bag.screen("--offline") as screen:
            screen.until("home")
            door, = glob.glob(desk.bag.home + "/.run/malle/outbox-*")
            tap.equal(os.stat(os.path.dirname(door)).st_mode & 0o777, 0o700)
            for line in (b"take ../../../etc/passwd\n", b"\n", b"take \n", b"x" * 100000 + b"\n", b"quit\n"):
                with socket.socket(socket.AF_UNIX) as link:
                    link.connect(door)
                    try:
                        link.sendall(line)
                        tap.equal(link.recv(100), b"", line[:20])
                    except (BrokenPipeError, ConnectionResetError):
                        pass
            send(desk, "one@example.net")
            with socket.socket(socket.AF_UNIX) as link:
                link.connect(door)
                link.sendall(b"take 0000000000000000-00\n")
                tap.equal(link.recv(100), b"kept \n")
            tap.equal(desk.recipients(), ["one@example.net"])
            screen.signal(signal.SIGKILL)
            screen.until_end()
        assert os.path.exists(door), "nobody has cleaned up after a kill"
        tap.equal(desk.bag.try_run("send", "--queue", "two@example.net", input=b"x").code, 0)
        with desk.bag.screen("--offline") as screen:
            screen.until("home")
            tap.equal(desk.bag.try_run("send", "three@example.net", input=b"x").code, 0)
            tap.equal(desk.recipients(), ["one@example.net", "three@example.net", "two@example.net"])


def test_no_such_account():
    """A letter whose account is gone stays in the spool, and that is said"""
    with Desk() as desk:
        send(desk, "one@example.net")
        envelope, = glob.glob(desk.data + "/store.db.spool/*.envelope")
        with open(envelope) as file:
            text = file.read()
        with open(envelope, "w") as file:
            file.write(re.sub("account=home", "account=gone", text))
        result = desk.bag.try_run(*TAKE)
        assert "gone" in result.err, result
        tap.equal((desk.journal(), len(desk.lying())), ([], 2))


tap.main()
