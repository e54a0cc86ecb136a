"""POP3, killed at each write and cut in each line: every letter ends up here exactly once, and there exactly as the policy says.

The points are: each write of the store and of the mail, killed there and refused for want of room there; and of each line that either side
says, its first octet, its middle, before its LF and behind it. A sample by MALLE_TEST_SEED; all of them with --long.
"""

import os
import random
import re
import subprocess

from support import tap
from support.popbag import PopBag, put, there
from support.proxy import Proxy
from support.servers.table import each

SERVERS = ("dovecot", "courier", "mailutils")
LETTERS = 4
SAMPLE = 2          # of each way of striking, on each server


class Matrix:
    def __init__(self, server, policy):
        self.server, self.policy, self.round = server, policy, 0

    def fresh(self):
        """Other letters on the server, and nobody has fetched any."""
        client = self.server.client()
        client.select("INBOX")
        if client.search(None, "ALL")[1][0]:
            client.store("1:*", "+FLAGS", "(\\Deleted)")
            client.expunge()
        client.logout()
        self.round += 1
        self.names = sorted("r%d-%d" % (self.round, number) for number in range(LETTERS))
        put(self.server, *self.names)

    def end(self, bag, what):
        """Runs until all is done, and looks whether all is as it should be."""
        for _ in range(6):
            bag.try_forget()
            result = bag.try_run("sync")
            if result.code == 0:
                break
        assert result.code == 0, (what, result)
        tap.equal({name: len(paths) for name, paths in bag.files().items()}, dict.fromkeys(self.names, 1), what)
        left = [] if self.policy == "delete" else self.names
        tap.equal(there(self.server), left, what)
        tap.equal(bag.states(), {"whole/deleted" if self.policy == "delete" else "whole/there": LETTERS}, what)
        # One run more changes nothing.
        bag.try_forget()
        bag.run("sync")
        tap.equal(sorted(bag.files()), self.names, what)

    def cut(self, way, at):
        self.fresh()
        with Proxy(self.server.pop_port) as link, PopBag(self.server, policy=self.policy, port=link.port) as bag:
            (link.cut_after_down if way == "down" else link.cut_after_up)(at)
            bag.try_run("sync")
            link.cut_after_down(-1)
            link.cut_after_up(-1)
            self.end(bag, "cut after %d octets %s" % (at, way))

    def undisturbed(self):
        """The points at which what is heard, and what is said, can be cut."""
        self.fresh()
        with Proxy(self.server.pop_port) as link, PopBag(self.server, policy=self.policy, port=link.port) as bag:
            transcript = os.path.join(bag.home, "transcript")
            link.transcript(transcript)
            bag.run("sync")
            stats = link.stats()
            self.end(bag, "undisturbed")
            said = {"client": b"", "server": b""}
            with open(transcript, "rb") as file:
                turns = re.split(rb"\n=== (client|server), flight \d+\n", file.read())
            for who, octets in zip(turns[1::2], turns[2::2]):
                said[who.decode()] += octets
            return points_of(said["server"], stats["down"]), points_of(said["client"], stats["up"])

    def striker(self, bag, **more):
        return dict(bag.environment(), LD_PRELOAD=os.path.join(tap.build_dir(), "tests", "support", "strike.so"),
                    STRIKE_UNDER=os.path.join(bag.home, ".local", "share", "malle"),
                    ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""), **more)

    def run_struck(self, bag, **more):
        return subprocess.run([tap.program(), "sync"], env=self.striker(bag, **more), cwd=bag.home, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def count_writes(self):
        self.fresh()
        with PopBag(self.server, policy=self.policy) as bag:
            count = os.path.join(bag.home, "count")
            tap.equal(self.run_struck(bag, STRIKE_COUNT=count), 0)
            with open(count) as file:
                return int(file.read())

    def kill(self, at):
        self.fresh()
        with PopBag(self.server, policy=self.policy) as bag:
            self.run_struck(bag, STRIKE_AT=str(at))
            self.end(bag, "killed in place of write %d" % at)

    def refuse(self, at):
        """The disk says that it is full, at that write."""
        self.fresh()
        with PopBag(self.server, policy=self.policy) as bag:
            self.run_struck(bag, STRIKE_AT=str(at), STRIKE_ERRNO="28")
            self.end(bag, "no room at write %d" % at)


def points_of(octets, total):
    """Of each line: the first octet, the middle, before the LF, behind it."""
    points, start = set(), 0
    for line in octets.splitlines(keepends=True):
        points |= {start + 1, start + len(line) // 2, start + len(line) - 1, start + len(line)}
        start += len(line)
    return sorted(point for point in points if 0 < point <= total)


def chosen(points, salt):
    points = list(points)
    if os.environ.get("MALLE_TEST_LONG"):
        return points
    pick = random.Random(os.environ.get("MALLE_TEST_SEED", "1") + salt)
    return sorted(pick.sample(points, min(SAMPLE, len(points))))


def strike_all(server, policy):
    matrix = Matrix(server, policy)
    down, up = matrix.undisturbed()
    writes = range(1, matrix.count_writes() + 1)
    salt = server.kind.name + policy
    ways = (("down", down, lambda at: matrix.cut("down", at)), ("up", up, lambda at: matrix.cut("up", at)),
            ("kill", writes, matrix.kill), ("full", writes, matrix.refuse))
    tried, wrong = 0, []
    for way, points, strike in ways:
        for at in chosen(points, salt + way):
            tried += 1
            try:
                strike(at)
            except AssertionError as failure:
                wrong.append("%s %d: %s" % (way, at, failure))
                tap.note(wrong[-1])
    tap.note("%s, %s: %d points, %d tried, %d wrong" % (server.kind.name, policy, len(down) + len(up) + 2 * len(writes), tried, len(wrong)))
    tap.equal(wrong, [])


@each(only=SERVERS)
def test_delete(server):
    """pop-policy = delete, struck anywhere: here once, and gone there"""
    strike_all(server, "delete")


@each(only=SERVERS)
def test_leave(server):
    """pop-policy = leave, struck anywhere: here once, and still there"""
    strike_all(server, "leave")


if __name__ == "__main__":
    if tap.long_run():
        tap.GIVE_UP_SECONDS = 3600     # six times, with --long
    tap.main()
