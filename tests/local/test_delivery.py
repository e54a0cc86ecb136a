"""Delivery into a Maildir: whole and on the disk, or not there, whatever happens between; read by another implementation."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import netns, tap  # noqa: E402
from local import Failed, Killed, Maildir, count_steps, driver, striker  # noqa: E402

MESSAGE = b"From: a@example.org\r\nSubject: one\r\n\r\nText,\r\n.two lines\r\n"
LONG = MESSAGE + b"x" * 70000 + b"\r\n" + b"y\r\n" * 70000


def path_of(maildir, name):
    folder, letters = maildir.flags()[name]
    return os.path.join(maildir.path, folder, name + (":2," + letters if folder == "cur" else ""))


def test_placed():
    """new mail goes to new/, what has flags and keywords to cur/ with Maildir's letters; the date is the file's; tmp/ is empty"""
    with Maildir() as maildir:
        first = driver("deliver", "--new", "--date", 1700000000, maildir.path, message=MESSAGE)[0]
        second = driver("deliver", "--new", "--flags", "SFRTDPJ", "--keywords", "work family", maildir.path, message=MESSAGE)[0]
        third = driver("deliver", maildir.path, message=MESSAGE)[0]
        flags = maildir.flags()
        tap.equal(flags[first], ("new", ""))
        tap.equal(flags[second], ("cur", "DFPRSTabc"))
        tap.equal(flags[third], ("cur", ""))
        tap.equal(int(os.stat(path_of(maildir, first)).st_mtime), 1700000000)
        tap.equal(maildir.files("tmp"), [])
        with open(os.path.join(maildir.path, "dovecot-keywords")) as file:
            tap.equal(sorted(line.split()[1] for line in file), ["$Junk", "family", "work"])


def test_octets():
    """octets and digest are of what came, wherever it is cut; stored with LF unless that would lose something, and proved against the file"""
    awkward = {
        "usual": MESSAGE, "long": LONG, "empty": b"", "CR at the end": MESSAGE + b"a\r", "CR CR LF": MESSAGE + b"a\r\r\n\r\r\r\nb\r\n",
        "CR alone": MESSAGE + b"a\rb\r\n", "LF alone, late": LONG + b"a\nb\r\nc\r\n", "LF first": b"\nSubject: x\r\n\r\ny\r\n",
        "no end": MESSAGE + b"no newline", "NUL": MESSAGE + b"\0\0\r\n", "LF behind a held CR": b"a\r\rb\nc\r\n",
    }
    with Maildir() as maildir:
        for words, message in awkward.items():
            for piece in (1, 3, 65536) if len(message) < 1000 else (4099, 65536):
                name, octets, digest = driver("deliver", "--unix", "--piece", piece, maildir.path, message=message)
                tap.equal((int(octets), digest), (len(message), hashlib.sha256(message).hexdigest()), words)
                path = path_of(maildir, name)
                with open(path, "rb") as file:
                    stored = file.read()
                lossless = b"\n" not in message.replace(b"\r\n", b"")
                tap.equal(stored, message.replace(b"\r\n", b"\n") if lossless else message, words)
                driver("verify", path, octets, digest)
                if not stored:
                    continue
                with open(path, "r+b") as file:     # one bit
                    file.seek(len(stored) // 2)
                    file.write(bytes([stored[len(stored) // 2] ^ 1]))
                for change in (None, lambda: os.truncate(path, len(stored) - 1), lambda: open(path, "ab").write(b"x\n")):
                    if change:
                        change()
                    try:
                        driver("verify", path, octets, digest)
                        raise AssertionError("a changed file was believed: " + words)
                    except Failed as failure:
                        tap.equal(failure.code, "changed")
        given = driver("deliver", maildir.path, message=MESSAGE)[0]
        with open(path_of(maildir, given), "rb") as file:
            tap.equal(file.read(), MESSAGE)


def test_names():
    """no file is replaced, and no name leads out of the Maildir; a message is found by its name whatever its flags are by then"""
    with Maildir() as maildir:
        tap.equal(driver("deliver", "--name", "1.M2P3.host", "--new", maildir.path, message=MESSAGE)[0], "1.M2P3.host")
        tap.equal(driver("find", maildir.path, "1.M2P3.host"), [os.path.join(maildir.path, "new", "1.M2P3.host")])
        tap.equal(driver("find", maildir.path, "1.M2P3.hos"), ["none"])
        for name, code in (("1.M2P3.host", "exists"), ("../x", "refused"), ("a/b", "refused"), (".x", "refused"), ("a:2,S", "refused"),
                           ("a b", "refused"), ("x" * 201, "refused"), ("\x1b[2J", "refused"), ("", "refused")):
            try:
                driver("deliver", "--name", name, "--new", maildir.path, message=b"another")
                raise AssertionError("delivered as %r" % name)
            except Failed as failure:
                tap.equal(failure.code, code, repr(name))
        os.rename(os.path.join(maildir.path, "new", "1.M2P3.host"), os.path.join(maildir.path, "cur", "1.M2P3.host:2,RS"))
        tap.equal(driver("find", maildir.path, "1.M2P3.host"), [os.path.join(maildir.path, "cur", "1.M2P3.host:2,RS")])
        tap.equal(maildir.messages(), [MESSAGE])
        tap.equal(maildir.files("tmp"), [])


def test_each_step_killed():
    """killed at every write, synchronisation and renaming: the message is there whole or not at all, and comes by the same name once"""
    arguments = ("deliver", "--unix", "--name", "1.M2P3.host", "--flags", "S", "--keywords", "work")
    with Maildir() as maildir:
        steps = count_steps(maildir.path, *arguments, maildir.path, message=LONG)
        assert steps >= 8, steps
        arrived = 0
        for step in range(1, steps + 1):
            maildir.fresh()
            try:
                driver(*arguments, maildir.path, message=LONG, environment=striker(maildir.path, STRIKE_AT=step))
                raise AssertionError("step %d of %d was not reached" % (step, steps))
            except Killed:
                pass
            there = maildir.messages()
            assert there in ([], [LONG.replace(b"\r\n", b"\n")]), "step %d: half a message" % step
            arrived += bool(there)
            lock = os.path.join(maildir.path, "dovecot-keywords.lock")
            if os.path.exists(lock):
                os.unlink(lock)     # left behind, and taken for that after two minutes
            found = driver("find", maildir.path, "1.M2P3.host")
            tap.equal(found != ["none"], bool(there))
            if not there:
                driver(*arguments, maildir.path, message=LONG)
            tap.equal(maildir.flags(), {"1.M2P3.host": ("cur", "Sa")})
            # What is left over in tmp/ goes by its age, and not before.
            left, now = len(maildir.files("tmp")), int(os.stat(maildir.path).st_ctime)
            tap.equal(driver("clean", maildir.path, now + 35 * 3600), ["0"])
            tap.equal(driver("clean", maildir.path, now + 37 * 3600), [str(left)])
        tap.note("%d steps, arrived after %d" % (steps, arrived))
        assert 0 < arrived < steps


def test_each_step_failing():
    """every write, synchronisation and renaming refused by the disk (EIO, ENOSPC): FALSE means not there, the words say which, tmp/ is clean"""
    arguments = ("deliver", "--unix", "--flags", "S", "--keywords", "work")
    with Maildir() as maildir:
        steps = count_steps(maildir.path, *arguments, maildir.path, message=LONG)
        for number, code in ((5, "write"), (28, "full")):
            refused = 0
            for step in range(1, steps + 1):
                maildir.fresh()
                try:
                    driver(*arguments, maildir.path, message=LONG, environment=striker(maildir.path, STRIKE_AT=step, STRIKE_ERRNO=number))
                    tap.equal(len(maildir.messages()), 1)
                    # Only what is put away after the message has arrived may fail unsaid.
                    assert step > 1
                except Failed as failure:
                    tap.equal(failure.code, code)
                    tap.equal(maildir.messages(), [])
                    tap.equal(maildir.files("tmp"), [])
                    refused += 1
            tap.note("%d of %d steps refused" % (refused, steps))
            assert refused >= steps - 1, (refused, steps)


def full_disk():
    with Maildir() as maildir:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", maildir.path], check=True)
        try:
            for name in ("tmp", "new", "cur"):
                os.mkdir(os.path.join(maildir.path, name))
            small = driver("deliver", maildir.path, message=MESSAGE)[0]
            try:
                driver("deliver", maildir.path, message=LONG * 3)
                raise AssertionError("delivered on a full disk")
            except Failed as failure:
                tap.equal(failure.code, "full")
            tap.equal(list(maildir.flags()), [small])
            tap.equal(maildir.files("tmp"), [])
            subprocess.run(["mount", "-o", "remount,size=20m", maildir.path], check=True)
            driver("deliver", maildir.path, message=LONG * 3)
            tap.equal(len(maildir.messages()), 2)
        finally:
            subprocess.run(["umount", maildir.path], check=True)


def test_full_disk():
    """a disk without room: told as such, nothing half in the mailbox, and with room again it is delivered"""
    netns.apart(full_disk)


def deliver_until_free(maildir, one):
    """A lock that another one holds is for later, and nothing is there then."""
    while True:
        try:
            return driver("deliver", "--keywords", "word%d" % (one % 12), maildir.path, message=b"Subject: %d\n\n" % one)[0]
        except Failed as failure:
            tap.equal(failure.code, "busy")


def test_many_at_once():
    """eight deliver at the same time, with keywords that are new to the Maildir: nothing is lost, no letter means two things"""
    with Maildir() as maildir, ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda one: deliver_until_free(maildir, one), range(40)))
        tap.equal(maildir.messages(), sorted(b"Subject: %d\n\n" % one for one in range(40)))
        with open(os.path.join(maildir.path, "dovecot-keywords")) as file:
            meaning = {chr(ord("a") + int(number)): word for number, word in (line.split() for line in file)}
        tap.equal(len(set(meaning.values())), 12)
        flags = maildir.flags()
        tap.equal([meaning[flags[name][1]] for name in names], ["word%d" % (one % 12) for one in range(40)])
        tap.equal(maildir.files("tmp"), [])


if __name__ == "__main__":
    tap.main()
