"""What leaves the screen for other programs, what comes from other people's mailboxes, and finding in what is read."""

import base64
import os
import re
import tempfile

from support import tap
from support.bag import Bag
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

LONG = " ".join("word%d" % number for number in range(40))
# Where 80 columns break these lines nobody says: every pair of neighbours is looked for.
ATTACHED = bytes((number * 73 + 41) % 256 for number in range(200))     # no kind of file that anybody knows
LETTER = ("From: Anna <anna@example.org>\r\nSubject: Plans\r\nMIME-Version: 1.0\r\nMessage-ID: <plans@example.org>\r\n"
          "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; format=flowed\r\n\r\nHere they are.\r\n\r\n"
          + LONG.replace(" ", " \r\n", 20) + "\r\n--b\r\n"
          "Content-Type: application/x-plans\r\nContent-Disposition: attachment; filename=\"a plan';touch pwned;'.bin\"\r\n"
          "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n" % base64.b64encode(ATTACHED).decode()).encode()


def program(bag, name, text):
    path = os.path.join(bag.home, "bin", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o755), "w") as file:
        file.write("#!/bin/sh\n" + text)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def reading(bag, server, rows=24):
    link = server.client()
    link.append("INBOX", None, None, LETTER)
    link.logout()
    screen = bag.screen(rows=rows, environment={"PATH": bag.home + "/bin:" + os.environ["PATH"]})
    return screen


def opened(screen):
    screen.until("Plans")
    screen.keys("Enter")
    screen.until("Here they are.")


def test_print():
    """a message is printed as it is read, through the printing command of the machine"""
    with Dovecot() as server, Bag(server) as bag:
        program(bag, "lpr", 'cat -- "${1:--}" > "$HOME/printing" && mv "$HOME/printing" "$HOME/printed"\n')
        with reading(bag, server) as screen:
            opened(screen)
            screen.keys("p")
            tap.wait_until(lambda: screen.settle() or os.path.exists(bag.home + "/printed"), "the printer has it")
            screen.until("Printed.")
        text = read(bag.home + "/printed").decode()
        assert "Subject: Plans" in text and "Here they are." in text and "word39" in text, text
        assert "\x1b" not in text and "Content-Type" not in text, text


def test_print_fails():
    """what the printing command says by its end is told"""
    with Dovecot() as server, Bag(server) as bag:
        program(bag, "lpr", "exit 3\n")
        with reading(bag, server) as screen:
            opened(screen)
            screen.keys("p")
            screen.until("ended with status 3")


def test_open_by_mailcap():
    """an attachment is opened by the command that mailcap names, whatever its file is called"""
    with Dovecot() as server, Bag(server) as bag:
        program(bag, "plan-viewer", 'cp -- "$1" "$HOME/viewing" && mv "$HOME/viewing" "$HOME/viewed"\n')
        with open(bag.home + "/.mailcap", "w") as file:
            file.write("application/x-plans; plan-viewer %s; test=test -n \"$HOME\"\n")
        with reading(bag, server) as screen:
            opened(screen)
            screen.keys("v")
            screen.until("Parts of: Plans")
            screen.keys("j")
            screen.settle()
            screen.keys("Enter")
            tap.wait_until(lambda: screen.settle() or os.path.exists(bag.home + "/viewed"), "the program has it")
            tap.equal(read(bag.home + "/viewed"), ATTACHED)
            screen.until("Parts of: Plans")
        assert not any("pwned" in names for _, _, names in os.walk(bag.home)), "the file name was run"


def test_find_across_lines():
    """a phrase is found wherever its lines are broken, and marked on both of them"""
    with Dovecot() as server, Bag(server) as bag, reading(bag, server) as screen:
        opened(screen)
        screen.until("word39")
        rows = [row for row in range(24) if "word" in screen.line(row)]
        last = screen.line(rows[0]).split()[-1]
        following = screen.line(rows[1]).split()[0]
        screen.keys("/")
        screen.type("%s %s" % (last, following))
        screen.keys("Enter")

        def marked(s):
            ends = s.line(rows[0]).rindex(last), s.line(rows[1]).index(following)
            plain = s.cell(rows[0], s.line(rows[0]).index("word"))
            return all((s.cell(row, column).bg, s.cell(row, column).reverse, s.cell(row, column).fg) != (plain.bg, plain.reverse, plain.fg)
                       for row, column in zip(rows, ends))
        screen.until(marked)
        assert "not found" not in screen.text(), screen.text()


SHARED = """
namespace {
  type = public
  separator = /
  prefix = Common/
  location = maildir:%s
  subscriptions = no
}
"""


def test_shared_mailboxes():
    """mailboxes of a shared namespace stand apart in the sidebar, and are read like any other"""
    with tempfile.TemporaryDirectory(prefix="malle-shared-") as directory:
        os.chmod(directory, 0o777)
        with Dovecot(extra=SHARED % directory) as server, Bag(server) as bag:
            link = server.client()
            link.create("Common/board")
            link.append("Common/board", None, None, LETTER)
            with bag.screen(rows=30, columns=120) as screen:
                screen.until("board")
                rows = [screen.row_of(name) for name in ("Trash", "Shared", "Common", "board")]
                assert all(rows) and rows == sorted(rows), screen.text()
                screen.keys(":")
                screen.type("change-mailbox Common/board")
                screen.keys("Enter")
                screen.until("Plans")


BIG = 600_000       # some ten ranges: at the rate of the line below, long enough to be stopped in


def read_only(screen, subject, other):
    """From the list: the letter with that subject, the only one that is shown."""
    screen.keys("l", "^U")
    screen.type("~s '%s'" % subject)
    screen.keys("Enter")
    screen.until(lambda s: s.row_of(subject) is not None and s.row_of(other) is None)
    screen.keys("Enter")


def test_stop_a_transfer():
    """a transfer shows how far it is; the stop key ends it, keeps nothing, and costs neither the link nor the next message"""
    with Dovecot() as server, Proxy(server.port) as proxy, Bag(server, port=proxy.port) as bag:
        link = server.client()
        big = base64.encodebytes(os.urandom(BIG)).decode().replace("\n", "\r\n")
        link.append("INBOX", None, None, LETTER.replace(b"Subject: Plans", b"Subject: Large plans").replace(base64.b64encode(ATTACHED), big.encode()))
        link.append("INBOX", None, None, LETTER.replace(b"Here they are", b"The other one").replace(b"<plans@", b"<other@").replace(b"Subject: Plans", b"Subject: Other plans"))
        link.logout()
        target = os.path.join(bag.home, "kept.bin")
        with bag.screen() as screen:
            screen.until("Large plans")
            screen.until("Other plans")
            read_only(screen, "Large plans", "Other plans")
            screen.until("Here they are.")
            screen.until("online")
            connections = proxy.stats()["connections"]
            proxy.rate(20_000)
            screen.keys("v")
            screen.until("Parts of: Large plans")
            screen.keys("j", "s")
            screen.until("Save to:")
            screen.keys("^U")
            screen.type(target)
            screen.keys("Enter")
            screen.until(re.compile(r"\d+ ?%"))
            screen.keys("^C")
            screen.until("Stopped. Nothing was kept.")
            proxy.rate(0)
            assert not os.path.exists(target)
            screen.keys("q")
            screen.until("Here they are.")
            screen.keys("q")
            read_only(screen, "Other plans", "Large plans")
            screen.until("The other one.")
            tap.equal(proxy.stats()["connections"], connections, "connections")


if __name__ == "__main__":
    tap.main()
