"""A conversation on one page, with what one wrote oneself and what lies in other mailboxes; and threads as one thing: taken apart,
joined, muted."""

import imaplib
import re
import sqlite3

from support import tap
from support.bag import Bag
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

# (mailbox, Message-ID, References, sender, recipient, day, read, text)
EXCHANGE = [
    ("INBOX", "one", [], "Ada <ada@example.org>", "test@example.org", 1, True, "Shall we meet on Monday?\n"),
    ("Sent", "two", ["one"], "test@example.org", "Ada <ada@example.org>", 2, True,
     "Monday is fine.\n\n> Shall we meet on Monday?\n> An old line\n> Another old line\n> A last old line\n"),
    ("INBOX", "three", ["one", "two"], "Ada <ada@example.org>", "test@example.org", 3, True, "Then at nine.\n"),
    ("Archive", "four", ["one", "two", "three"], "Bob <bob@example.org>", "test@example.org", 4, True, "I come too.\n"),
    ("INBOX", "five", ["one", "two", "three", "four"], "Carol <carol@example.org>", "test@example.org", 5, False,
     "May I bring the cat?\n"),
    ("Trash", "six", ["one"], "Ada <ada@example.org>", "test@example.org", 6, True, "Thrown away.\n"),
]


def letter(number, references, sender, recipient, day, text):
    lines = ["Message-ID: <%s@talk>" % number, "From: " + sender, "To: " + recipient, "Subject: %sMonday" % ("Re: " if references else ""),
             "Date: %d Mar 2026 10:00:00 +0000" % day, "Content-Type: text/plain; charset=utf-8", "MIME-Version: 1.0"]
    if references:
        lines.append("References: " + " ".join("<%s@talk>" % one for one in references))
    return ("\r\n".join(lines) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


def put(server, mailbox, number, references, sender, recipient, day, read, text):
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap.login(server.user, server.password)
        status, words = imap.append(mailbox, "(\\Seen)" if read else None, None, letter(number, references, sender, recipient, day, text))
        assert status == "OK", words


def fill(server):
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap.login(server.user, server.password)
        for name in ("Sent", "Archive", "Trash"):
            imap.create(name)
    for mail in EXCHANGE:
        put(server, *mail)


def flags_of(server, mailbox, number):
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap.login(server.user, server.password)
        imap.select(mailbox, readonly=True)
        _, found = imap.search(None, "HEADER", "Message-ID", "<%s@talk>" % number)
        _, data = imap.fetch(found[0].split()[0], "(FLAGS)")
        return data[0].decode()


def forget(bag, sql):
    """Takes texts out of the store, as if they had never come."""
    with sqlite3.connect(bag.store_path(), timeout=60) as link:
        link.execute(sql)


class Talk:
    """A server with the exchange on it, and Malle that has all of its lists."""

    def __enter__(self):
        self.server = Dovecot().__enter__()
        fill(self.server)
        self.link = Proxy(self.server.port).__enter__()
        self.bag = Bag(self.server, port=self.link.port, options="sort = threads\neditor = true\n").__enter__()
        self.bag.run("sync")
        return self

    def __exit__(self, *exception):
        self.bag.__exit__(*exception)
        self.link.__exit__(*exception)
        self.server.__exit__(*exception)

    def screen(self, rows=40, columns=100):
        return self.bag.screen(rows=rows, columns=columns)


def opened(screen):
    """The conversation, opened from the list."""
    screen.until(lambda s: "Carol" in s.text() and "online" in s.text())
    screen.keys("*", "I")


def test_whole_exchange():
    """all of it by date, what was sent and what lies elsewhere included, without what was thrown away; quoted text folded; it begins at the unread one"""
    with Talk() as talk, talk.screen(rows=50) as screen:
        opened(screen)
        screen.until(lambda s: "May I bring the cat?" in s.text() and "message 5 of 5" in s.text())
        screen.keys("=")
        words = ["Ada to test@example.org", "Shall we meet on Monday?", "you to Ada <ada@example.org> (in Sent)", "Monday is fine.",
                 "4 quoted lines", "Then at nine.", "Bob to test@example.org (in Archive)", "I come too.", "May I bring the cat?"]
        screen.until(lambda s: all(s.row_of(word) is not None for word in words))
        rows = [screen.row_of(word) for word in words]
        assert rows == sorted(rows), screen.text()
        assert "old line" not in screen.text() and "Thrown away" not in screen.text(), screen.text()
        screen.keys("T")
        screen.until("> A last old line")
        screen.keys("T")
        screen.until_gone("A last old line")


def test_moving_reading_answering():
    """from message to message; what one comes to is read; the answer goes to the one that is marked, in whatever mailbox it lies"""
    with Talk() as talk, talk.screen() as screen:
        opened(screen)
        screen.until("message 5 of 5")
        screen.until(lambda s: "Carol" in s.line(s.cursor.row))
        screen.keys("k")
        screen.until(lambda s: "Bob" in s.line(s.cursor.row) and "message 4 of 5" in s.text())
        screen.keys("r")
        screen.until(re.compile("To.*bob@example.org"))
        screen.type(":close-letter\n")
        screen.until("What becomes of the letter?")
        screen.keys("d")
        screen.until("message 4 of 5")
        screen.keys("=")
        screen.until(lambda s: "message 1 of 5" in s.text())
        screen.keys("j", "j")
        screen.until(lambda s: "message 3 of 5" in s.text() and "Ada" in s.line(s.cursor.row))
        screen.keys("F")
        screen.until(lambda s: re.search(r"!   Ada to test@example.org +3 Mar", s.text()))
        screen.keys("q")
        screen.until_gone("message 3 of 5")
        screen.type(":quit\n")
        screen.until_end()
        assert "\\Seen" in flags_of(talk.server, "INBOX", "five")
        assert "\\Flagged" in flags_of(talk.server, "INBOX", "three")


def flights_of(talk, rows, words):
    with talk.screen(rows=rows) as screen:
        screen.until(lambda s: "Carol" in s.text() and "online" in s.text())
        talk.link.until_quiet()
        talk.link.rtt(200)
        forget(talk.bag, "DELETE FROM body")
        forget(talk.bag, "DELETE FROM part")
        forget(talk.bag, "UPDATE content SET has_structure = 0")
        talk.link.reset()
        screen.keys("*", "I", "=")
        screen.until(lambda s: all(word in s.text() for word in words))
        seen = talk.link.stats()
        tap.note("%d texts in three mailboxes: %s" % (len(words), seen))
        talk.link.rtt(0)
        return seen["flights"]


FEW = ["Shall we meet on Monday?", "Monday is fine.", "Then at nine.", "I come too.", "May I bring the cat?"]
MORE = ["Word %d of many." % number for number in range(12)]


def test_flights():
    """texts of a conversation in three mailboxes, none of them here: all of a mailbox are asked for together"""
    with Talk() as talk:
        tap.at_most(flights_of(talk, 50, FEW), 11, "flights for five texts in three mailboxes")


def test_flights_of_more():
    """and that costs the same however many messages are in it"""
    with Talk() as talk:
        for number, text in enumerate(MORE):
            put(talk.server, "Archive" if number % 3 == 0 else "INBOX", "more%d" % number, ["one"], "Ada <ada@example.org>", "test@example.org",
                10 + number, True, text + "\n")
        talk.bag.run("sync")
        tap.at_most(flights_of(talk, 180, FEW + MORE), 11, "flights for seventeen texts in three mailboxes")


def test_offline():
    """without the server what is here is shown, and what is not is said; it comes with the link"""
    with Talk() as talk, talk.screen(rows=50) as screen:
        opened(screen)
        screen.keys("=")
        screen.until(lambda s: all(text in s.text() for text in FEW) and "not here" not in s.text())
        screen.keys("q")
        screen.type(":offline\n")
        screen.until("offline by choice")
        forget(talk.bag, "DELETE FROM body WHERE content_id IN (SELECT content_id FROM message m JOIN mailbox b ON b.id = m.shown_mailbox"
                         " WHERE b.name = 'Archive')")
        screen.keys("*", "I", "=")
        screen.until("1 text not here")
        screen.until("Not on this machine, and you are offline. It comes when you are online.")
        assert "I come too." not in screen.text()
        screen.type(":online\n")
        screen.until("I come too.")
        screen.until_gone("not here")


def test_new_answer_appears():
    """an answer that arrives while the conversation is open stands at its place, and moves nothing that is being read"""
    with Talk() as talk, talk.screen(rows=50) as screen:
        opened(screen)
        screen.until("message 5 of 5")
        put(talk.server, "INBOX", "seven", ["one", "five"], "Dan <dan@example.org>", "test@example.org", 7, False, "Bring two.\n")
        screen.until("message 5 of 6")
        screen.until("Bring two.")


def test_apart_and_together():
    """a message begins a thread, is joined again, and both are taken back; it survives a restart"""
    with Talk() as talk:
        with talk.screen() as screen:
            screen.until(lambda s: "Carol" in s.text() and "online" in s.text())
            screen.keys("*")
            screen.until(lambda s: "└" in s.line(s.cursor.row) or "└" in s.text())
            screen.keys("#")
            screen.until("1 message begins a thread")
            screen.until(lambda s: s.row_of("Carol") is not None and "└" not in s.line(s.row_of("Carol")))
            screen.type(":undo\n")
            screen.until("Taken back")
            screen.until(lambda s: "└" in s.line(s.row_of("Carol")))
            screen.keys("*", "#")
            screen.until(lambda s: "└" not in s.line(s.row_of("Carol")))
            screen.type(":quit\n")
            screen.until_end()
        with talk.screen() as screen:
            screen.until(lambda s: "Carol" in s.text() and "online" in s.text())
            assert "└" not in screen.line(screen.row_of("Carol")), screen.text()
            screen.keys("/", *"~f carol", "Enter")
            screen.until(lambda s: "Carol" in s.line(s.cursor.row))
            screen.keys("t", "/", *"~s Monday !~f carol", "Enter")
            screen.until(lambda s: "Ada" in s.line(s.cursor.row))
            screen.keys("&")
            screen.until("1 message joined to the thread")
            screen.until(lambda s: "└" in s.line(s.row_of("Carol")))


def test_flagged_and_moved_as_one():
    """a thread is flagged and moved whole, folded or not, and comes back whole"""
    with Talk() as talk, talk.screen() as screen:
        screen.until(lambda s: "Carol" in s.text() and "online" in s.text())
        screen.type(":flag-thread\n")
        screen.until("3 messages flagged")
        screen.until(lambda s: all("\\Flagged" in flags_of(talk.server, "INBOX", number) for number in ("one", "three", "five")))
        screen.type(":undo\n")
        screen.until(lambda s: not any("\\Flagged" in flags_of(talk.server, "INBOX", number) for number in ("one", "three", "five")))
        screen.type(":move-thread Archive\n")
        screen.until("3 messages moved to Archive")
        screen.until_gone("Carol")
        screen.until(lambda s: "\\Seen" in flags_of(talk.server, "Archive", "one"))
        screen.type(":undo\n")
        screen.until("Carol")
        screen.type(":fold-thread\n")
        screen.until(lambda s: s.row_of("Carol") is None)
        screen.keys("F")
        screen.until(lambda s: all("\\Flagged" in flags_of(talk.server, "INBOX", number) for number in ("one", "three", "five")))


def test_over_accounts():
    """what lies in another account belongs to it as well, and says where it is; a copy there is shown once"""
    with Dovecot() as other, Dovecot() as server:
        fill(server)
        put(other, "INBOX", *EXCHANGE[2][1:])
        put(other, "INBOX", "elsewhere", ["three"], "Dan <dan@example.org>", "test@example.org", 8, False, "By the other way.\n")
        account = "\n[account other]\nreceive = imap+insecure://%s@127.0.0.1:%d\npassword = %s\naddress = test@example.org\n" % (
            other.user, other.port, other.password)
        with Bag(server, account=account, options="sort = threads\n") as bag:
            bag.run("sync")
            with bag.screen(rows=60, columns=100) as screen:
                screen.until(lambda s: "Carol" in s.text() and s.text().count("Inbox") == 2)
                screen.keys("*", "I")
                screen.until("of 6")
                screen.keys("=")
                screen.until(lambda s: "By the other way." in s.text() and "(in other: INBOX)" in s.text())
                assert screen.text().count("Then at nine.") == 1, screen.text()


def test_muted():
    """a muted thread is read, and so is what comes to it, without a word; other programs see the keyword; it can be heard again"""
    with Talk() as talk, talk.screen() as screen:
        screen.until(lambda s: "Carol" in s.text() and "online" in s.text())
        screen.keys("*", ",")
        screen.until("Thread muted")
        put(talk.server, "INBOX", "seven", ["one", "five"], "Dan <dan@example.org>", "test@example.org", 7, False, "Bring two.\n")
        screen.until("Dan")
        screen.until(lambda s: "N" not in s.line(s.row_of("Dan"))[:30].split("Dan")[0][-8:])
        assert "new message" not in screen.text(), screen.text()
        screen.until(lambda s: "\\Seen" in flags_of(talk.server, "INBOX", "seven") and "$Muted" in flags_of(talk.server, "INBOX", "seven"))
        assert "$Muted" in flags_of(talk.server, "INBOX", "one")
        screen.type(":mute-thread\n")
        screen.until("Thread no longer muted")
        screen.until(lambda s: "$Muted" not in flags_of(talk.server, "INBOX", "one"))
        put(talk.server, "INBOX", "eight", ["one"], "Eve <eve@example.org>", "test@example.org", 8, False, "And me?\n")
        screen.until("Eve")
        assert "\\Seen" not in flags_of(talk.server, "INBOX", "eight")


if __name__ == "__main__":
    tap.main()
