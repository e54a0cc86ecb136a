"""A limit whose texts are not here: the server is asked, and the screen says where was looked."""

from support import tap
from support.bag import Bag
from support.link import Link
from support.servers.dovecot import Dovecot


def fill(server, count=30):
    link = Link(server)
    for number in range(count):
        link.append("INBOX", "\\Seen", None, ("From: Ann <ann@example.org>\r\nSubject: letter %d\r\nDate: Tue, 03 Mar 2026 10:%02d:00 +0000\r\n\r\n%s\r\n" % (
            number, number, "A heron." if number in (3, 5) else "Nothing.")).encode())
    return link


def limit(screen, query):
    screen.keys("l")
    screen.until("Limit to messages matching:")
    screen.keys("^U")
    screen.type(query + "\r")


def until(screen, *words):
    screen.until(lambda s: all(word in s.text() for word in words))


def show(screen, title):
    tap.note(title)
    for line in screen.lines():
        tap.note("|" + line)


def test_limit_on_the_server():
    """a limit by text: what the server found is shown, with where was looked; here alone, and without a connection, it says so"""
    with Dovecot() as server:
        fill(server)
        with Bag(server, options="mark-read-delay = -1\nthreads = no\n") as bag, bag.screen() as screen:
            screen.until("letter 29")
            limit(screen, "~b heron")
            until(screen, "letter 3", "letter 5", "on the server too")
            screen.until(lambda s: "letter 29" not in s.text())
            show(screen, "limited")
            screen.type(":show-searched\r")
            until(screen, "Where was searched", "2 messages found")
            show(screen, "where")
            screen.keys("q")
            screen.type(":set search-where=here\r")
            limit(screen, "~b heron")
            until(screen, "only here: as you asked")
            show(screen, "only here")
            screen.type(":set search-where=auto\r")
            screen.type(":offline\r")
            limit(screen, "~b heron")
            screen.until("only here: no connection")


def test_search_of_all_mailboxes():
    """a search of all mailboxes finds what is not here, also in a mailbox that was never opened, and says where it looked"""
    with Dovecot() as server:
        link = fill(server)
        link.create("Birds")
        link.append("Birds", None, None, b"From: Ann <ann@example.org>\r\nSubject: the other one\r\n\r\nA heron.\r\n")
        with Bag(server, options="mark-read-delay = -1\n") as bag, bag.screen(rows=30, columns=140) as screen:
            until(screen, "letter 29", "Birds")
            screen.type(":search-all body:heron\r")
            until(screen, "letter 3", "letter 5", "the other one", "on the server too")
            show(screen, "found")
            screen.type(":show-searched\r")
            until(screen, "Where was searched", "Birds", "1 message found", "2 messages found")
            show(screen, "where")


if __name__ == "__main__":
    tap.main()
