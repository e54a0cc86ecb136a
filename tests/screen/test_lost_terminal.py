"""The terminal is lost (the line drops, the window is closed): what was decided is in the journal, the engine ends, and the next start carries it out."""

import os
import signal

from support import tap
from support.bag import Bag
from support.servers.dovecot import Dovecot
from test_terminal_words import arrive


def lose(screen):
    """closes our side: the kernel sends SIGHUP, and reading gives nothing any more"""
    os.close(screen.terminal)
    gone = os.waitstatus_to_exitcode(os.waitpid(screen.pid, 0)[1])
    screen.status = gone
    screen.terminal = os.open("/dev/null", os.O_RDWR)   # for __exit__
    return gone


def test_lost():
    """a decision that the server has not heard of outlives the terminal"""
    server = tap.keep(Dovecot())
    with Bag(server) as bag:
        arrive(server, bag, "keep me")
        with bag.screen(rows=24, columns=80) as screen:
            screen.until("keep me")
            server.freeze()
            screen.keys("F")
            screen.until(lambda s: "!" in s.line(s.row_of("keep me"))[:6])
            tap.equal(lose(screen), 0)
        server.thaw()
        assert bag.query("SELECT count(*) FROM intent")[0][0] == 1
        with bag.screen(rows=24, columns=80) as screen:
            screen.until(lambda s: "keep me" in s.text() and "!" in s.line(s.row_of("keep me"))[:6])
            tap.wait_until(lambda: flagged(server), "the flag on the server")


def flagged(server):
    link = server.client()
    link.select("INBOX", readonly=True)
    found = link.search(None, "FLAGGED")[1][0].split()
    link.logout()
    return len(found) == 1


def test_hangup():
    """SIGHUP to the program alone ends it as well, with the terminal given back"""
    with Bag() as bag, bag.screen("--demo") as screen:
        screen.until("unread of 43")
        before = len(screen.written)
        screen.signal(signal.SIGHUP)
        tap.equal(screen.until_end(), 0)
        assert b"\x1b[?1049l" in bytes(screen.written[before:])


if __name__ == "__main__":
    tap.main()
