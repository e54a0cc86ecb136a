"""What it costs to come back: flights and bytes of a reconnect, counted by the proxy between the engine and a real Dovecot."""

import tempfile
import types

from driver import FLAGGED, Driver
from liar import Liar, letters
from support import mailsets, tap
from support.bag import Bag
from support.proxy import Proxy
from support.scripted_server import ScriptedServer
from support.servers.dovecot import Dovecot

MAILBOXES = 20
# Dovecot's own words without what a cut server has not.
CONDSTORE_ONLY = ("IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE SPECIAL-USE NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE ESEARCH "
                  "CHILDREN LIST-STATUS BINARY MOVE")
BARE = "IMAP4rev1 IDLE NAMESPACE"


class Away:
    """A Dovecot with twenty mailboxes, a store that was level with it, and a second client that does what it likes meanwhile."""

    def __init__(self, count=1000, **options):
        self.count, self.options = count, options

    def __enter__(self):
        self.server = Dovecot(mechanisms="plain", home_source=mailsets.home(self.count), **self.options).__enter__()
        self.other = self.server.client()
        names = len(self.other.list()[1])
        for number in range(MAILBOXES - names):
            self.other.create("Projects-%d" % number)
            self.other.subscribe("Projects-%d" % number)
        self.proxy = Proxy(self.server.port).__enter__()
        self.directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-away-"))
        with self.engine() as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("listed")
            engine("quiet")
        # What overlaps can be seen to overlap.
        self.proxy.rtt(100)
        return self

    def __exit__(self, *error):
        self.proxy.__exit__(*error)
        self.server.__exit__(*error)

    def engine(self):
        return Driver(self.proxy.port, self.directory)

    def come_back(self, level):
        """level(engine): waits until the store is what the server is. Gives the rows, the counts of the mailboxes, and the cost."""
        self.proxy.reset()
        with self.engine() as engine:
            engine("look", "INBOX")
            engine("online")
            level(engine)
            engine("quiet")
            engine("quiet")
            seen = self.proxy.stats()
            tap.note(str(seen))
            tap.equal(seen["outstanding"], 0, "commands not answered")
            return engine.rows("INBOX"), engine("mailboxes"), seen

    def change(self):
        """100 new messages, 1,000 flag changes and 50 expunges."""
        self.other.select("INBOX")
        for number in range(100):
            self.other.append("INBOX", None, None, b"From: a@example.org\r\nSubject: new %d\r\nMessage-ID: <new%d@example.org>\r\n\r\nText\r\n" %
                              (number, number))
        self.other.store("1:1000", "+FLAGS.SILENT", "(\\Flagged)")
        self.other.store("2:51", "+FLAGS.SILENT", "(\\Deleted)")
        self.other.expunge()
        self.other.append("Projects-3", None, None, b"Subject: counted\r\n\r\nText\r\n")

    def truth(self):
        self.other.select("INBOX", readonly=True)
        self.other.noop()
        uids = self.other.uid("SEARCH", None, "ALL")[1][0].split()
        flagged = self.other.uid("SEARCH", None, "FLAGGED")[1][0].split()
        return sorted(map(int, uids)), sorted(map(int, flagged))


def level_with(count):
    return lambda engine: engine("total", count)


def nothing_changed(count, flights=2, down=4000, **options):
    with Away(count, **options) as away:
        rows, mailboxes, seen = away.come_back(level_with(count))
        tap.equal(len(mailboxes), MAILBOXES, "mailboxes")
        tap.at_most(seen["flights"], flights, "flights after the greeting, the login and IDLE included")
        tap.at_most(seen["up"], 1000, "bytes sent")
        tap.at_most(seen["down"], down, "bytes received")


def test_nothing_changed():
    """nothing changed, 20 mailboxes: 2 flights after the greeting, 1 kB sent and 4 kB received"""
    nothing_changed(1000)


def test_nothing_changed_large():
    """whatever the size of the mailbox"""
    nothing_changed(100_000)


def changed(flights, **options):
    with Away(10_000, **options) as away:
        away.change()
        uids, flagged = away.truth()
        rows, mailboxes, seen = away.come_back(level_with(len(uids)))
        tap.at_most(seen["flights"], flights, "flights after the greeting, the login and IDLE included")
        assert any("[Projects-3]" in line and "server=1/1" in line for line in mailboxes), mailboxes
        with away.engine() as engine:
            engine("look", "INBOX")
            engine("online")
            engine("quiet")
            newest = engine.rows("INBOX")
            tap.equal(sorted(row["uid"] for row in newest), uids[-len(newest):])
            tap.equal(engine.mailbox("INBOX")["flagged"], len(flagged))
            tap.equal(engine.mailbox("INBOX")["complete"], 1)


def test_much_changed():
    """100 new messages, 1,000 flag changes and 50 expunges elsewhere: 3 flights"""
    changed(3)


def test_much_changed_condstore():
    """the same on a server with CONDSTORE and without QRESYNC: 4 flights"""
    changed(4, capability=CONDSTORE_ONLY)


def test_nothing_changed_condstore():
    """nothing changed on a server with CONDSTORE and without QRESYNC: what it costs with QRESYNC"""
    nothing_changed(1000, capability=CONDSTORE_ONLY)


def test_much_changed_bare():
    """the same on a bare server: every flag is compared, and the store is level"""
    changed(5, capability=BARE)


def test_sync_asks_once():
    """“malle sync” on a bare server: each mailbox is opened and asked for its flags and its list once, no count is asked beside it, and nothing waits for an IDLE"""
    for offline in ("", "offline = everything\n"):
        server = Liar("IMAP4rev1 UIDPLUS MOVE IDLE", INBOX=letters(3), Archive=letters(2))
        with ScriptedServer(server) as at, Bag(types.SimpleNamespace(port=at.port, user="ada", password="secret"), account=offline) as bag:
            for new in (True, False, True):
                bag.run("sync")
                asked = [text.split("(")[0] for text in server.commands if text.split()[0] in ("SELECT", "STATUS", "FETCH", "UID", "IDLE")]
                asked = asked[:-1] if asked[-1] == "IDLE" else asked    # all was done: what follows is the log-out
                tap.equal([text for text in asked if text.startswith(("STATUS", "IDLE"))], [])
                tap.equal([text for text in asked if text.startswith("SELECT")], ["SELECT INBOX", "SELECT Archive"])
                tap.equal(asked.count("UID SEARCH ALL"), 2, "lists of UIDs")
                tap.at_most(len([text for text in asked if text == "UID FETCH 1:* "]), 2, "lists of flags")
                tap.at_most(len(asked), 6 + (6 if new and offline else 2), "commands")
                del server.commands[:]
                if not new:
                    server.boxes["INBOX"].add(4)


if __name__ == "__main__":
    tap.main()
