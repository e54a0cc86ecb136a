"""mbox written: flags, removal, appending in place, under the locks of other programs; killed, refused and cut off at every step."""

import fcntl
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import tap  # noqa: E402
from local import Failed, Killed, Maildir, striker  # noqa: E402
from mbox import FROM, Mbox, letter  # noqa: E402


def three(mbox):
    mbox.fresh(letter("one", marks=b"Status: O\n"), letter("two", b">From there\nTue 1 2026\n"), letter("three", marks=b"X-Keywords: work\n"))
    return mbox.keys()


def test_marks():
    """Status, X-Status and X-Keywords are written, and all else stays as it was; keys stay too"""
    with Mbox() as mbox:
        keys = three(mbox)
        mbox.run("flag", "--flags", "SFR", "--keywords", "travel", mbox.path, keys[0], keys[2])
        tap.equal([(m[0], m[2], m[3]) for m in mbox.messages()], [("one", "AFOR", "travel"), ("two", "", ""), ("three", "AFOR", "travel work")])
        mbox.run("flag", "--unflags", "SR", "--unkeywords", "work travel", mbox.path, keys[0], keys[2])
        tap.equal([(m[0], m[2], m[3]) for m in mbox.messages()], [("one", "FO", ""), ("two", "", ""), ("three", "FO", "")])
        tap.equal((mbox.keys(), mbox.left()), (keys, []))
        mbox.run("flag", "--unflags", "F", mbox.path, keys[0], keys[2])
        # What no mark is in is octet by octet what it was.
        assert mbox.octets().endswith(FROM + letter("three") + b"\n"), mbox.octets()
        assert FROM + letter("two", b">From there\nTue 1 2026\n") in mbox.octets()


def test_marks_of_thunderbird():
    """X-Mozilla-Status is kept true, for Thunderbird reads no other"""
    with Mbox() as mbox:
        mbox.fresh(letter("one", marks=b"X-Mozilla-Status: 0201\nX-Mozilla-Keys: old          \n"))
        key, = mbox.keys()
        mbox.run("flag", "--flags", "FP", "--unflags", "S", "--unkeywords", "old", "--keywords", "new", mbox.path, key)
        assert b"X-Mozilla-Status: 1204\n" in mbox.octets() and b"X-Mozilla-Keys: new\n" in mbox.octets(), mbox.octets()
        tap.equal(mbox.keys(), [key])


def test_removed():
    """a letter goes with its From_ line; the others are as they were; only what is still marked, when that was asked"""
    with Mbox() as mbox:
        keys = three(mbox)
        mbox.run("remove", mbox.path, keys[1])
        tap.equal((mbox.subjects(), mbox.keys()), (["one", "three"], [keys[0], keys[2]]))
        mbox.run("flag", "--flags", "T", mbox.path, keys[0])
        mbox.run("remove-deleted", mbox.path, *mbox.keys())
        tap.equal(mbox.subjects(), ["three"])
        mbox.run("remove", mbox.path, keys[2])
        tap.equal((mbox.octets(), mbox.left()), (b"", []))


def test_appended():
    """into and out of an mbox: octets, lines that look like separators, flags, keywords and dates survive the way there and back"""
    body = b"From here\n>From there\n>>From everywhere Tue Mar  3 14:32:10 2026\n\nFrom a@b Tue Mar  3 14:32:10 2026\nno end"
    with Mbox() as mbox, Maildir() as maildir:
        mbox.write(FROM + letter("old", b"no empty line at the end"))
        maildir.put("1.a", "RS", letter("new", body))
        os.utime(os.path.join(maildir.path, "cur", "1.a:2,RS"), (1700000000, 1700000000))
        mbox.run("flag", "--keywords", "work", maildir.path, "1.a")
        mbox.run("move", maildir.path, mbox.path, "1.a")
        tap.equal([(m[0], m[2], m[3]) for m in mbox.messages()], [("old", "", ""), ("new", "AOR", "work")])
        assert b"\n>From here\n>>From there\n>>>From everywhere" in mbox.octets() and b"Tue Nov 14 22:13:20 2023\n" in mbox.octets(), mbox.octets()
        tap.equal(maildir.messages(), [])
        new = mbox.keys()[1]
        mbox.run("move", mbox.path, maildir.path, new)
        (name, (folder, letters)), = maildir.flags().items()
        tap.equal((folder, letters, mbox.subjects()), ("cur", "RSa", ["old"]))
        path = os.path.join(maildir.path, folder, name + ":2," + letters)
        with open(path, "rb") as file:
            octets = file.read()
        tap.equal(octets.split(b"\n\n", 1)[1], body + b"\n")
        tap.equal(int(os.stat(path).st_mtime), 1700000000)


