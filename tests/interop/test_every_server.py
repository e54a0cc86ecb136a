"""A person's day, on the screen and by commands, against every server beside those that have a file of their own."""

import json
import random

import commands
import day
from support import tap
from support.bag import Bag
from support.proxy import Proxy
from support.servers import table

# Dovecot and imap4d have test_dovecot.py and test_bare_server.py; the evening and the storm are in test_commands.py.
OTHERS = ("cyrus_dot", "cyrus_slash", "courier")


def each(function):
    return table.each(only=OTHERS)(function)


@table.each()
def test_doctor(server):
    """malle doctor says which extensions there are, and which are lacking"""
    with Bag(server) as bag:
        found = json.loads(bag.run("doctor", "--json"))[0]
    told = found["extensions"]
    tap.equal({e: told[e] for e in table.EXTENSIONS if e in told},
              {e: server.kind.has(e) for e in table.EXTENSIONS if e in told})
    assert len(told) >= 15, told
    tap.equal([m["selectable"] for m in found["mailboxes"] if m["name"] == "INBOX"], [True])


@each
def test_read(server):
    """a message is read, and seen on the server"""
    day.read(server)


@each
def test_flag(server):
    """flags are set and cleared, on one and on many"""
    day.flag(server)


@each
def test_keywords(server):
    """keywords are set and cleared"""
    day.keywords(server, permitted=server.kind.has("keywords"))


@each
def test_move_copy_delete_undo(server):
    """messages are moved, copied, deleted into the Trash, and brought back"""
    day.move_copy_delete_undo(server)


@each
def test_mailboxes(server):
    """mailboxes are made and renamed"""
    day.manage_mailboxes(server)


@each
def test_others(server):
    """what others change appears by itself"""
    day.others_change(server)


@each
def test_frozen(server):
    """a frozen server stops neither the list nor a decision"""
    day.frozen(server)


@each
def test_cut(server):
    """a cut link blanks nothing, loses nothing, and comes back"""
    with Proxy(server.port) as proxy:
        day.cut(server, proxy)


@each
def test_decided_before_the_end(server):
    """what was decided without a link is sent by the next run"""
    with Proxy(server.port) as proxy:
        day.decided_before_the_end(server, proxy)


@each
def test_evening(server):
    """flags, moves, copies, deletions, undo, keywords and mailboxes, by commands"""
    commands.evening(server)


@table.each()
def test_attachments(server):
    """an attachment is opened by the command that mailcap names, and saved: byte for byte"""
    day.attachments(server)


@table.each()
def test_tls(server):
    """TLS from the first byte, and by STARTTLS: the password leaves under it, mail comes by it, and a decision goes"""
    link = day.Link(server)
    day.put(link, "Sealed")
    for security, flag in (("imaps", "flagged"), ("imap", "read")):
        with Bag(server, security=security) as bag:
            bag.run("sync")
            tap.equal([row["subject"] for row in bag.json("search", "--json", "~A")], ["Sealed"])
            bag.do("change-mailbox INBOX", "tag-pattern ~A", "set-flag " + flag)
            commands.same(bag, link, "INBOX")
            found = bag.json("doctor", "--json")[0]
            assert found["stage"] == "done" and found["tls_version"] in ("TLSv1.2", "TLSv1.3"), found
    tap.equal(list(commands.on_server(link, "INBOX").values()), [("Sealed", True, True, frozenset())])


@table.each()
def test_names(server):
    """mailboxes are called without the prefix of the server's names: listed, made, renamed, named in commands and in the accounts file"""
    commands.names(server)


@each
def test_storm(server):
    """a second client changes everything between: the store comes to the same each time"""
    commands.storm(server, 100 if tap.long_run() else 5, random.Random(22))


if __name__ == "__main__":
    tap.main()
