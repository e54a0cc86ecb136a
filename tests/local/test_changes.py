"""Flags, moves, copies and removal in Maildirs: killed at every step and done again, refused by the disk, and beside a program that renames."""

import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import tap  # noqa: E402
from local import Failed, Killed, Maildir, count_steps, driver, striker  # noqa: E402


def test_flags():
    """set operations on flags and keywords; letters that nobody explains stay; a message in new/ goes to cur/"""
    with Maildir() as maildir:
        maildir.put("1.a", "Rz")
        maildir.put("2.b", folder="new")
        driver("flag", "--flags", "SF", "--unflags", "R", "--keywords", "work", maildir.path, "1.a")
        tap.equal(maildir.flags()["1.a"], ("cur", "FSaz"))
        driver("flag", "--unflags", "F", "--unkeywords", "work", maildir.path, "1.a")
        tap.equal(maildir.flags()["1.a"], ("cur", "Sz"))
        driver("flag", "--unflags", "S", maildir.path, "2.b")
        tap.equal(maildir.flags()["2.b"], ("new", ""))      # nothing to change
        driver("flag", "--flags", "J", maildir.path, "2.b")
        tap.equal(maildir.flags()["2.b"], ("cur", "b"))
        try:
            driver("flag", "--flags", "S", maildir.path, "3.c")
            raise AssertionError("flagged what is not there")
        except Failed as failure:
            tap.equal(failure.code, "changed")


def test_keywords_end():
    """the 27th keyword is refused in words, and nothing is changed"""
    with Maildir() as maildir:
        maildir.put("1.a")
        driver("flag", "--keywords", " ".join("w%d" % n for n in range(26)), maildir.path, "1.a")
        tap.equal(maildir.flags()["1.a"], ("cur", "abcdefghijklmnopqrstuvwxyz"))
        try:
            driver("flag", "--keywords", "w99", "--unkeywords", "w1", maildir.path, "1.a")
            raise AssertionError("a 27th letter")
        except Failed as failure:
            tap.equal(failure.code, "refused")
            assert "26 keywords" in failure.words, failure.words
        tap.equal(maildir.flags()["1.a"], ("cur", "abcdefghijklmnopqrstuvwxyz"))


def test_moved():
    """a move keeps the key, the flags and what the keywords mean; unseen stays in new/; a key that is taken there is never replaced"""
    with Maildir() as source, Maildir() as target:
        driver("flag", "--keywords", "work", source.path)
        source.put("1.a", "")
        target.put("9.z", "")
        driver("flag", "--keywords", "work", source.path, "1.a")
        driver("flag", "--keywords", "other", target.path, "9.z")
        source.put("2.b", folder="new")
        source.put("3.c", "S", b"mine\n")
        target.put("3.c", "F", b"theirs\n")
        source.put("4.d", "S", b"mine too\n")
        target.put("4.d", "S", b"theirs too\n")
        tap.equal(driver("move", source.path, target.path, "1.a", "2.b", "3.c", "4.d"), ["1.a", "2.b", "3.c.2", "4.d.2"])
        tap.equal(target.flags(), {"1.a": ("cur", "b"), "2.b": ("new", ""), "3.c": ("cur", "F"), "3.c.2": ("cur", "S"), "4.d": ("cur", "S"),
                                   "4.d.2": ("cur", "S"), "9.z": ("cur", "a")})
        tap.equal(source.flags(), {})
        assert b"theirs\n" in target.messages() and b"mine\n" in target.messages() and b"theirs too\n" in target.messages()


def test_copied_and_removed():
    """a copy has its own name and flags; what is no longer \\Deleted is not expunged"""
    with Maildir() as source, Maildir() as target:
        source.put("1.a", "FT")
        tap.equal(driver("copy", source.path, target.path, "1.a"), ["1.a.2"])
        tap.equal(driver("copy", source.path, target.path, "1.a"), ["1.a.2"])       # done before
        tap.equal(target.flags(), {"1.a.2": ("cur", "FT")})
        driver("flag", "--unflags", "T", target.path, "1.a.2")
        driver("remove-deleted", target.path, "1.a.2")
        tap.equal(target.flags(), {"1.a.2": ("cur", "F")})
        driver("remove-deleted", source.path, "1.a")
        tap.equal(source.flags(), {})
        driver("remove", target.path, "1.a.2")
        tap.equal(target.flags(), {})


WORK = {
    "flag": ("flag", "--flags", "S", "--keywords", "work"),
    "move": ("move",),
    "copy": ("copy",),
    "remove": ("remove",),
}


