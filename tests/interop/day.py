"""What a person does in a day, once written and played against every server: on the screen, and then looked
for on the server by a second client. A test file plays each step with a server of its kind.

Nobody's word is taken: that the screen says "moved" is not asserted, that the server has it is."""

import base64
import email.utils
import os
import re
import time

from support import tap
from support.bag import Bag
from support.link import Link


def letter(subject, body="Hello.\r\n", sender="Anna Berger <anna@example.org>", extra=""):
    letter.number += 1
    return ("From: %s\r\nTo: test@example.org\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d.day@example.org>\r\n%s\r\n%s" %
            (sender, subject, email.utils.formatdate(1_700_000_000 + letter.number * 60), letter.number, extra,
             body)).encode()


letter.number = 0


def put(link, *subjects, mailbox="INBOX", flags=None):
    for subject in subjects:
        date = '"%s"' % time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime(1_700_000_000 + letter.number * 60))
        status, words = link.append(mailbox, flags, date, letter(subject))
        tap.equal(status, "OK", str(words))


def subjects(link, mailbox="INBOX"):
    """Subject → flags (a set) of what is not marked as deleted, as the server has it now."""
    found = {}
    status, count = link.select('"%s"' % mailbox, readonly=True)
    if status != "OK":
        return None
    if int(count[0]):
        lines = link.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        for item in lines:
            if isinstance(item, tuple):
                flags = set(re.search(rb"FLAGS \(([^)]*)\)", item[0]).group(1).decode().split())
                subject = item[1].decode().partition(":")[2].strip()
                if "\\Deleted" not in flags:
                    found[subject] = flags - {"\\Recent"}
    link.close()
    return found


def mailboxes(link):
    names = set()
    for line in link.list()[1]:
        if line:
            name = re.search(rb'(?:"[^"]*"|NIL) "?([^"]*)"?$', line).group(1).decode()
            names.add(name[len(link.server.prefix):] if name.startswith(link.server.prefix) else name)
    return names


def command(screen, line):
    """A command by its name, at the ":" prompt."""
    screen.keys(":")
    screen.type(line)
    screen.keys("Enter")


def opened(screen, subject):
    screen.until(subject)
    return screen


def go_to(screen, subject):
    """Puts the cursor on the row with that subject (the list is the focused view)."""
    def there(s):
        row = s.row_of(subject)
        return row is not None and s.cursor.row == row
    for _ in range(200):
        screen.settle()     # what the keys before have done is on the screen
        if there(screen):
            screen.settle()     # a key that was given up may still have come
            if there(screen):
                return
            continue
        row = screen.row_of(subject)
        assert row is not None, "%r is not on the screen:\n%s" % (subject, screen.text())
        before = screen.cursor
        screen.keys("j" if screen.cursor.row < row else "k")
        try:
            screen.until(lambda s: s.cursor != before or there(s), seconds=3)
        except AssertionError:
            pass            # an earlier key's effect came in between and led back: look again
    raise AssertionError("the cursor does not come to %r:\n%s" % (subject, screen.text()))


def server_has(link, mailbox, condition, what):
    seen = []

    def look():
        seen[:] = [subjects(link, mailbox)]
        return seen[0] is not None and condition(seen[0])
    try:
        tap.wait_until(look, what)
    except AssertionError as error:
        raise AssertionError("%s; the server has in %s: %r" % (error, mailbox, seen)) from None


def leave(screen):
    screen.keys("q")
    tap.equal(screen.until_end(), 0)


def read(server):
    link = Link(server)
    put(link, "First of all", "Second thoughts", "Third time lucky")
    with Bag(server) as bag, bag.screen() as screen:
        opened(screen, "Third time lucky")
        for subject in ("First of all", "Second thoughts"):
            assert screen.row_of(subject) is not None, screen.text()
        go_to(screen, "Second thoughts")
        screen.keys("Enter")
        screen.until("Hello.")
        screen.keys("q")
        screen.until("q Quit")
        screen.until_gone("change to send")
        leave(screen)
    server_has(link, "INBOX", lambda s: s["Second thoughts"] == {"\\Seen"} and not s["First of all"],
               "the message that was read is seen, the others are not")


