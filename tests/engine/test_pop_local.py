"""POP3 letters as local mail: read, deleted here and there, put into other accounts, and fetched whole when they are opened."""

import os
import sqlite3

from engine.poppy import Poppy
from support import tap
from support.popbag import PopBag, letter


def letters(*names):
    return [("uidl-" + name, letter(name)) for name in names]


def decided_long_ago(bag):
    with sqlite3.connect(bag.store_path()) as link:
        link.execute("UPDATE pop_letter SET decided = decided - 4000 WHERE decided <> 0")


def test_headers_above():
    """of large letters only the header comes; opened, the rest comes too; and none of them is deleted before"""
    server = Poppy([("big", letter("big", "x" * 900 + "\r\nthe very end"))])
    with server.listen() as address, PopBag(address, policy="delete", more="pop-headers-above = 1 kb\n") as bag:
        bag.sync()
        tap.equal((bag.states(), len(server.letters)), ({"header/there": 1}, 1))
        tap.equal((server.count("RETR"), server.count("TOP")), (0, 1))
        tap.equal(bag.query("SELECT size FROM message"), [(len(server.letters[0][1]),)])
        bag.sync()
        tap.equal((server.count("RETR"), server.count("TOP")), (0, 1))
        bag.forget_login()
        with bag.screen(rows=40, columns=120) as screen:
            screen.until("Letter big")
            screen.keys("Enter")
            screen.until("the very end")
        tap.equal([one["copy"] for one in bag.ledger()], ["whole"])
        once = {name: len(paths) for name, paths in bag.files().items()}
        tap.equal(once, {"big": 1})
        bag.sync()
        tap.equal((server.letters, server.count("RETR")), ([], 1))


def test_deleted_here():
    """pop-delete-with-local: what is deleted here by a decision is deleted there, an hour later; a file that vanished is not"""
    server = Poppy(letters("a", "b", "c"))
    with server.listen() as address, PopBag(address, policy="leave", more="pop-delete-with-local = yes\n") as bag:
        bag.sync()
        bag.do("--offline", "change-mailbox INBOX", 'tag-pattern ~s "Letter a"', "delete-message")
        os.remove(bag.files()["b"][0])
        bag.sync()
        tap.equal(len(server.letters), 3)       # it can still be thought better of
        decided_long_ago(bag)
        bag.sync()
        tap.equal([uidl for uidl, _ in server.letters], ["uidl-b", "uidl-c"])


def test_deleted_here_only():
    """without it, a decision here changes nothing there"""
    server = Poppy(letters("a"))
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        bag.do("--offline", "change-mailbox INBOX", "tag-pattern ~A", "delete-message")
        bag.sync()
        decided_long_ago(bag)
        bag.sync()
        tap.equal((len(server.letters), server.count("RETR")), (1, 1))


def test_moved_here():
    """a letter that was moved to another mailbox here is proved there"""
    server = Poppy(letters("a", "b"))
    with server.listen() as address, PopBag(address, policy="leave 30 days") as bag:
        bag.sync()
        bag.do("--offline", "create-mailbox Kept", "change-mailbox INBOX", "tag-pattern ~A", "move-message Kept")
        bag.sync()
        assert all("/.Kept/" in path for paths in bag.files().values() for path in paths), bag.files()
        with sqlite3.connect(bag.store_path()) as link:
            link.execute("UPDATE pop_letter SET first_seen = 1000")
        bag.sync()
        tap.equal((server.letters, bag.states()), ([], {"whole/deleted": 2}))


def test_several_into_one():
    """several POP3 accounts into one mailbox, or their own"""
    one, two = Poppy(letters("a", "b")), Poppy(letters("c"))
    with one.listen() as first, two.listen() as second:
        more = "\n[account second]\nreceive = pop3+insecure://test@127.0.0.1:%d\npassword = secret\npop-policy = delete\npoll = 0\n" \
               "deliver-to = test/Both\n" % second.pop_port
        with PopBag(first, policy="delete", more=more) as bag:
            bag.sync()
            where = {name: os.path.relpath(os.path.dirname(os.path.dirname(paths[0])), bag.mail) for name, paths in bag.files().items()}
            tap.equal(where, {"a": ".", "b": ".", "c": ".Both"})
            tap.equal((one.letters, two.letters), ([], []))
            found = bag.run("search", "~A")
            assert "Letter c" in found and "[test/Both]" in found, found


def test_ledger_on_the_screen():
    """the ledger is shown in the program as well"""
    server = Poppy(letters("a"))
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        bag.sync()
        with bag.screen(rows=24, columns=80) as screen:
            screen.until("Letter a")
            screen.keys(*":pop-ledger", "Enter")
            screen.until("deleted on the server")
            assert "uidl-a" in screen.text() and "here since" in screen.text(), screen.text()
            tap.note(screen.text())


def test_check():
    """the screen fetches when it starts, and when it is asked to"""
    server = Poppy(letters("a"))
    with server.listen() as address, PopBag(address, policy="leave") as bag, bag.screen() as screen:
        screen.until("Letter a")
        server.letters += letters("later")
        screen.keys(":")
        screen.keys(*"check", "Enter")
        screen.until("Letter later")


def test_interval():
    """and by itself, as often as the account says"""
    server = Poppy(letters("a"))
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.more = "pop-policy = leave\npoll = 1\n"
        bag.write_accounts()
        with bag.screen() as screen:
            screen.until("Letter a")
            server.letters += letters("later")
            screen.until("Letter later")
            assert server.sessions >= 2, server.sessions


if __name__ == "__main__":
    tap.main()
