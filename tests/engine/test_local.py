"""Mail in Maildirs on this machine: decisions go through the journal into the files, and what other programs change comes into the store."""

import contextlib
import os
import random
import shutil
import subprocess
import time
import types

from support import tap
from support.local_bag import LocalBag


def test_decisions():
    """flags, keywords, moves, copies, deletion, archiving and expunging are done on the files, with Maildir's letters"""
    with LocalBag() as bag:
        for name in ("1.a", "2.b", "3.c", "4.d", "5.e", "6.f"):
            bag.put(name)
        bag.put("7.g", folder="new")
        bag.run("sync")
        bag.do("change-mailbox INBOX", "tag-pattern ~s1.a", "set-flag flagged", "set-flag family")
        bag.do("change-mailbox INBOX", "tag-pattern ~s2.b", "move-message Archive")
        bag.do("change-mailbox INBOX", "tag-pattern ~s3.c", "copy-message Archive")
        bag.do("change-mailbox INBOX", "tag-pattern ~s4.d", "delete-message")
        bag.do("change-mailbox INBOX", "tag-pattern ~s5.e", "archive-message")
        bag.do("change-mailbox INBOX", "tag-pattern ~s6.f", "set-flag deleted", "expunge")
        bag.do("change-mailbox INBOX", "tag-pattern ~s7.g", "set-flag read")
        tap.equal(bag.files(), {"1.a": "Fa", "3.c": "", "7.g": "S"})
        tap.equal(bag.subjects(".Archive"), {"2.b": "", "3.c": "", "5.e": ""})
        tap.equal(bag.files(".Trash"), {"4.d": ""})
        with open(os.path.join(bag.mail, "dovecot-keywords")) as file:
            tap.equal(file.read(), "0 family\n")
        tap.equal([row for row in bag.json("journal", "--json") if row["state"] != "done"], [])
        tap.equal(bag.query("SELECT count(*) FROM message WHERE shown_mailbox IS NOT NULL AND uid IS NULL"), [(0,)])


def state(bag):
    return bag.files(), bag.files(".Archive"), bag.files(".Trash")


def test_undo():
    """each decision can be taken back after it was done, and the files are as they were"""
    with LocalBag() as bag:
        for name in ("1.a", "2.b"):
            bag.put(name, "R")
        bag.run("sync")
        before = state(bag)
        with bag.screen() as screen:
            screen.until("2.b")
            for what in ("set-flag flagged", "set-flag work", "move-message Archive", "copy-message Archive", "delete-message", "archive-message"):
                screen.type(":tag-pattern ~A\r")
                screen.until("2 tagged")
                screen.type(":%s\r" % what)
                screen.until(lambda _: state(bag) != before)
                screen.until(lambda _: bag.query("SELECT count(*) FROM intent WHERE state IN (0, 1)") == [(0,)])
                screen.type(":undo\r")
                screen.until(lambda _: state(bag) == before)
                screen.until(lambda _: bag.query("SELECT count(*) FROM intent WHERE state IN (0, 1)") == [(0,)])
                screen.type(":untag-pattern ~A\r")
            screen.type(":quit\r")
            screen.until_end()
        tap.equal(state(bag), before)


def test_mailboxes():
    """mailboxes are made, renamed with those below them, and deleted, in the spelling that servers use; no name leads outside"""
    with LocalBag() as bag:
        bag.put("1.a")
        bag.run("sync")
        bag.do("create-mailbox Lists", "create-mailbox Lists/malle-dev", "create-mailbox Envoyés")
        tap.equal(sorted(name for name in os.listdir(bag.mail) if name[0] == "."), [".Archive", ".Envoy&AOk-s", ".Lists", ".Lists.malle-dev", ".Trash"])
        bag.do("change-mailbox INBOX", "tag-pattern ~A", "move-message Lists/malle-dev")
        bag.do("change-mailbox Lists", "rename-mailbox Listes")
        tap.equal(bag.files(".Listes.malle-dev"), {"1.a": ""})
        assert not os.path.exists(os.path.join(bag.mail, ".Lists"))
        tap.equal(list(bag.shown("Listes/malle-dev")), ["1.a"])
        for name in ("../outside", "a/../../b", "a.b", "/abs", "x//y", "~root", "a/", "\x1b[2J"):
            before = sorted(os.listdir(bag.mail)), sorted(os.listdir(bag.home))
            result = bag.try_run("do", "create-mailbox " + name)
            assert result.code == 65, (name, result)
            tap.equal((sorted(os.listdir(bag.mail)), sorted(os.listdir(bag.home))), before, name)
        with open(os.path.join(bag.mail, ".Listes", "notes.txt"), "w") as file:
            file.write("mine\n")
        bag.do("change-mailbox Listes/malle-dev", "delete-mailbox Listes/malle-dev")
        assert not os.path.exists(os.path.join(bag.mail, ".Listes.malle-dev"))
        bag.do("delete-mailbox Listes")
        tap.equal(os.listdir(os.path.join(bag.mail, ".Listes")), ["notes.txt"])      # not a mailbox's: stays


