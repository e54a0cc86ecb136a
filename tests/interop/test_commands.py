"""malle sync, do, search and journal against real servers."""

import random

import commands
from support import tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils


def test_dovecot():
    """flags, moves, copies, deletions, undo, keywords and mailboxes, on Dovecot"""
    with Dovecot() as server:
        commands.evening(server)


def test_bare_server():
    """the same on GNU imap4d"""
    with Mailutils() as server:
        commands.evening(server, bare=True)


def test_other_names():
    """the same where mailboxes are below "INBOX." and parted by full stops, without COMPRESS, MOVE and UIDPLUS"""
    with Dovecot(compress=False, separator=".", prefix="INBOX.",
                 capability="IMAP4rev1 SASL-IR LITERAL+ IDLE NAMESPACE UNSELECT AUTH=PLAIN") as server:
        import day
        link = day.Link(server)
        tap.equal(link.create("Plans")[0], "OK")
        from support.bag import Bag
        day.put(link, "One", "Two")
        with Bag(server) as bag:
            commands.same(bag, link, "INBOX")
            bag.do("change-mailbox INBOX", "tag-pattern ~s One", "move-message INBOX.Plans")
            bag.do("change-mailbox INBOX", "tag-pattern ~s Two", "delete-message")
            commands.same(bag, link, "INBOX", "Plans", "Trash")
            tap.equal([len(commands.on_server(link, m)) for m in ("INBOX", "Plans", "Trash")], [0, 1, 1])


def test_without_link():
    """what is decided without a link is kept, shown, and sent when there is one"""
    with Dovecot() as server, Proxy(server.port) as proxy:
        commands.without_link(server, proxy)


def test_tls():
    """over TLS, over STARTTLS, and with the password from a command"""
    from support.bag import Bag
    import day
    with Dovecot(plain_refused=True) as server:
        day.put(server.client(tls=True), "Sealed")
        for security in ("imaps", "imap"):
            with Bag(server, security=security, password="command") as bag:
                bag.run("sync")
                tap.equal([row["subject"] for row in bag.json("search", "--json", "~A")], ["Sealed"])


def test_storm():
    """a second client changes everything between: the store comes to the same each time"""
    with Dovecot() as server:
        commands.storm(server, 300 if tap.long_run() else 15, random.Random(20))


def test_storm_on_the_bare_server():
    """the same on GNU imap4d"""
    with Mailutils() as server:
        commands.storm(server, 100 if tap.long_run() else 5, random.Random(21), bare=True)


if __name__ == "__main__":
    tap.main()
