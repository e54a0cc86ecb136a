"""The servers themselves: what each of them lacks is what the table says, and they do what tests ask of them."""

import os
import re
import socket

from support import tap
from support.servers import table

LETTER = b"From: anna@example.org\r\nTo: test@example.org\r\nSubject: %b\r\n\r\nHello.\r\n"


def in_inbox(link):
    return int(link.select("INBOX")[1][0])


def capabilities(server):
    """Before and after the log-in: some say one thing only then."""
    with socket.create_connection(("127.0.0.1", server.port)) as link:
        said = link.recv(65536)
        link.sendall(b"a CAPABILITY\r\n")
        while b"a OK" not in said:
            said += link.recv(65536)
    client = server.client()
    said += client.capability()[1][0]
    client.logout()
    return set(re.findall(rb"[^\s\[\]]+", said.upper()))


@table.each()
def test_lacks(server):
    """lacks what the table says, and nothing else"""
    has = capabilities(server)
    tap.equal({e for e in table.EXTENSIONS if e.encode() not in has},
              {e for e in table.EXTENSIONS if not server.kind.has(e)}, "extensions that are not announced")
    link = server.client()
    link.append("INBOX", None, None, LETTER % b"One")
    other = server.mailbox("Other")
    link.create(other)
    link.select("INBOX")
    permanent = link.response("PERMANENTFLAGS")[1][0]
    tap.equal(b"\\*" in permanent, server.kind.has("keywords"), "keywords: %r" % permanent)
    copied = link.uid("COPY", "1", other)
    tap.equal(copied[0], "OK")
    tap.equal(link.response("COPYUID")[1] != [None], server.kind.has("names of copies"), "COPYUID")
    link.store("1", "+FLAGS", "(\\Flagged)")
    second = server.client()
    second.select("INBOX")
    seen = b"\\Flagged" in second.fetch("1", "(FLAGS)")[1][0]
    tap.equal(seen, server.kind.has("flags at once"), "another session sees the flag")


def test_table_for_people():
    """doc/internals/servers.md shows this table"""
    with open(os.path.join(tap.source_dir(), "doc", "internals", "servers.md"), encoding="utf-8") as file:
        page = file.read()
    if table.as_text() not in page:
        raise AssertionError("the page lacks this table:\n" + table.as_text())


@table.each()
def test_frozen_killed_started(server):
    """is frozen, thawed, killed, and started again with its mail"""
    link = server.client(tls=True)
    link.append("INBOX", None, None, LETTER % b"Kept")
    server.freeze()
    with socket.create_connection(("127.0.0.1", server.port)) as waiting:
        server.thaw()
        assert waiting.recv(100).startswith(b"* OK")
    tap.equal(in_inbox(link), 1)
    server.drop_links()
    try:
        in_inbox(link)
        raise AssertionError("the link is still there")
    except (link.abort, OSError):
        pass
    tap.equal(in_inbox(server.client()), 1)
    server.kill()
    server.start()
    tap.equal(in_inbox(server.client()), 1)
    server.stop()
    server.start()
    tap.equal(in_inbox(server.client()), 1)


@table.each()
def test_pop(server):
    """gives the same letter by POP3, with and without TLS"""
    link = server.client()
    link.append("INBOX", None, None, LETTER % b"By POP3")
    link.logout()
    for tls in (False, True):
        pop = server.pop_client(tls=tls)
        tap.equal(len(pop.uidl()[1]), 1)
        assert b"Subject: By POP3" in pop.retr(1)[1]
        pop.quit()


if __name__ == "__main__":
    tap.main()
