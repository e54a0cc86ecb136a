"""A disk without room, a clock that jumps, a store that is damaged: told in plain words, nothing lost, and everything goes on after."""

import json
import os
import subprocess

from support import mailsets, netns, tap
from support.bag import Bag
from support.popbag import PopBag
from support.servers.dovecot import Dovecot

RULES = "offline INBOX = everything\n"


def room(folder, size):
    """All that Malle keeps lies on a disk of this size from now on."""
    mounted = os.path.ismount(folder)
    subprocess.run(["mount", "-t", "tmpfs"] + (["-o", "remount,size=" + size, folder] if mounted else ["-o", "mode=700,size=" + size, "tmpfs", folder]),
                   check=True)


def full_disk():
    with Dovecot(home_source=mailsets.home(1000)) as server, Bag(server, account=RULES) as bag:
        folder = os.path.join(bag.home, ".local", "share", "malle")
        os.makedirs(folder, exist_ok=True)
        room(folder, "3m")
        result = bag.try_run("sync", "--mailbox", "INBOX")
        tap.note("%d %s" % (result.code, result.err[-300:]))
        tap.equal(result.code, 73, result)
        assert "No room left" in result.err or "No space left" in result.err, result.err
        bag.run("search", "~A")     # what is here can be read
        # A decision on a disk without room is taken or refused, and if refused, in words.
        with open(os.path.join(folder, "filler"), "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass
        decided = bag.try_run("do", "--offline", "change-mailbox INBOX", "tag-pattern ~A", "set-flag flagged")
        tap.note("%d %s" % (decided.code, decided.err[-300:]))
        assert decided.code == 0 or "No room left" in decided.err or "No space left" in decided.err, decided
        os.unlink(os.path.join(folder, "filler"))
        room(folder, "200m")
        assert "damaged" not in bag.run("doctor", "--store")
        tap.equal(len(json.loads(bag.run("journal", "--json"))), 1 if decided.code == 0 else 0)
        bag.run("sync", "--mailbox", "INBOX")
        tap.equal(bag.query("SELECT count(*) FROM message"), [(1000,)])
        tap.equal(bag.query("SELECT count(*) FROM content WHERE kept = 3"), [(1000,)])
        tap.equal(json.loads(bag.run("journal", "--json")), [])


def test_full_disk():
    """a sync meets the end of the disk and says so; with room again it goes on where it was, and no decision was lost"""
    netns.apart(full_disk)


def full_disk_by_pop():
    with Dovecot(home_source=mailsets.home(1000)) as server, PopBag(server, policy="delete") as bag:
        folder = os.path.join(bag.home, ".local", "share", "malle")
        os.makedirs(folder, exist_ok=True)
        room(folder, "3m")
        result = bag.sync(75)
        assert "No room left" in result.err or "No space left" in result.err, result.err
        tap.equal(server.client().select("INBOX"), ("OK", [b"1000"]))
        kept = bag.files()
        tap.note("%d letters before the disk was full" % len(kept))
        assert all(len(paths) == 1 for paths in kept.values()), kept
        room(folder, "200m")
        bag.sync()
        tap.equal(bag.states(), {"whole/deleted": 1000})
        tap.equal(len(bag.paths()), 1000)
        tap.equal(server.client().select("INBOX"), ("OK", [b"0"]))


def test_full_disk_by_pop():
    """letters by POP3 meet the end of the disk: nothing is deleted on the server, and with room again the fetch goes on"""
    netns.apart(full_disk_by_pop)


def under(wrong):
    """The environment of a Malle whose clock is wrong by so many seconds."""
    return {"LD_PRELOAD": os.path.join(tap.build_dir(), "tests", "support", "still-clock.so"), "WRONG_CLOCK": str(wrong),
            "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}


def test_clock():
    """F47: a clock that was a year ahead and goes back: mail comes, decisions reach the server, what is kept stays, in both directions"""
    year = 365 * 86400
    with Dovecot(home_source=mailsets.home(100)) as server, Bag(server, account="offline INBOX = texts 30 days\n") as bag:
        def at(wrong, *arguments):
            result = subprocess.run([tap.program()] + list(arguments), env=dict(bag.environment(), **under(wrong)), cwd=bag.home,
                                    stdin=subprocess.DEVNULL, capture_output=True, text=True)
            tap.equal(result.returncode, 0, result)
            return result.stdout
        link = server.client()
        total = 100
        for wrong, name in ((year, "ahead"), (0, "right again"), (-year, "behind")):
            link.append("INBOX", None, None, ("Subject: %s\r\nMessage-ID: <clock%d@example.org>\r\n\r\nText\r\n" % (name, wrong)).encode())
            total += 1
            at(wrong, "sync", "--mailbox", "INBOX")
            tap.equal(bag.query("SELECT count(*) FROM message"), [(total,)], name)
            at(wrong, "do", "--offline", "change-mailbox INBOX", "tag-pattern ~s '%s'" % name, "set-flag flagged")
            at(wrong, "sync", "--mailbox", "INBOX")
            tap.equal(json.loads(bag.run("journal", "--json")), [], name)
            link.select("INBOX", readonly=True)
            tap.equal(len(link.search(None, "FLAGGED", "SUBJECT", '"%s"' % name)[1][0].split()), 1, name)
            assert "damaged" not in at(wrong, "doctor", "--store"), name
        # Undone in the order in which it was decided, whatever the clock said then.
        last = json.loads(bag.run("journal", "--all", "--json"))[0]
        tap.equal(last["id"], max(row["id"] for row in json.loads(bag.run("journal", "--all", "--json"))))


def test_damaged():
    """a store written over and one cut short: malle says what to do, doctor --store does it, and the decisions reach the server"""
    with Dovecot(home_source=mailsets.home(100)) as server:
        for harm in ("cut", "over", "empty"):
            with Bag(server, account="offline INBOX = texts\n") as bag:
                bag.run("sync", "--mailbox", "INBOX")
                bag.run("do", "--offline", "change-mailbox INBOX", "tag-pattern ~A", "set-flag flagged")
                path = bag.store_path()
                for ending in ("-wal", "-shm"):
                    if os.path.exists(path + ending):
                        os.unlink(path + ending)
                size = os.path.getsize(path)
                with open(path, "r+b") as file:
                    if harm == "over":
                        file.seek(4096)
                        file.write(b"\xa5" * (size - 4096))
                    else:
                        file.truncate(size // 2 if harm == "cut" else 0)
                if harm != "empty":
                    result = bag.try_run("sync")
                    assert result.code == 65 and "doctor --store" in result.err, (harm, result)
                result = bag.try_run("doctor", "--store")
                tap.note(result.out)
                tap.equal(result.code, 65)
                assert "1 decision" in result.out and "damaged" in result.out, result.out
                assert any(".damaged-" in name for name in os.listdir(os.path.dirname(path)))
                tap.equal(json.loads(bag.run("doctor", "--store", "--json"))["ok"], True)
                bag.run("sync", "--mailbox", "INBOX")
                tap.equal(json.loads(bag.run("journal", "--json")), [])
                tap.equal(bag.query("SELECT count(*) FROM message"), [(100,)])


if __name__ == "__main__":
    tap.main()
