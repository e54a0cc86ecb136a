"""What the engine costs on the wire with the servers beside Dovecot: the promises of test_wire.py, and per server what it cannot reach
(doc/internals/servers.md says why)."""

import os
import tempfile

from driver import Driver
from support import mailsets, tap
from support.link import Link
from support.proxy import Proxy
from support.servers import table
from support.servers.roots import GID, UID

COUNT = 20000 if tap.long_run() else 1000
MANY = 100_000
SMALL = 200
LARGE_LETTER = 2        # of the ten in Attachments

# Beyond what is promised; what is not named here is held to the promise.
MORE_FLIGHTS = {
    # Their capabilities have to be asked for behind the log-in.
    ("courier", "screen"): 1, ("mailutils", "screen"): 1,
    # The namespace of other users is not in LIST "" "*" (Cyrus, Courier), and counts are asked for one by one (Courier).
    ("cyrus_dot", "again"): 1, ("cyrus_slash", "again"): 1, ("courier", "again"): 1,
}


class Line:
    """A server of the kind, with SMALL messages in INBOX, and Attachments, where one letter carries 5 MB."""

    def __init__(self, kind):
        self.kind = kind

    def __enter__(self):
        self.server = self.kind.start().__enter__()
        self.link = Link(self.server)
        self.link.create("Attachments")
        self.fill("INBOX", mailsets.letters(SMALL, seed=3))
        ten = list(mailsets.letters(10, seed=5))
        ten[LARGE_LETTER] = mailsets.attachment_message()
        self.fill("Attachments", ten)
        self.proxy = Proxy(self.server.port).__enter__()
        self.proxy.rtt(20)      # where what overlaps can be seen
        return self

    def fill(self, mailbox, messages):
        name = self.kind.name
        if name == "courier":
            path = self.server.root.path("home", self.server.user, "Maildir", *(["." + mailbox] if mailbox != "INBOX" else []))
            mailsets.into_maildir(path, messages, (UID, GID))
        elif name == "mailutils":
            mailsets.into_maildir(os.path.join(self.server.home, mailbox), messages, (65534, 65534))
        else:
            mailsets.append_all(self.link, self.server.mailbox(mailbox), messages)

    def __exit__(self, *error):
        self.proxy.__exit__(*error)
        self.server.__exit__(*error)

    def until_it_counts(self, count):
        """imap4d tells whoever comes while it still writes down what a session that broke off had made of a large Maildir that it is empty."""
        def all_there():
            client = self.server.client()
            try:
                return client.select("INBOX", readonly=True)[1] == [b"%d" % count]
            finally:
                client.logout()
        tap.wait_until(all_there, "%d messages in INBOX" % count)

    def engine(self, directory=None):
        return Driver(self.proxy.port, directory, user=self.server.user, password=self.server.password)

    def flights(self, what, promised):
        """What this server may cost where `promised` is the promise."""
        return promised + MORE_FLIGHTS.get((self.kind.name, what), 0)


def first_screen(line):
    with line.engine() as engine:
        line.proxy.reset()
        line.proxy.rtt(300)     # so that the answer to what is sent next is not here before it is asked for
        engine("look", "INBOX")
        engine("rows")
        seen = line.proxy.stats()
        line.proxy.rtt(20)
    behind = 1 if seen["outstanding"] > 0 else 0
    tap.note("first screen: %s" % seen)
    return seen["flights"] - seen["login"]["flights"] - behind, seen["down"] - seen["login"]["down"]


def bytes_per_message(kind, count):
    """Numbers of messages have more digits in a large mailbox, and Courier spells a little longer than others."""
    if kind.has("COMPRESS=DEFLATE") and count >= 20000:
        return 110
    return 710 if kind.name == "courier" and count >= 20000 else 700


def all_summaries(line, engine):
    engine("look", "INBOX")
    engine("rows")
    line.proxy.reset()
    engine("synced", "INBOX")
    engine("quiet")
    seen = line.proxy.stats()
    tap.note("all summaries: %s" % seen)
    tap.equal(engine.mailbox("INBOX")["total"], COUNT)
    tap.at_most(seen["flights"], line.flights("summaries", 30), "flights for all summaries")
    tap.at_most(seen["down"] / COUNT, bytes_per_message(line.kind, COUNT), "bytes received per message")


