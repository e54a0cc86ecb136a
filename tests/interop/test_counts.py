"""What the wire may cost: flights and bytes against Dovecot, counted by the proxy between. A flight is one
dependent round trip (tests/support/flights.h); the figures are those that the project promises."""

import os
import re
import sys

from support import mailsets, tap
from support.bag import Bag
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

sys.path.insert(0, os.path.join(tap.source_dir(), "tests", "bench"))
import measures  # noqa: E402: what ./dev bench measures is what is asserted here

HALF_MB = 500_000


class Line:
    """A Dovecot with so many messages in INBOX, the proxy before it, and a person who has never been there."""

    def __init__(self, count, **options):
        self.count, self.options = count, options

    def __enter__(self):
        self.server = Dovecot(home_source=mailsets.home(self.count)).__enter__()
        self.proxy = Proxy(self.server.port).__enter__()
        self.newest = measures.newest_subject(self.server)
        # Where what overlaps can be seen: on bare loopback a reply is there before the next request is out.
        self.proxy.rtt(20)
        self.bag = Bag(self.server, port=self.proxy.port, **self.options).__enter__()
        return self

    def __exit__(self, *error):
        self.bag.__exit__(*error)
        self.proxy.__exit__(*error)
        self.server.__exit__(*error)


def first_screen(count):
    with Line(count) as line:
        # What is asked for beyond is kept back: the screen stands on two flights, or never.
        line.proxy.hold_after(2)
        with line.bag.screen(rows=50, columns=160) as screen:
            screen.until(line.newest)
            screen.until(lambda s: sum(bool(re.search(r"\d{4}-\d\d-\d\d", row)) for row in s.lines()) >= 40)
            tap.at_most(measures.since_login(line.proxy.stats())["down"], 40_000,
                        "bytes received to the first screen of %d" % count)
            line.proxy.hold_after(None)


def test_first_screen_small():
    """the first screen of 1,000 messages never seen: 2 flights and 40 kB after the login"""
    first_screen(1000)


def test_first_screen_large():
    """the first screen of 100,000 messages never seen costs the same"""
    first_screen(100000)


def test_seen_before():
    """a mailbox seen before is on the screen with the server frozen, at 0 bytes"""
    with Line(1000) as line:
        with line.bag.screen() as screen:
            screen.until(line.newest)
            line.proxy.until_quiet(1500)
            screen.keys("q")
            tap.equal(screen.until_end(), 0)
        line.proxy.freeze()
        line.proxy.reset()
        with line.bag.screen() as screen:
            screen.until(line.newest)
            tap.equal(line.proxy.stats()["down"], 0, "bytes received")
        line.proxy.thaw()


def test_letter():
    """the text of a letter with 5 MB attached: 1 flight and 1 kB when its structure is known"""
    with Line(1000) as line, line.bag.screen(rows=50, columns=160) as screen:
        screen.until(line.newest)
        screen.keys(":")
        screen.type("change-mailbox Attachments")
        screen.keys("Enter")
        screen.until(measures.LETTER)
        line.proxy.until_quiet(1500)
        # Neighbours of the selected message are fetched ahead, and cost nothing when they are read; this is
        # one that is not beside it.
        import day
        day.go_to(screen, measures.LETTER)
        line.proxy.until_quiet(1500)
        line.proxy.reset()
        screen.keys("Enter")
        screen.until(measures.LETTER_TEXT)
        stats = line.proxy.stats()
        tap.at_most(stats["flights"], 1, "flights")
        tap.at_most(stats["down"], 1000, "bytes received")
        line.proxy.until_quiet(1500)
        tap.at_most(line.proxy.stats()["down"], 40_000, "bytes received until all is quiet: the attachment stays there")


def all_known(screen, count):
    """The title of the list counts what is in the store."""
    screen.until(re.compile(r"(of|INBOX) +%d ·" % count), seconds=400)


def flag(count, pattern, tagged, up):
    with Line(count) as line, line.bag.screen(rows=50, columns=160) as screen:
        screen.until(line.newest)
        all_known(screen, count)
        line.proxy.until_quiet(1500)
        screen.keys("T")
        screen.type(pattern)
        screen.keys("Enter")
        screen.until(lambda s: any(int(n) >= tagged for n in re.findall(r"(\d+) tagged", s.text())))
        line.proxy.until_quiet(1500)
        line.proxy.reset()
        screen.keys(";", "F")
        line.proxy.until(lambda s: s["commands"] > 0 and s["outstanding"] == 0, "the flags are sent")
        line.proxy.until_quiet(1500)
        stats = line.proxy.stats()
        tap.note(str(stats))
        # IDLE is ended before and begun again behind, in the same flight and after it.
        tap.at_most(stats["up"], up, "bytes sent")
        tap.at_most(stats["flights"], 2, "flights, of which one is the IDLE that is begun again")


def test_flag_contiguous():
    """1,000 contiguous messages are flagged in 1 flight and 200 bytes"""
    flag(1000, "~A", 1000, 200)


def test_flag_scattered():
    """1,000 scattered messages are flagged in 1 flight and 7 kB"""
    flag(100000, "~f person[1234]@", 800, 7000)


def test_summaries():
    """all summaries in the background: 110 bytes received for each with COMPRESS, at most 30 flights"""
    count = 100000
    with Line(count) as line, line.bag.screen(rows=50, columns=160) as screen:
        line.proxy.rate(25_000_000)
        screen.until(line.newest)
        all_known(screen, count)
        line.proxy.until_quiet(1500)
        cost = measures.since_login(line.proxy.stats())
        rows = line.bag.query("select count(*) from message")[0][0]
        assert rows >= count, "%d messages in the store" % rows
        tap.at_most(cost["down"] / count, 110, "bytes received for each message")
        tap.at_most(cost["flights"], 30, "flights")


if __name__ == "__main__":
    tap.main()
