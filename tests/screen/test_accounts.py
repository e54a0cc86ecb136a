"""Getting in: account set-up, passwords and certificates asked for on the screen, and a server that does not answer; on a real Dovecot."""

import os
import re
import stat

from support import tap
from support.bag import Bag
from support.servers.dovecot import Dovecot


def mail(server, *subjects):
    link = server.client()
    for subject in subjects:
        link.append("INBOX", None, None, ("From: Anna <anna@example.org>\r\nTo: test@example.org\r\nSubject: %s\r\n"
                                          "Message-ID: <%s@example.org>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\nThe text of %s.\r\n" %
                                          (subject, subject.lower(), subject)).encode())
    link.logout()


def fill_form(screen, server, port, security_steps, password):
    """The form of account set-up, from its first field to its button."""
    screen.until("Mail address")
    screen.type("test@example.org")
    screen.keys("Tab", "Tab")
    screen.until("imap.example.org")
    screen.keys("^U")
    screen.type("%s:%d" % (server, port))
    screen.keys("Tab")
    for _ in range(security_steps):
        screen.keys("Space")
    screen.keys("Tab", "^U")
    screen.type("test")
    screen.keys("Tab", "^U")
    screen.type(password)
    screen.until("*" * len(password))
    screen.keys("Tab", "Tab", "Tab", "Enter")


def test_set_up():
    """a wrong password is told in plain words, nothing is saved; the right one is tried, saved for the owner only, and opened"""
    with Dovecot() as server, Bag() as bag:
        mail(server, "Plans")
        path = os.path.join(bag.config, "accounts")
        with bag.screen() as screen:
            screen.until("There is no account yet")
            screen.keys("a")
            fill_form(screen, "127.0.0.1", server.port, 2, "wrong")
            screen.until(re.compile("(?i)(authentication|login|password)[^\n]*(fail|refus|wrong)|(refus|fail)[^\n]*(login|password)"))
            assert not os.path.exists(path)
            screen.keys("Up", "Up", "Up", "^U")
            screen.type(server.password)
            screen.keys("Tab", "Tab", "Tab", "Enter")
            screen.until("Plans")
            screen.until("NOT ENCRYPTED")
            tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            assert server.password.encode() not in bytes(screen.written)
            screen.keys("q")
            tap.equal(screen.until_end(), 0)
        with bag.screen() as screen:    # and it is there the next time
            screen.until("Plans")


def test_set_up_refused():
    """a server that is not there: plain words, and the form is still there"""
    with Bag() as bag, bag.screen() as screen:
        screen.until("There is no account yet")
        screen.keys("a")
        fill_form(screen, "127.0.0.1", 1, 2, "secret")
        screen.until(re.compile("(?i)refused|not be reached|cannot"))
        assert "Mail address" in screen.text()
        screen.keys("Esc")
        screen.until("There is no account yet")


def test_set_up_certificate():
    """an unknown certificate is shown with its names and SHA-256, and trusted for that account when the person says so"""
    with Dovecot() as server, Bag() as bag:
        mail(server, "Plans")
        with bag.screen(rows=30) as screen:
            screen.until("There is no account yet")
            screen.keys("a")
            fill_form(screen, "localhost", server.tls_port, 0, server.password)
            screen.until("SHA-256")
            screen.keys("t")
            screen.until("Plans")
            assert "NOT ENCRYPTED" not in screen.text()


def test_password_asked():
    """without a password in the file it is asked for, not echoed, and a wrong one is asked for again"""
    with Dovecot() as server, Bag(server, password=None) as bag:
        mail(server, "Plans")
        with bag.screen() as screen:
            screen.until(re.compile("(?i)password"))
            screen.until("for this session only")
            screen.type("wrong")
            screen.until("*****")
            screen.keys("Enter")
            # The server takes its time to refuse: meanwhile nothing is asked.
            screen.until(lambda s: "for this session only" not in s.text())
            screen.until("for this session only")
            screen.type(server.password)
            screen.keys("Enter")
            screen.until("Plans")
            assert server.password.encode() not in bytes(screen.written)