def test_other_programs():
    """what another program delivers, marks, removes and moves is there after a look; a message keeps its row when its file is renamed"""
    with LocalBag() as bag:
        for number in range(30):
            bag.put("%02d.x" % number)
        bag.run("sync")
        rows = dict(bag.query("SELECT l.key, m.id FROM local_uid l JOIN message m ON m.mailbox_id = l.mailbox_id AND m.uid = l.uid"))
        tap.equal(len(rows), 30)
        os.rename(os.path.join(bag.mail, "cur", "00.x:2,"), os.path.join(bag.mail, "cur", "00.x:2,FS"))
        os.unlink(os.path.join(bag.mail, "cur", "01.x:2,"))
        os.rename(os.path.join(bag.mail, "cur", "02.x:2,"), os.path.join(bag.mail, ".Archive", "cur", "02.x:2,"))
        bag.put("99.x", folder="new")
        bag.run("sync")
        shown = bag.shown()
        tap.equal(sorted(shown), sorted(["%02d.x" % n for n in range(30) if n not in (1, 2)] + ["99.x"]))
        tap.equal(list(bag.shown("Archive")), ["02.x"])
        again = dict(bag.query("SELECT l.key, m.id FROM local_uid l JOIN message m ON m.mailbox_id = l.mailbox_id AND m.uid = l.uid"))
        tap.equal({key: again[key] for key in rows if key not in ("01.x", "02.x")},
                  {key: row for key, row in rows.items() if key not in ("01.x", "02.x")})
        tap.equal(bag.query("SELECT base_flags FROM message WHERE id = ?", rows["00.x"]), [(5,)])     # seen, flagged
        # Its UID is not given to another one.
        tap.equal(bag.query("SELECT count(*), count(DISTINCT uid) FROM local_uid l JOIN mailbox b ON b.id = l.mailbox_id WHERE b.name = 'INBOX'"),
                  [(29, 29)])
        tap.equal(bag.query("SELECT max(uid) FROM local_uid l JOIN mailbox b ON b.id = l.mailbox_id WHERE b.name = 'INBOX'"), [(31,)])


def test_index_made_anew():
    """without the store, the same mail is shown again from the files alone, with flags and keywords"""
    with LocalBag() as bag:
        for number in range(25):
            bag.put("%02d.x" % number, "FRS"[number % 4:] if number % 4 < 3 else "")
        bag.run("sync")
        bag.do("change-mailbox INBOX", "tag-pattern ~s3.x", "set-flag family", "move-message Archive")
        before = [bag.shown(mailbox) for mailbox in ("INBOX", "Archive")]
        shutil.rmtree(os.path.dirname(bag.store_path()))
        bag.run("sync")
        after = [bag.shown(mailbox) for mailbox in ("INBOX", "Archive")]
        for rows in before + after:
            for row in rows.values():
                row.pop("id", None)
                row.pop("uid", None)
        tap.equal(after, before)
        assert after[0] and after[1]


DECISIONS = ("change-mailbox INBOX", "tag-pattern ~s1.a", "set-flag flagged", "set-flag family", "untag-pattern ~A",
             "tag-pattern ~s2.b", "move-message Archive", "untag-pattern ~A", "tag-pattern ~s3.c", "copy-message Archive", "untag-pattern ~A",
             "tag-pattern ~s4.d", "delete-message", "untag-pattern ~A", "tag-pattern ~s5.e", "set-flag deleted", "expunge",
             "create-mailbox Lists", "create-mailbox Lists/one", "change-mailbox Lists", "rename-mailbox Listes", "delete-mailbox Gone")