def test_twice():
    """what was appended under a name is found by it, and is not appended again"""
    with Mbox() as mbox, Maildir() as maildir:
        maildir.put("1.a", "S", letter("a"))
        first = mbox.run("copy", maildir.path, mbox.path, "1.a")
        second = mbox.run("copy", maildir.path, mbox.path, "1.a")
        tap.equal((mbox.subjects(), first, second), (["a"], mbox.keys(), mbox.keys()))


# --- locks

def refused_as_busy(mbox, key):
    try:
        mbox.run("flag", "--flags", "S", mbox.path, key)
        raise AssertionError("written into a file that is locked")
    except Failed as failure:
        tap.equal(failure.code, "busy")


def test_locks():
    """a file that another program has locked, by fcntl() or FILE.lock, is not touched; a lock of a dead program is taken away"""
    with Mbox() as mbox:
        key = three(mbox)[0]
        before = mbox.octets()      # not while it is locked: closing the file would drop the lock of this process
        with open(mbox.path, "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            refused_as_busy(mbox, key)
            assert not os.path.exists(mbox.path + ".lock")
        with open(mbox.path + ".lock", "w") as file:
            file.write("%d:%s" % (os.getpid(), os.uname().nodename))
        refused_as_busy(mbox, key)
        tap.equal(mbox.octets(), before)
        dead = subprocess.Popen(["true"])
        dead.wait()
        with open(mbox.path + ".lock", "w") as file:
            file.write("%d:%s" % (dead.pid, os.uname().nodename))
        mbox.run("flag", "--flags", "S", mbox.path, key)
        tap.equal((mbox.messages()[0][2], mbox.left()), ("OR", []))


def test_held():
    """while it is changed, both locks are held: another program sees them at each write"""
    with Mbox() as mbox:
        key = three(mbox)[0]
        try:
            mbox.run("flag", "--flags", "S", mbox.path, key, environment=striker(mbox.path, STRIKE_AT=1))
        except Killed:
            pass
        # What is killed leaves its FILE.lock behind with its number in it; fcntl()'s lock has gone with it.
        with open(mbox.path + ".lock") as file:
            assert file.read().endswith(":" + os.uname().nodename)


def test_beside_a_writer():
    """a program that appends under fcntl()'s lock all the while: each of its letters is there once, and each flag of ours is set"""
    append = ("import fcntl,sys\n"
              "for n in range(150):\n"
              "    with open(sys.argv[1], 'ab') as f:\n"
              "        fcntl.lockf(f, fcntl.LOCK_EX)\n"
              "        f.seek(0, 2)\n"
              "        f.write(b'From o@e Tue Mar  3 14:32:10 2026\\nSubject: other %d\\n\\n' % n + b'x' * 3000 + b'\\n\\n')\n")
    with Mbox() as mbox:
        mbox.fresh(*[letter("mine %d" % number) for number in range(30)])
        keys = mbox.keys()
        other = subprocess.Popen([sys.executable, "-c", append, mbox.path])
        for key in keys:
            while True:
                try:
                    mbox.run("flag", "--flags", "S", mbox.path, key)
                    break
                except Failed as failure:
                    tap.equal(failure.code, "busy")
        tap.equal(other.wait(), 0)
        found = [(m[0], m[2]) for m in mbox.messages()]
        tap.equal(sorted(found), sorted([("mine %d" % n, "OR") for n in range(30)] + [("other %d" % n, "") for n in range(150)]))


# --- killed

WORK = {
    "flag": ("flag", "--flags", "SF", "--keywords", "new"),
    "remove": ("remove",),
    "append": ("copy",),
}


def lay_out(what, mbox, maildir):
    keys = three(mbox)
    maildir.fresh()
    maildir.put("1.a", "S", letter("big", b"line\n" * 40000))
    os.utime(os.path.join(maildir.path, "cur", "1.a:2,S"), (1700000000, 1700000000))
    if what == "append":
        return WORK[what] + (maildir.path, mbox.path, "1.a")
    return WORK[what] + (mbox.path, keys[0], keys[1])


def again(what, mbox, arguments):
    """Done once more; a letter that is gone has been removed."""
    try:
        mbox.run(*arguments)
    except Failed as failure:
        tap.equal((failure.code, what), ("changed", "remove"))


def notes(mbox):
    """A FILE.lock of a dead process may be left, which the next who writes takes away (test_locks)."""
    return [name for name in mbox.left() if not name.endswith(".lock")]


def test_each_step_killed():
    """killed at every write, and done again: no letter is lost, doubled or half"""
    with Mbox() as mbox, Maildir() as maildir:
        for what in WORK:
            arguments = lay_out(what, mbox, maildir)
            with tempfile.NamedTemporaryFile() as count:
                mbox.run(*arguments, environment=striker(mbox.place.name, STRIKE_COUNT=count.name))
                steps = int(count.read())
            expected = mbox.octets()
            for step in range(1, steps + 1):
                arguments = lay_out(what, mbox, maildir)
                try:
                    mbox.run(*arguments, environment=striker(mbox.place.name, STRIKE_AT=step))
                    raise AssertionError("%s: step %d of %d was not reached" % (what, step, steps))
                except Killed:
                    pass
                # A reader finishes it: what it lists is the old or the new, never a mixture.
                seen = len(mbox.keys())
                assert seen in ({3} if what == "flag" else {3, 1} if what == "remove" else {3, 4}), (what, step, seen)
                again(what, mbox, arguments)
                tap.equal(mbox.octets(), expected, "%s, step %d" % (what, step))
                tap.equal(notes(mbox), [], "%s, step %d" % (what, step))
            tap.note("%s: %d steps" % (what, steps))
            assert steps >= 5, steps


def test_each_step_failing():
    """a full disk at every write: said so; when there is room it is done, and nothing is doubled"""
    with Mbox() as mbox, Maildir() as maildir:
        for what in WORK:
            arguments = lay_out(what, mbox, maildir)
            with tempfile.NamedTemporaryFile() as count:
                mbox.run(*arguments, environment=striker(mbox.place.name, STRIKE_COUNT=count.name))
                steps = int(count.read())
            expected = mbox.octets()
            refused = 0
            for step in range(1, steps + 1):
                arguments = lay_out(what, mbox, maildir)
                try:
                    mbox.run(*arguments, environment=striker(mbox.place.name, STRIKE_AT=step, STRIKE_ERRNO=28))
                except Failed as failure:
                    refused += 1
                    tap.equal(failure.code, "full", "%s, step %d" % (what, step))
                again(what, mbox, arguments)
                tap.equal((mbox.octets(), notes(mbox)), (expected, []), "%s, step %d" % (what, step))
            assert refused >= 3, refused


def cut_off_halfway(what, mbox, maildir, octets):
    """The file as a cut of power leaves it: changed up to there, with the note of what it is to be."""
    arguments = lay_out(what, mbox, maildir)
    before = mbox.octets()
    mbox.run(*arguments)
    after = mbox.octets()
    arguments = lay_out(what, mbox, maildir)
    try:        # killed in place of the first write into the mbox itself
        mbox.run(*arguments, environment=striker(mbox.path, STRIKE_AT=1))
        raise AssertionError("not killed")
    except Killed:
        pass
    tap.equal((mbox.octets(), len(notes(mbox))), (before, 1))
    at = next((i for i, (a, b) in enumerate(zip(before, after)) if a != b), min(len(before), len(after)))
    mixture = after[:at + octets]
    mbox.write(mixture + before[len(mixture):])
    return before, after, arguments


def test_cut_off_halfway():
    """half of the octets are new and half old: the next who looks finishes it; what another program appended meanwhile stays"""
    more = FROM + letter("from another program") + b"\n"
    with Mbox() as mbox, Maildir() as maildir:
        for what in WORK:
            for octets in (1, 7, 60, 150):
                for others in (b"", more):
                    _, after, arguments = cut_off_halfway(what, mbox, maildir, octets)
                    mbox.write(mbox.octets() + others)
                    mbox.keys()
                    again(what, mbox, arguments)
                    tap.equal(sorted(mbox.octets().split(b"From ")), sorted((after + others).split(b"From ")), "%s, %d octets" % (what, octets))
                    tap.equal(notes(mbox), [])


def test_replaced_meanwhile():
    """the file was written anew by another program after a change was cut off: that one counts, nothing of ours is put into it"""
    with Mbox() as mbox, Maildir() as maildir:
        cut_off_halfway("flag", mbox, maildir, 20)
        os.unlink(mbox.path + ".lock")
        mbox.write(FROM + letter("other") + b"\n")
        mbox.keys()
        tap.equal((mbox.octets(), notes(mbox)), (FROM + letter("other") + b"\n", []))


if __name__ == "__main__":
    tap.main()