def test_password_command_with_terminal():
    """a password command that fails without the terminal is run again with it, when the person says so"""
    with Dovecot() as server:
        command = 'password-command = test -t 0 && test -t 2 && echo "asking you" >&2 && echo %s' % server.password
        with Bag(server, password=None, account=command) as bag:
            mail(server, "Plans")
            with bag.screen() as screen:
                screen.until("run it again with the terminal")
                screen.keys("r")
                screen.until("Plans")
                assert b"asking you" in bytes(screen.written)
                assert server.password.encode() not in bytes(screen.written).replace(command.encode(), b"").replace(
                    b"echo " + server.password.encode(), b"")


def test_reconnecting():
    """a lost link: the list stays, the status line says since when it is old and when the next attempt comes"""
    with Dovecot() as server, Bag(server) as bag:
        mail(server, "One", "Two")
        with bag.screen(columns=120) as screen:
            screen.until("Two")
            screen.until(lambda s: " online" in s.text())
            server.stop()
            screen.until(re.compile(r"as of \d\d:\d\d, (reconnecting in \d+ s|connecting)"))
            assert "One" in screen.text() and "Two" in screen.text()
            screen.keys("=", "Enter")
            screen.until("From:")
            server.start()
            screen.until(lambda s: " online" in s.text())


def test_frozen_server():
    """a server that does not answer: the keys do, what was read is there, and decisions are taken and sent later"""
    with Dovecot() as server, Bag(server) as bag:
        mail(server, "One", "Two", "Three")
        with bag.screen() as screen:
            screen.until("Three")
            screen.until(lambda s: " online" in s.text() and "working" not in s.text())
            server.freeze()
            screen.keys("=", "j", "k", "d")
            screen.until("change to send")
            screen.until(lambda s: sum(name in s.text() for name in ("One", "Two", "Three")) == 2)
            screen.keys("?")
            screen.until("Help: the list")
            screen.keys("q")
            server.thaw()
            screen.until_gone("change to send")
        link = server.client()
        tap.equal(int(link.select("INBOX")[1][0]), 2)


def test_attachment():
    """a part is saved where the person says, and an existing file is not written over without asking"""
    with Dovecot() as server, Bag(server) as bag:
        link = server.client()
        link.append("INBOX", None, None, b"From: Anna <anna@example.org>\r\nSubject: Plans\r\nMIME-Version: 1.0\r\nMessage-ID: <p@x>\r\n"
                    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere.\r\n--b\r\n"
                    b'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="../../plans.bin"\r\n'
                    b"Content-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b--\r\n")
        link.logout()
        target = os.path.join(bag.home, "kept.bin")
        with bag.screen() as screen:
            screen.until("Plans")
            screen.keys("Enter")
            screen.until("Here.")
            screen.until("plans.bin")
            screen.keys("v")
            screen.until("Parts of: Plans")
            screen.keys("s")
            screen.until("Save to:")
            screen.keys("^U")
            screen.type(target)
            screen.keys("Enter")
            screen.until("Saved:")
            with open(target, "rb") as file:
                tap.equal(file.read(), bytes(range(5)))
            screen.keys("s", "^U")
            screen.type(target)
            screen.keys("Enter")
            screen.until("is there already")
            screen.keys("n")
            screen.until_gone("is there already")
            screen.keys("|")
            screen.until("Pipe to command:")
            screen.type("wc -c >%s/count" % bag.home)
            screen.keys("Enter")
            screen.until("Press Enter to go back")
            screen.keys("Enter")
            screen.until("Parts of: Plans")
            with open(bag.home + "/count") as file:
                tap.equal(file.read().strip(), "5")


if __name__ == "__main__":
    tap.main()