def end_of(bag):
    """What is to be the same whatever was cut off."""
    mailboxes = sorted(name for name in os.listdir(bag.mail) if name.startswith(".") or name in ("cur", "new", "tmp"))
    shown = bag.query("SELECT b.shown_name, m.shown_flags, m.shown_keywords, m.pending, l.key IS NOT NULL FROM message m JOIN mailbox b ON "
                      "b.id = m.shown_mailbox LEFT JOIN local_uid l ON l.mailbox_id = m.mailbox_id AND l.uid = m.uid ORDER BY 1, 2, 3")
    return (bag.subjects(""), bag.subjects(".Archive"), bag.subjects(".Trash"), mailboxes, shown,
            bag.query("SELECT shown_name, shown_total FROM mailbox WHERE shown_gone = 0 ORDER BY 1"))


def lay_out(bag, kept):
    for name in ("Mail", ".local"):
        shutil.rmtree(os.path.join(bag.home, name), ignore_errors=True)
        if os.path.isdir(os.path.join(kept, name)):
            shutil.copytree(os.path.join(kept, name), os.path.join(bag.home, name))


def run_struck(bag, arguments, **strike):
    environment = bag.environment()
    environment.update(LD_PRELOAD=os.path.join(tap.build_dir(), "tests", "support", "strike.so"),
                       STRIKE_UNDER=bag.mail + ":" + os.path.join(bag.home, ".local"))
    environment.update({name: str(value) for name, value in strike.items()})
    environment.update(ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))
    done = subprocess.run([tap.program()] + list(arguments), env=environment, cwd=bag.home, capture_output=True)
    if done.returncode not in (0, -9):
        tap.note(done.stderr.decode())
    return done.returncode


def test_killed():
    """decided without files being touched, then killed at a step of carrying it out and started again: the end is that without the kill"""
    with LocalBag(("Archive", "Trash", "Gone", "Gone.below")) as bag:
        for name in ("1.a", "2.b", "3.c", "4.d", "5.e", "6.f"):
            bag.put(name)
        bag.put("9.z", mailbox=".Gone")
        bag.run("sync")
        # Nothing of it is carried out: the first writing into the Maildir finds no room, and it waits.
        run_struck(bag, ("do", "--offline") + DECISIONS, STRIKE_AT=1, STRIKE_ERRNO=28, STRIKE_UNDER=bag.mail)
        tap.equal(len(bag.json("journal", "--json")), 11)
        kept = bag.home + "-kept"
        for name in ("Mail", ".local"):
            shutil.copytree(os.path.join(bag.home, name), os.path.join(kept, name))
        tap.keep(contextlib.closing(types.SimpleNamespace(close=lambda: shutil.rmtree(kept))))
        count = os.path.join(bag.home, "count")
        code = run_struck(bag, ("sync",), STRIKE_COUNT=count)
        tap.equal(code, 0, bag.run("journal"))
        bag.run("sync")
        end = end_of(bag)
        tap.equal(sorted(end[0]), ["1.a", "3.c", "6.f"])
        with open(count) as file:
            steps = int(file.read())
        chosen = range(1, steps + 1) if tap.long_run() else sorted(random.Random(int(os.environ.get("MALLE_TEST_SEED", "1"))).sample(range(1, steps + 1), min(steps, 25)))
        for step in chosen:
            lay_out(bag, kept)
            tap.equal(run_struck(bag, ("sync",), STRIKE_AT=step), -9, "step %d" % step)
            for lock in ("dovecot-keywords.lock", ".Archive/dovecot-keywords.lock"):
                if os.path.exists(os.path.join(bag.mail, lock)):
                    os.unlink(os.path.join(bag.mail, lock))
            bag.run("sync")
            bag.run("sync")
            tap.equal(end_of(bag), end, "killed at step %d of %d" % (step, steps))
        tap.note("%d steps, %d of them tried" % (steps, len(chosen)))


def test_tmp_is_tidied():
    """what a killed delivery left in tmp/ goes when nothing has touched it for 36 hours, and not before"""
    with LocalBag() as bag:
        left = os.path.join(bag.mail, ".Archive", "tmp", "1.left")
        open(left, "w").close()
        bag.run("sync")
        assert os.path.exists(left)
        clock = {"LD_PRELOAD": os.path.join(tap.build_dir(), "tests", "support", "still-clock.so"), "STILL_CLOCK": str(int(time.time()) + 37 * 3600),
                 "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}
        subprocess.run([tap.program(), "sync"], env=dict(bag.environment(), **clock), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        assert not os.path.exists(left)


if __name__ == "__main__":
    tap.main()
