"""The same day against GNU imap4d, which has IMAP4rev1 and next to nothing beyond: slower, and complete."""

import day
from support import tap
from support.proxy import Proxy
from support.servers.mailutils import Mailutils


def test_read():
    """a message is read, and seen on the server"""
    with Mailutils() as server:
        day.read(server)


def test_flag():
    """flags are set and cleared, on one and on many"""
    with Mailutils() as server:
        day.flag(server, at_once=False)     # imap4d writes flags down when a session ends


def test_keywords():
    """a keyword that the server will not keep is refused in clear words, and nothing is sent"""
    with Mailutils() as server:
        day.keywords(server, permitted=False)


def test_move_copy_delete_undo():
    """without MOVE and UIDPLUS messages are moved, copied and deleted all the same"""
    with Mailutils() as server:
        day.move_copy_delete_undo(server)


def test_mailboxes():
    """mailboxes are made and renamed"""
    with Mailutils() as server:
        day.manage_mailboxes(server)


def test_frozen():
    """a frozen server stops neither the list nor a decision"""
    with Mailutils() as server:
        day.frozen(server, at_once=False)


def test_cut():
    """a cut link blanks nothing, loses nothing, and comes back"""
    with Mailutils() as server, Proxy(server.port) as proxy:
        day.cut(server, proxy, at_once=False)


if __name__ == "__main__":
    tap.main()