def lay_out(source, target):
    for maildir in (source, target):
        maildir.fresh()
    for number in range(3):
        source.put("%d.a" % number, "F", b"Subject: %d\n\n" % number)


def work(what, source, target):
    return WORK[what] + ((source.path, target.path) if what in ("move", "copy") else (source.path,)) + ("0.a", "1.a", "2.a")


def state(source, target):
    return (source.flags(), source.messages(), target.flags(), target.messages())


def finish(what, source, target):
    """What was cut off is done again; a message that is gone is where it should go, for those that go."""
    for key in ("0.a", "1.a", "2.a"):
        try:
            driver(*work(what, source, target)[:-3], key)
        except Failed as failure:
            tap.equal((failure.code, what), ("changed", "remove"))


def test_each_step_killed():
    """killed at every renaming and synchronisation, and done again: the end is the same, nothing is twice"""
    with Maildir() as source, Maildir() as target:
        places = source.path + ":" + target.path
        for what in WORK:
            lay_out(source, target)
            steps = count_steps(places, *work(what, source, target))
            expected = state(source, target)
            for step in range(1, steps + 1):
                lay_out(source, target)
                try:
                    driver(*work(what, source, target), environment=striker(places, STRIKE_AT=step))
                    raise AssertionError("%s: step %d of %d was not reached" % (what, step, steps))
                except Killed:
                    pass
                lock = os.path.join(source.path, "dovecot-keywords.lock")
                if os.path.exists(lock):
                    os.unlink(lock)
                finish(what, source, target)
                tap.equal(state(source, target), expected, "%s, step %d" % (what, step))
            tap.note("%s: %d steps" % (what, steps))
            assert steps >= 5, steps


def test_each_step_failing():
    """every renaming and synchronisation refused: said so, each message is in one place, and later it is done"""
    with Maildir() as source, Maildir() as target:
        places = source.path + ":" + target.path
        for what in WORK:
            lay_out(source, target)
            steps = count_steps(places, *work(what, source, target))
            expected = state(source, target)
            for step in range(1, steps + 1):
                lay_out(source, target)
                try:
                    driver(*work(what, source, target), environment=striker(places, STRIKE_AT=step, STRIKE_ERRNO=28))
                    raise AssertionError("%s: step %d was refused and nothing said" % (what, step))
                except Failed as failure:
                    tap.equal(failure.code, "full", "%s, step %d" % (what, step))
                finish(what, source, target)
                tap.equal(state(source, target), expected, "%s, step %d" % (what, step))


def rename_for_ever(maildir, stop):
    """Another program that answers and un-answers every message, as fast as it can."""
    while not stop.is_set():
        for name in maildir.files("cur"):
            base, _, letters = name.partition(":2,")
            other = letters.replace("R", "") if "R" in letters else "".join(sorted(letters + "R"))
            try:
                os.rename(os.path.join(maildir.path, "cur", name), os.path.join(maildir.path, "cur", base + ":2," + other))
            except FileNotFoundError:
                pass        # lost the race


def beside_another(function):
    with Maildir() as source, Maildir() as target:
        for number in range(60):
            source.put("%d.a" % number, "", b"Subject: %d\n\n" % number)
        stop = threading.Event()
        other = threading.Thread(target=rename_for_ever, args=(source, stop))
        other.start()
        try:
            function(source, target, ["%d.a" % number for number in range(60)])
        finally:
            stop.set()
            other.join()
        return {base: letters.replace("R", "") for base, (_, letters) in source.flags().items()}, \
            {base: letters.replace("R", "") for base, (_, letters) in target.flags().items()}


def until_done(*arguments):
    while True:
        try:
            return driver(*arguments)
        except Failed as failure:
            tap.equal(failure.code, "busy")     # twenty lost races in a row


def test_beside_another_program():
    """another program renames every message all the time: flags, moves and copies reach each message once"""
    names = ["%d.a" % number for number in range(60)]
    source, target = beside_another(lambda a, b, keys: [until_done("flag", "--flags", "S", a.path, key) for key in keys])
    tap.equal(source, {name: "S" for name in names})
    source, target = beside_another(lambda a, b, keys: [until_done("move", a.path, b.path, key) for key in keys])
    tap.equal((source, target), ({}, {name: "" for name in names}))
    source, target = beside_another(lambda a, b, keys: [until_done("copy", a.path, b.path, key) for key in keys])
    tap.equal((source, target), ({name: "" for name in names}, {name + ".2": "" for name in names}))


if __name__ == "__main__":
    tap.main()
