"""No secret in any log, store, command line or core, and nothing of the person's readable by others, whatever the umask."""

import base64
import os
import re
import stat
import subprocess

from support import process, tap
from support.bag import Bag
from support.scripted_server import Bare, ScriptedServer
from support.servers.dovecot import Dovecot

PASSWORD = "zw0lf-B0xk4empfer"


def shapes(secret, user="test"):
    """The ways in which a secret may stand somewhere."""
    raw = secret.encode()
    return [raw, base64.b64encode(raw), base64.b64encode(b"\0" + user.encode() + b"\0" + raw), raw.hex().encode(), raw.hex().upper().encode(),
            "".join("%%%02X" % byte for byte in raw).encode(), raw.decode().encode("utf-16-le"), raw[::-1]]


def look_for(secret, folder, but=()):
    """Every file below the folder, the store, its log and its journal among them."""
    looked = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if path in but or not stat.S_ISREG(os.lstat(path).st_mode):
                continue
            with open(path, "rb") as file:
                data = file.read()
            looked.append(os.path.relpath(path, folder))
            for shape in shapes(secret):
                assert shape not in data, "%s is in %s" % (shape, path)
    return looked


def look_at_processes(pid, secret):
    """The command lines and environments of the program and of all that it started. Gives how many were looked at."""
    looked = 0
    for one in process.descendants(pid):
        for name in ("cmdline", "environ"):
            try:
                with open("/proc/%d/%s" % (one, name), "rb") as file:
                    data = file.read()
            except OSError:
                continue        # protected from us too, which is well
            looked += 1
            for shape in shapes(secret):
                assert shape not in data, (one, name, shape)
    return looked


def public(folder, but=()):
    """What others could read or enter."""
    found = []
    for place, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(place, name)
            mode = os.lstat(path).st_mode
            if path not in but and not stat.S_ISLNK(mode) and mode & 0o077:
                found.append((os.path.relpath(path, folder), oct(mode)))
    return found


def a_day(bag, secret):
    """Every command that talks to a server or writes a file, with the most talkative log, and the screen with all that it can show."""
    said = ""
    for arguments in (("--wire-log", bag.home + "/wire", "sync"), ("doctor",), ("doctor", "--json"), ("do", "change-mailbox INBOX", "tag-pattern ~A", "set-flag flagged"),
                      ("journal",), ("journal", "--json"), ("search", "~A")):
        started = bag.start(*arguments, umask=0)
        out, err = started.communicate()
        said += out.decode() + err.decode()
    with bag.screen("--wire-log", bag.home + "/wire") as screen:
        screen.until("letter")
        assert look_at_processes(screen.pid, secret) > 0
        for line in ("wire", "logs", "journal", "set log-level debug", "check"):
            screen.keys(":")
            screen.type(line)
            screen.keys("Enter")
            screen.settle()
        said += bytes(screen.written).decode(errors="replace")
    for shape in shapes(secret):
        assert shape.decode("latin-1") not in said, "%s was printed" % shape


def letters_in(server):
    for number in range(3):
        server.client().append("INBOX", None, None, b"Subject: letter %d\r\nFrom: a@example.org\r\n\r\nx\r\n" % number)


def test_password():
    """each mechanism, over TLS, STARTTLS and in the clear, from the file and from a command: the password is in no file, no process and no output"""
    with Dovecot(password=PASSWORD) as server:
        letters_in(server)
        for security, how in (("imaps", "password"), ("imap", "command"), ("imap+insecure", "password")):
            with Bag(server, security=security, password=how, options="log-level = debug\n") as bag:
                a_day(bag, PASSWORD)
                looked = look_for(PASSWORD, bag.home, but=(bag.accounts_file,))
                for expected in ("store.db", "log", "wire"):
                    assert any(os.path.basename(one) == expected for one in looked), (expected, looked)


def test_password_in_a_refusal():
    """a server that says the password back when it refuses it: shown at most, and kept nowhere"""
    class Echo(Bare):
        def on_login(self, link, tag, arguments):
            link.send("%s NO [AUTHENTICATIONFAILED] you said LOGIN %s, and %s is wrong" % (tag, arguments, PASSWORD))
    with ScriptedServer(Echo()) as server:
        server.user, server.password = "test", PASSWORD
        with Bag(server, options="log-level = debug\n") as bag:
            bag.try_run("sync")
            bag.try_run("doctor")
            look_for(PASSWORD, bag.home, but=(bag.accounts_file,))


def test_permissions():
    """with a umask of 0 nothing that Malle makes is for anybody else: directories 0700, files 0600"""
    with Dovecot(password=PASSWORD) as server:
        letters_in(server)
        with Bag(server, options="log-level = debug\n") as bag:
            before = os.umask(0)
            try:
                for place in (".local", ".cache"):      # the person's own, made by others: not ours to change
                    os.makedirs(os.path.join(bag.home, place), mode=0o755)
                for place in (".local/share", ".local/state"):
                    os.makedirs(os.path.join(bag.home, place), mode=0o755)
                a_day(bag, PASSWORD)
            finally:
                os.umask(before)
            theirs = [os.path.join(bag.home, place) for place in (".config", ".config/malle", ".config/malle/config", ".local", ".cache", ".local/share", ".local/state")]
            tap.equal(public(bag.home, theirs), [])
            made = [name for _, _, names in os.walk(os.path.join(bag.home, ".local")) for name in names]
            assert "store.db" in made and "log" in made, made


def limits(pid):
    with open("/proc/%d/limits" % pid) as file:
        return re.search(r"Max core file size\s+(\S+)\s+(\S+)", file.read()).groups()


# A person, even when the test is root's: nobody's rights over others' processes.
PERSON = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.getuid() == 0 else []


def look_into(pid):
    """Whether another program of the same person can read the memory of the process."""
    return subprocess.run(PERSON + ["head", "-c1", "/proc/%d/environ" % pid], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def test_no_core():
    """no core file can be written, and no other program of the same person can read the memory; unless MALLE_DUMPABLE says so"""
    for asked in (False, True):
        with ScriptedServer(lambda link: link.hang()) as server:
            server.user, server.password = "test", PASSWORD
            with Bag(server) as bag:
                environment = dict(bag.environment(), **({"MALLE_DUMPABLE": "1"} if asked else {}))
                started = process.start(PERSON + [tap.program(), "sync"], env=environment, cwd=bag.home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                server.until(1)
                seen = look_into(started.pid)
                if not asked:
                    tap.equal(limits(started.pid), ("0", "0"))
                process.stop(started)
                tap.equal(seen, asked, "its memory can be read")


if __name__ == "__main__":
    tap.main()