def flag(server, at_once=True):
    """at_once: the server shows a second client what is flagged before the first has left."""
    link = Link(server)
    put(link, "Flag me", "Leave me")

    def flagged(wanted):
        def look(subjects):
            return {s for s, flags in subjects.items() if "\\Flagged" in flags} == wanted
        return look
    with Bag(server) as bag:
        with bag.screen() as screen:
            opened(screen, "Flag me")
            go_to(screen, "Flag me")
            screen.keys("F")
            if at_once:
                server_has(link, "INBOX", flagged({"Flag me"}), "the flag is set")
            else:
                screen.until(lambda s: "!" in s.line(s.row_of("Flag me")))
                screen.until_gone("to send")
                leave(screen)
        server_has(link, "INBOX", flagged({"Flag me"}), "the flag is set")
        with bag.screen() as screen:
            opened(screen, "Flag me")
            go_to(screen, "Flag me")
            screen.until(lambda s: "!" in s.line(s.row_of("Flag me")))
            screen.keys("F")
            screen.until(lambda s: "!" not in s.line(s.row_of("Flag me")))
            # Many at once: all that is tagged.
            screen.keys("T")
            screen.type("~A")
            screen.keys("Enter")
            screen.until("2 tagged")
            screen.keys(";", "F")
            screen.until(lambda s: all("!" in s.line(s.row_of(name)) for name in ("Flag me", "Leave me")))
            screen.until_gone("to send")
            leave(screen)
        server_has(link, "INBOX", flagged({"Flag me", "Leave me"}), "both are flagged")


def keywords(server, permitted):
    link = Link(server)
    put(link, "Label me")
    with Bag(server) as bag, bag.screen() as screen:
        opened(screen, "Label me")
        go_to(screen, "Label me")
        command(screen, "label +work")
        if permitted:
            server_has(link, "INBOX", lambda s: "work" in s["Label me"], "the keyword is set")
            command(screen, "label -work")
            server_has(link, "INBOX", lambda s: "work" not in s["Label me"], "the keyword is cleared")
        else:
            screen.until(lambda s: "keyword" in s.text().lower())
            tap.equal(subjects(link)["Label me"], set())


def move_copy_delete_undo(server):
    link = Link(server)
    for name in ("Archive", "Trash", "Plans"):
        link.create(name)
    put(link, "To be moved", "To be copied", "To be deleted", "To be left")
    with Bag(server) as bag, bag.screen(rows=30, columns=120) as screen:
        opened(screen, "To be left")
        screen.until("Plans")       # the sidebar knows the mailboxes
        go_to(screen, "To be moved")
        command(screen, "move-message Plans")
        server_has(link, "Plans", lambda s: "To be moved" in s, "it is in the other mailbox")
        server_has(link, "INBOX", lambda s: "To be moved" not in s, "and no longer in the first")
        screen.until_gone("To be moved")
        go_to(screen, "To be copied")
        command(screen, "copy-message Plans")
        server_has(link, "Plans", lambda s: set(s) == {"To be moved", "To be copied"}, "the copy is there")
        tap.equal("To be copied" in subjects(link), True)
        go_to(screen, "To be deleted")
        screen.keys("d")
        server_has(link, "Trash", lambda s: set(s) == {"To be deleted"}, "what is deleted is in the Trash")
        server_has(link, "INBOX", lambda s: set(s) == {"To be copied", "To be left"}, "and not in the INBOX")
        screen.until("1 message deleted")
        command(screen, "undo")
        server_has(link, "INBOX", lambda s: set(s) == {"To be copied", "To be left", "To be deleted"}, "it is brought back")
        server_has(link, "Trash", lambda s: not s, "from the Trash")
        command(screen, "change-mailbox INBOX")
        screen.until("To be deleted")


def manage_mailboxes(server):
    link = Link(server)
    put(link, "Something to open")
    with Bag(server) as bag, bag.screen(rows=30, columns=120) as screen:
        opened(screen, "Something to open")
        command(screen, "create-mailbox Garden")
        tap.wait_until(lambda: "Garden" in mailboxes(link), "the mailbox is made")
        screen.until("Garden")
        command(screen, "change-mailbox Garden")
        command(screen, "rename-mailbox Orchard")
        tap.wait_until(lambda: "Orchard" in mailboxes(link) and "Garden" not in mailboxes(link), "it is renamed")
        # In the sidebar; the notice below tells both names.
        screen.until(lambda s: not any(line.strip().startswith("Garden") for line in s.lines()))


ATTACHED = bytes((number * 73 + 41) % 256 for number in range(200_000))    # no kind of file that anybody knows


