"""What passes between Malle and the terminal beside cells and keys: the mouse, the clipboard, links, notices of new mail."""

import base64
import imaplib
import os
import re

from support import tap
from support.bag import Bag
from support.servers.dovecot import Dovecot
from test_layout import command, opened, ready, with_maildir


def click(screen, row, column, button=0, final="M"):
    screen.type("\x1b[<%d;%d;%d%s" % (button, column + 1, row + 1, final))
    if final == "M" and button == 0:
        screen.type("\x1b[<0;%d;%dm" % (column + 1, row + 1))


def test_mouse_is_off():
    """at first the terminal keeps its mouse; F9 takes it, F9 gives it back, and so does leaving"""
    with Bag() as bag, opened(bag) as screen:
        ready(screen)
        assert b"?1002" not in bytes(screen.written)
        screen.type("\x1b[20~")
        screen.until("The mouse is taken")
        assert b"\x1b[?1002h\x1b[?1006h" in bytes(screen.written)
        screen.type("\x1b[20~")
        screen.until("left to the terminal")
        assert b"\x1b[?1006l\x1b[?1002l" in bytes(screen.written)
        screen.type("\x1b[20~")
        screen.until("The mouse is taken")
        before = len(screen.written)
        screen.keys("q")
        tap.equal(screen.until_end(), 0)
        assert b"\x1b[?1006l\x1b[?1002l" in bytes(screen.written[before:])


def test_clicks():
    """a click selects, two open, the wheel scrolls what is under it, the key bar is pressed"""
    with Bag(options="mouse = yes\nadvance = no\n") as bag, opened(bag, 40, 120) as screen:
        ready(screen)
        row = screen.row_of("Facture 2043")
        click(screen, row, 60)
        screen.until(lambda s: s.cursor.row == row)
        screen.type("\x1b[<64;60;10M" * 2)
        screen.until(lambda s: s.row_of("Facture 2043") != row)
        screen.until("Facture 2043")
        row = screen.until(lambda s: s.row_of("Facture 2043"))
        click(screen, row, 60)
        click(screen, row, 60)
        screen.until(lambda s: "From: Plomberie" in s.text())
        archive = screen.row_of("Archive")
        click(screen, archive, 5)
        screen.until(lambda s: re.search(r"│ Archive ", s.line(0)))
        bar = screen.row_of("? Help")
        click(screen, bar, screen.line(bar).index("Help"))
        screen.until("Help: the list of messages")


def test_borders():
    """borders are dragged, and the sizes remembered"""
    with Bag(options="mouse = yes\n") as bag:
        with_maildir(bag)
        with bag.screen(rows=40, columns=120) as screen:
            screen.until("letter 29")
            screen.keys("Enter")
            screen.until(lambda s: "From:" in s.text())
            screen.type("\x1b[<0;25;10M\x1b[<32;33;10M\x1b[<0;33;10m")
            screen.until(lambda s: s.line(3)[32:33] == "│")
            top = screen.until(lambda s: s.row_of("From: "))
            screen.type("\x1b[<0;60;%dM\x1b[<32;60;%dM\x1b[<0;60;%dm" % (top, top + 6, top + 6))
            screen.until(lambda s: (s.row_of("From: ") or 0) in (top + 5, top + 6, top + 7))
            command(screen, "quit")
            screen.until_end()
        with bag.screen(rows=40, columns=120) as screen:
            screen.until(lambda s: s.line(3)[32:33] == "│")