def flags(line, engine, numbers, up):
    line.proxy.reset()
    engine("flags", numbers, "+\\Flagged")
    engine("settle")
    seen = line.proxy.stats()
    tap.note("flag %s: %s" % (numbers, seen))
    tap.at_most(seen["flights"], line.flights("flags", 1), "flights for flags")
    tap.at_most(seen["up"], up, "bytes sent for flags")


def text_of_a_large_message(line, engine):
    engine("look", "Attachments")
    engine("synced", "Attachments")
    engine("screen", 10)
    line.proxy.reset()
    engine("read", 9 - LARGE_LETTER)
    seen = line.proxy.stats()
    tap.note("read, structure known: %s" % seen)
    tap.at_most(seen["flights"], line.flights("text", 1), "flights for a text whose structure is known")
    tap.at_most(seen["down"], 1000, "bytes received")


def nothing_changed(line, directory):
    line.proxy.freeze()
    with line.engine(directory) as engine:
        line.proxy.reset()
        engine("look", "INBOX")
        tap.equal((len(engine.rows("INBOX")), engine.mailbox("INBOX")["total"]), (min(COUNT, 1000), COUNT))
        tap.equal(line.proxy.stats()["down"], 0, "bytes from a frozen server")
        line.proxy.thaw()
    for _ in range(2):      # the first hears once more what was changed from here
        with line.engine(directory) as engine:
            line.proxy.reset()
            engine("look", "INBOX")
            engine("online")
            engine("quiet")
            seen = line.proxy.stats()
    tap.note("nothing changed: %s" % seen)
    tap.at_most(seen["flights"] - seen["login"]["flights"], line.flights("again", 2), "flights when nothing changed, IDLE included")


def costs(kind):
    with Line(kind) as line:
        of_small = first_screen(line)
        line.fill("INBOX", mailsets.letters(COUNT - SMALL))
        of_large = first_screen(line)
        for flights, down in (of_small, of_large):
            tap.at_most(flights, line.flights("screen", 2), "flights to the first screen")
            tap.at_most(down, 40_000, "bytes received to the first screen")
        tap.at_most(of_large[1] - of_small[1], 2000, "bytes more for %d than for %d messages" % (COUNT, SMALL))
        line.until_it_counts(COUNT)
        directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-again-"))
        with line.engine(directory) as engine:
            all_summaries(line, engine)
            flags(line, engine, "0-999", 200)
            flags(line, engine, "0-1999/2" if COUNT >= 2000 else "0-999/2", 7000 if COUNT >= 2000 else 3500)
            text_of_a_large_message(line, engine)
        nothing_changed(line, directory)


def many(kind):
    """The largest mailbox that is promised: what all summaries of it cost, and what the engine takes of the 40 MB of the program."""
    with Line(kind) as line:
        line.fill("INBOX", mailsets.letters(MANY - SMALL))
        line.until_it_counts(MANY)
        with line.engine() as engine:
            engine("look", "INBOX")
            engine("rows")
            line.proxy.reset()
            engine("synced", "INBOX")
            engine("quiet")
            seen, memory = line.proxy.stats(), dict(fact.split() for fact in engine("memory"))
            tap.note("%d summaries: %s, %s" % (MANY, seen, memory))
            tap.equal(engine.mailbox("INBOX")["total"], MANY)
            tap.at_most(seen["flights"], 40, "flights for all summaries")
            tap.at_most(seen["down"] / MANY, bytes_per_message(kind, MANY), "bytes received per message")
            tap.at_most(int(memory["heap_kb"]), 20_000, "kB allocated with %d messages open and synchronised" % MANY)
            flags(line, engine, "0-999", 200)


for each in table.ALL:
    if each.name != "dovecot":      # which has test_wire.py
        def test(kind=each):
            if kind.name == "cyrus_slash":
                tap.long_only()     # the wire of cyrus_dot, under other names
            costs(kind)
        test.__doc__ = "%s: flights and bytes of a first screen, all summaries, flags, a text, and a second visit" % each.title
        globals()["test_costs_" + each.name] = test
        if each.name in ("cyrus_dot", "courier", "mailutils"):
            def test(kind=each):
                tap.long_only()
                many(kind)
            test.__doc__ = "%s: flights, bytes and memory for %d messages" % (each.title, MANY)
            globals()["test_many_" + each.name] = test
del test


if __name__ == "__main__":
    tap.main()
