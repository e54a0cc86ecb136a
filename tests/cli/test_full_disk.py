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