def copied(screen):
    return [base64.b64decode(found).decode() for found in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x1b\\", bytes(screen.written))]


def test_clipboard():
    """addresses, links and Message-IDs go into the clipboard through the terminal"""
    with Bag() as bag, opened(bag, 40, 120) as screen:
        ready(screen)
        command(screen, "search ~s 'Facture 2043'")
        screen.until(lambda s: "Facture 2043" in s.line(s.cursor.row))
        screen.type("\x1by")
        screen.until("Copied: ")
        command(screen, "copy-message-id")
        screen.until(lambda s: len(copied(s)) == 2)
        assert re.fullmatch(r"\S+@\S+", copied(screen)[0]), copied(screen)
        assert "@" in copied(screen)[1] and "<" not in copied(screen)[1], copied(screen)


def test_links():
    """links are the terminal's to open where it can, and not sent where it cannot; a deceiving one is never one"""
    with Bag() as bag:
        with_maildir(bag, 1)
        folder = os.path.join(bag.home, "Mail", "cur")
        with open(os.path.join(folder, "99.html:2,S"), "w") as file:
            file.write("From: Eve <eve@example.org>\nTo: me@example.org\nSubject: links\nMessage-ID: <99@example.org>\nDate: Tue, 3 Nov 2026 10:00:00 +0000\n"
                       "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
                       "<p><a href='https://good.example/a?b=1'>the good one</a> <a href='http://evil.example/'>https://bank.example/</a> "
                       "<a href='https://x.example/\u202e'>turned</a></p>\n")
        for value, wanted in (("yes", True), ("no", False), ("auto", False)):
            with open(os.path.join(bag.config, "config"), "w") as file:
                file.write("hyperlinks = %s\n" % value)
            with bag.screen(rows=24, columns=80) as screen:
                screen.until("links")
                command(screen, "search links")
                screen.keys("Enter")
                screen.until("the good one")
                if wanted:      # they follow the frame
                    screen.until(lambda s: bytes(s.written).count(b"\x1b]8;;\x1b\\") >= 2)
                screen.settle()
                found = re.findall(rb"\x1b\]8;id=\d+;([^\x1b]*)\x1b\\", bytes(screen.written))
                tap.equal(set(found), {b"https://good.example/a?b=1", b"https://x.example/"} if wanted else set())
                if wanted:
                    tap.equal(bytes(screen.written).count(b"\x1b]8;id="), bytes(screen.written).count(b"\x1b]8;;\x1b\\"))
                    assert "the good one" in screen.text(), "the text stands where it stood"


def arrive(server, bag, subject):
    with imaplib.IMAP4("127.0.0.1", server.port) as link:
        link.login(server.user, server.password)
        link.append("INBOX", None, None, ("From: \"Eve; $(touch %s/run)\" <eve@example.org>\r\nTo: me@example.org\r\nSubject: %s\r\n"
                                          "Message-ID: <%d@example.org>\r\n\r\nText.\r\n" % (bag.home, subject, len(subject))).encode())


def test_new_mail():
    """a command with account, mailbox, sender and subject in its environment, and the terminal's own notice; nothing of the letter is run"""
    server = tap.keep(Dovecot())
    with Bag(server) as bag:
        out = os.path.join(bag.home, "told")
        with open(os.path.join(bag.config, "config"), "w") as file:
            file.write("notify = terminal\nnotify-mailboxes = *\n"
                       "new-mail-command = printf '%%s|' \"$MALLE_ACCOUNT\" \"$MALLE_MAILBOX\" \"$MALLE_COUNT\" \"$MALLE_FROM\" \"$MALLE_ADDRESS\" \"$MALLE_SUBJECT\" > %s.new; mv %s.new %s\n"
                       % (out, out, out))
        with bag.screen(rows=24, columns=100) as screen:
            screen.until("There are no messages here")
            screen.until(re.compile("ENCRYPTED online$", re.M))
            arrive(server, bag, "Hello `touch %s/run`; ok" % bag.home)
            screen.until(lambda s: os.path.exists(out))
            with open(out) as file:
                account, mailbox, count, sender, address, subject = file.read().split("|")[:6]
            tap.equal((account, mailbox, count, address), ("test", "INBOX", "1", "eve@example.org"))
            assert sender.startswith("Eve; $(touch") and subject.startswith("Hello `touch"), (sender, subject)
            assert not os.path.exists(os.path.join(bag.home, "run"))
            screen.until(lambda s: re.search(rb"\x1b\]9;1 new message in INBOX: Eve, [^\x1b\x07]*\x1b\\", bytes(s.written)))
            os.remove(out)
            command(screen, "set notify-mailboxes elsewhere: *")
            screen.until("notify-mailboxes = ")
            arrive(server, bag, "second")
            screen.until("second")
            command(screen, "set notify-mailboxes test: IN*")
            screen.until("notify-mailboxes = test")
            arrive(server, bag, "the third")
            screen.until(lambda s: os.path.exists(out))
            with open(out) as file:
                tap.equal(file.read().split("|")[5], "the third")


if __name__ == "__main__":
    tap.main()
