"""A person's day against Dovecot."""

import day
from support import tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

users = iter("user%d" % n for n in range(100))
_server = []


def server():
    """One Dovecot for the file, and a fresh user for each test."""
    if not _server:
        _server.append(tap.keep(Dovecot()))
    _server[0].user = next(users)
    return _server[0]


def test_read():
    """a message is read, and seen on the server"""
    day.read(server())


def test_flag():
    """flags are set and cleared, on one and on many"""
    day.flag(server())


def test_keywords():
    """keywords are set and cleared"""
    day.keywords(server(), permitted=True)


def test_move_copy_delete_undo():
    """messages are moved, copied, deleted into the Trash, and brought back"""
    day.move_copy_delete_undo(server())


def test_mailboxes():
    """mailboxes are made and renamed"""
    day.manage_mailboxes(server())


def test_others():
    """what others change appears by itself"""
    day.others_change(server())


def test_frozen():
    """a frozen server stops neither the list nor a decision"""
    day.frozen(server())


def test_cut():
    """a cut link blanks nothing, loses nothing, and comes back"""
    one = server()
    with Proxy(one.port) as proxy:
        day.cut(one, proxy)


def test_decided_before_the_end():
    """what was decided without a link is sent by the next run"""
    one = server()
    with Proxy(one.port) as proxy:
        day.decided_before_the_end(one, proxy)


if __name__ == "__main__":
    tap.main()
