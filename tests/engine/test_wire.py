"""What the engine costs on the wire, counted by the proxy between it and a real Dovecot."""

import os
import tempfile

from driver import Driver
from support import mailsets, tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

# The first flight after the greeting is the log-in: AUTHENTICATE PLAIN with its initial response.
LOGIN_FLIGHTS = 1


def server(count, **options):
    return tap.keep(Dovecot(mechanisms="plain", home_source=mailsets.home(count), **options))


def first_screen(count):
    with Dovecot(mechanisms="plain", home_source=mailsets.home(count)) as dovecot, Proxy(dovecot.port) as link, \
            Driver(link.port) as engine:
        link.rtt(300) # so that the answer to what is sent next is not here before it is asked for
        engine("look", "INBOX")
        engine("rows")
        seen = link.stats()
        tap.note("first screen of %d: %s" % (count, seen))
        # What was sent in the moment in which the rows were stored is not what they cost.
        behind = 1 if seen["outstanding"] > 0 else 0
        return seen["flights"] - LOGIN_FLIGHTS - behind, seen["down"]


def test_first_screen_of_1000():
    flights, down = first_screen(1000)
    tap.at_most(flights, 2, "flights after the log-in")
    tap.at_most(down, 40_000, "bytes received")


def test_first_screen_of_100000():
    flights, down = first_screen(100_000)
    tap.at_most(flights, 2, "flights after the log-in")
    tap.at_most(down, 40_000, "bytes received")


def backfill(compress):
    with Dovecot(mechanisms="plain", home_source=mailsets.home(100_000), compress=compress) as dovecot, \
            Proxy(dovecot.port) as link, Driver(link.port) as engine:
        engine("look", "INBOX")
        engine("rows")
        link.reset()
        engine("synced", "INBOX")
        engine("quiet")
        seen = link.stats()
        memory = dict(fact.split() for fact in engine("memory"))
        tap.note("all summaries, compress %s: %s, %s" % (compress, seen, memory))
        return seen["flights"], seen["down"] / 100_000, int(memory["heap_kb"])


def test_all_summaries_compressed():
    flights, per_message, heap = backfill(True)
    tap.at_most(flights, 30, "flights")
    tap.at_most(per_message, 110, "bytes received per message")
    # Of the 40 MB that the program may be resident with (./dev bench): what the engine's heap takes of it does not depend on sanitizers.
    tap.at_most(heap, 20_000, "kB allocated with 100,000 messages open and synchronised")


def test_all_summaries_plain():
    flights, per_message, _ = backfill(False)
    tap.at_most(flights, 30, "flights")
    tap.at_most(per_message, 700, "bytes received per message")


def test_text_of_a_large_message():
    dovecot = server(1000)
    with Proxy(dovecot.port) as link, Driver(link.port) as engine:
        engine("look", "INBOX")
        engine("listed")
        engine("look", "Attachments")
        engine("rows")
        engine("quiet")
        link.reset()
        large = [i for i, row in enumerate(engine.rows("Attachments")) if "5 MB" in row["subject"] or "arge" in row["subject"]]
        large = large[0] if large else 7
        engine("read", large)
        seen = link.stats()
        tap.note("read, structure not known: %s" % seen)
        tap.at_most(seen["flights"], 2, "flights when the structure is not known")
        tap.at_most(seen["down"], 2000, "bytes received")
        # Whatever it costs to know the structures of a screen, the next text costs one flight.
        other = large + 1
        engine("screen", 0)
        link.reset()
        engine("read", other)
        seen = link.stats()
        tap.note("read another: %s" % seen)


def test_text_of_a_large_message_with_known_structure():
    dovecot = server(1000)
    with Proxy(dovecot.port) as link, Driver(link.port) as engine:
        engine("look", "INBOX")
        engine("listed")
        engine("look", "Attachments")
        engine("synced", "Attachments")
        engine("screen", 10)
        link.reset()
        engine("read", 7)
        seen = link.stats()
        tap.note("read, structure known: %s" % seen)
        tap.at_most(seen["flights"], 1, "flights")
        tap.at_most(seen["down"], 1000, "bytes received")


def test_neighbours_are_here_already():
    """when nothing else is to be done, the texts beside the selected message are fetched: reading on costs nothing"""
    dovecot = server(1000)
    with Proxy(dovecot.port) as link, Driver(link.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("screen", 10)    # the first of them is the selected one, the next are its neighbours
        engine("quiet")
        link.reset()
        for row in (0, 1, 2):
            engine("read", row)
        seen = link.stats()
        tap.note("read on: %s" % seen)
        tap.equal((seen["flights"], seen["down"]), (0, 0))


def flag(numbers):
    dovecot = server(10_000)
    with Proxy(dovecot.port) as link, Driver(link.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("quiet")
        link.reset()
        engine("flags", numbers, "+\\Flagged")
        engine("settle")
        seen = link.stats()
        tap.note("flag %s: %s" % (numbers, seen))
        flagged = dovecot.client()
        flagged.select("INBOX", readonly=True)
        return seen["flights"], seen["up"], len(flagged.search(None, "FLAGGED")[1][0].split())


def test_flag_1000_contiguous():
    flights, up, count = flag("0-999")
    tap.at_most(flights, 1, "flights")
    tap.at_most(up, 200, "bytes sent")
    assert count >= 1000, count


def test_flag_1000_scattered():
    flights, up, count = flag("0-1999/2")
    tap.at_most(flights, 1, "flights")
    tap.at_most(up, 7000, "bytes sent")
    assert count >= 1000, count


def test_seen_before_needs_nothing():
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-again-"))
    dovecot = server(1000)
    with Proxy(dovecot.port) as link:
        with Driver(link.port, directory) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
        link.freeze()
        with Driver(link.port, directory) as engine:
            link.reset()
            engine("look", "INBOX")
            tap.equal(len(engine.rows("INBOX")), 1000)
            tap.equal(link.stats()["down"], 0, "bytes from a frozen server")
            link.thaw()
        with Driver(link.port, directory) as engine:
            link.reset()
            engine("look", "INBOX")
            engine("online")
            engine("quiet")
            seen = link.stats()
            tap.note("nothing changed: %s" % seen)
            tap.at_most(seen["flights"] - LOGIN_FLIGHTS, 2, "flights when nothing changed, IDLE included")


if __name__ == "__main__":
    tap.main()