def attachments(server):
    link = Link(server)
    text = base64.encodebytes(ATTACHED).replace(b"\n", b"\r\n").decode()
    body = ("--b\r\nContent-Type: text/plain\r\n\r\nHere they are.\r\n--b\r\nContent-Type: application/x-plans\r\n"
            "Content-Disposition: attachment; filename=\"a plan.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n" % text)
    link.append("INBOX", None, None, letter("With plans", body, extra="MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"))

    def holds(path):
        return lambda: screen.settle() or (os.path.exists(path) and open(path, "rb").read() == ATTACHED)
    with Bag(server) as bag:
        with open(bag.home + "/.mailcap", "w") as file:
            file.write("application/x-plans; cp %s viewing && mv viewing viewed\n")
        with bag.screen() as screen:
            opened(screen, "With plans")
            screen.keys("Enter")
            screen.until("Here they are.")
            screen.keys("v")
            screen.until("Parts of: With plans")
            screen.keys("j")
            screen.settle()
            command(screen, "save-attachment saved.bin")
            tap.wait_until(holds(os.path.join(bag.home, "saved.bin")), "it is saved")
            screen.keys("Enter")
            tap.wait_until(holds(os.path.join(bag.home, "viewed")), "the program has it")
            screen.until("Parts of: With plans")


def others_change(server):
    link = Link(server)
    put(link, "Here before", "Soon expunged")
    with Bag(server, options="") as bag, bag.screen() as screen:
        opened(screen, "Here before")
        screen.until("Soon expunged")
        put(link, "Arrived by itself")
        screen.until("Arrived by itself")
        link.select("INBOX")
        link.store("1", "+FLAGS", "(\\Flagged)")
        screen.until(lambda s: "!" in s.line(s.row_of("Here before")))
        link.store("2", "+FLAGS", "(\\Deleted)")
        link.expunge()
        screen.until_gone("Soon expunged")
        assert screen.row_of("Here before") is not None and screen.row_of("Arrived by itself") is not None


def frozen(server, at_once=True):
    link = Link(server)
    put(link, *["Letter no. %d" % n for n in range(1, 31)])
    with Bag(server) as bag, bag.screen() as screen:
        opened(screen, "Letter no. 30")
        server.freeze()
        try:
            # The list goes on, both ways, and a decision is taken at once.
            go_to(screen, "Letter no. 25")
            go_to(screen, "Letter no. 30")
            screen.keys("F")
            screen.until(lambda s: "!" in s.line(s.row_of("Letter no. 30")))
            screen.until("1 change to send")
        finally:
            server.thaw()
        screen.until_gone("change to send")
        if not at_once:
            leave(screen)
        server_has(link, "INBOX", lambda s: "\\Flagged" in s["Letter no. 30"], "the decision reaches the thawed server")


def cut(server, proxy, at_once=True):
    link = Link(server)
    put(link, "Before the cut", "Also before")
    with Bag(server, port=proxy.port) as bag, bag.screen() as screen:
        opened(screen, "Before the cut")
        screen.until(lambda s: "online" in s.text())
        proxy.refuse()
        proxy.cut()
        screen.until("reconnecting")
        # No list is blanked, and nothing that is decided is lost.
        assert screen.row_of("Before the cut") is not None, screen.text()
        go_to(screen, "Before the cut")
        screen.keys("F")
        screen.until("1 change to send")
        put(link, "During the cut")
        proxy.accept()
        command(screen, "check-mail")
        screen.until("During the cut")
        screen.until_gone("reconnecting")
        screen.until_gone("change to send")
        if not at_once:
            leave(screen)
        server_has(link, "INBOX", lambda s: "\\Flagged" in s["Before the cut"], "the decision arrives")


def decided_before_the_end(server, proxy):
    link = Link(server)
    put(link, "Decided offline")
    with Bag(server, port=proxy.port) as bag:
        with bag.screen() as screen:
            opened(screen, "Decided offline")
            screen.until(lambda s: "online" in s.text())
            proxy.refuse()
            proxy.cut()
            go_to(screen, "Decided offline")
            screen.keys("F")
            screen.until("1 change to send")
            screen.keys("q")
            tap.equal(screen.until_end(), 0)
        proxy.accept()
        tap.equal(subjects(link)["Decided offline"], set())
        with bag.screen() as screen:
            opened(screen, "Decided offline")
            server_has(link, "INBOX", lambda s: "\\Flagged" in s["Decided offline"], "the decision of the last run is sent")
