"""Letters written on the screen: answered, attached, postponed, taken up again, sent, taken back; and editors that die."""

import email
import email.policy
import glob
import os
import re
import signal
import stat

from support import tap
from support.bag import Bag
from support.servers.dovecot import Dovecot

ACCOUNT = """name = Alice Martin
send = smtp+insecure://test@127.0.0.1:9
identity = Alice at work <alice@work.example>
signature = {signature}
signature alice@work.example = {work}
"""

LETTER = """From: Bob <bob@example.net>
To: alice@work.example, Carol <carol@example.com>
Subject: Plans for the summer
Message-ID: <plans@example.net>
Date: Tue, 3 Mar 2026 14:32:00 +0000
List-Post: <mailto:walkers@lists.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8; format=flowed

Shall we walk \n along the coast?
-- \nBob
"""

# Appends a line above what is quoted, and keeps a copy of what it was given.
EDITOR = """#!/bin/sh
cp "$1" "$HOME/given"
{ printf 'Yes, gladly.\\n\\n'; cat "$HOME/given"; } > "$1"
"""


class Desk:
    """A person with an account that can send (nothing listens there: letters stay in the outbox), and an editor."""

    def __init__(self, editor=EDITOR, options="", letter=LETTER):
        self.editor, self.options, self.letter = editor, options, letter

    def __enter__(self):
        self.server = Dovecot().__enter__()
        self.link = self.server.client()
        for name in ("Drafts", "Sent"):
            self.link.create(name)
        self.bag = Bag(self.server, options="editor = ~/editor\nsend-hold = 3600\n" + self.options)
        self.bag.__enter__()
        home = self.bag.home
        for name, text in (("sig", "Alice\n"), ("sig-work", "-- \nAlice, Works Ltd.\n"), ("editor", self.editor)):
            with open(os.path.join(home, name), "w") as file:
                file.write(text)
        os.chmod(os.path.join(home, "editor"), 0o700)
        self.bag.more = ACCOUNT.format(signature=home + "/sig", work=home + "/sig-work")
        self.bag.write_accounts()
        if self.letter:
            self.deliver("INBOX", self.letter)
        return self

    def __exit__(self, *what):
        self.bag.__exit__(*what)
        self.server.__exit__(*what)

    def deliver(self, mailbox, text):
        assert self.link.append(mailbox, None, None, text.replace("\n", "\r\n").encode())[0] == "OK"

    def messages(self, mailbox):
        self.link.select(mailbox, readonly=True)
        return [one[1] for one in self.link.fetch("1:*", "(BODY.PEEK[])")[1] if isinstance(one, tuple)]

    def screen(self, **size):
        return self.bag.screen(**size)

    def drafts(self, ending="letter"):
        return sorted(glob.glob(self.bag.home + "/.local/share/malle/drafts/*." + ending))

    def outbox(self):
        found = []
        for path, sender in self.bag.query("SELECT path, sender FROM intent JOIN sending ON intent_id = id WHERE state = 0"):
            with open(path, "rb") as file:
                found.append((email.message_from_bytes(file.read(), policy=email.policy.default), sender))
        return found

    def given(self):
        with open(self.bag.home + "/given") as file:
            return file.read()


def in_inbox(screen, what="Plans for the summer"):
    screen.until(what)
    screen.until("online")
    screen.keys("=")


def text_of(message):
    return message.get_body().get_content().replace("\r\n", "\n")


def sent(desk, screen):
    """The one letter in the outbox, when it is there."""
    screen.until("In the outbox")
    [(message, sender)] = desk.outbox()
    return message, sender


def test_answer():
    """an answer goes through the editor, gets a file attached, and lies in the outbox as it was written, from the address that was written to"""
    with Desk() as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("g")
        screen.until("Letter: Re: Plans for the summer")
        screen.until("Yes, gladly.")
        screen.until(re.compile("From +Alice at work <alice@work.example>"))
        screen.until(re.compile("To +Bob <bob@example.net>"))
        screen.until(re.compile("Cc +Carol <carol@example.com>"))
        quoted = ("On Tuesday 3 March 2026 at 14:32, Bob wrote:\n> Shall we walk along the coast?\n\n\n-- \nAlice, Works Ltd.\n")
        assert desk.given() == quoted, desk.given()
        [draft] = desk.drafts()
        assert stat.S_IMODE(os.stat(draft).st_mode) == 0o600 and desk.drafts("txt") == []
        with open(desk.bag.home + "/plan été.txt", "w") as file:
            file.write("by train\n")
        screen.keys("a", *"~/plan", "Tab", "Enter")
        screen.until("1 attachment, 9 B")
        screen.until("plan été.txt")
        screen.keys("d", *"the way there", "Enter", "R", "^U", *"way.txt", "Enter", "^D")
        screen.until(re.compile("way.txt +text/plain +9 B +inline"))
        screen.keys("y")
        message, sender = sent(desk, screen)
        assert sender == "alice@work.example"
        assert message["From"] == "Alice at work <alice@work.example>"
        assert message["To"] == "Bob <bob@example.net>" and message["Cc"] == "Carol <carol@example.com>"
        assert message["In-Reply-To"] == "<plans@example.net>" and message["References"] == "<plans@example.net>"
        body = text_of(message)
        assert body == "Yes, gladly.\n\n" + quoted, body
        [part] = message.iter_attachments()
        assert part.get_content() == "by train\n" and part.get_filename() == "way.txt"
        assert part["Content-Description"] == "the way there" and part.get_content_disposition() == "inline"
        assert desk.drafts() == []
        screen.until(re.compile("r +.*Plans"))
        screen.type(":quit\n")
        screen.until_end()


def test_new_letter():
    """a new letter leads from field to field; addresses complete from mail that was sent; From changes with its signature"""
    with Desk() as desk:
        desk.deliver("Sent", "From: test@example.org\nTo: Dora Diaz <dora@example.net>\nSubject: old\n\nx\n")
        with desk.screen() as screen:
            in_inbox(screen)
            screen.type(":change-mailbox Sent\n")
            screen.until("to Dora Diaz")
            screen.keys("m")
            screen.until("Letter: (no subject)")
            screen.keys(*"dor", "Tab")
            screen.until("Dora Diaz <dora@example.net>")
            screen.type("\nA word\n")
            screen.until("Yes, gladly.")
            assert desk.given() == "\n-- \nAlice\n"
            screen.keys("f")
            screen.until("Alice, Works Ltd.")
            screen.keys("c")
            screen.type("nobody\n")
            screen.until("“nobody” is no address.")
            screen.until(lambda s: s.line(s.cursor.row)[:s.cursor.column].endswith("nobody"))
            screen.keys("Esc")
            screen.until(lambda s: s.cursor.column == 0)
            screen.keys("j", "y")       # from elsewhere back to where it is wrong
            screen.until("“nobody” is no address.")
            screen.until(lambda s: s.line(s.cursor.row)[:s.cursor.column].endswith("nobody"))
            screen.keys("^U")
            screen.type("Eve <eve@example.net>, \n")
            screen.keys("y")
            message, sender = sent(desk, screen)
            assert sender == "alice@work.example" and message["Cc"] == "Eve <eve@example.net>"
            assert text_of(message) == "Yes, gladly.\n\n\n-- \nAlice, Works Ltd.\n"
            screen.type(":quit\n")
            screen.until_end()


def test_forgotten_attachment():
    """what the writer promised and did not attach is asked about; what is only quoted is not"""
    promise = EDITOR.replace("Yes, gladly.", "I attach the plan.")
    with Desk(editor=promise) as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("I attach the plan.")
        screen.keys("y")
        screen.until("Nothing is attached: “I attach the plan.”")
        screen.keys("n")
        screen.until_gone("Nothing is attached")
        assert desk.outbox() == []
        screen.keys("y")
        screen.until("Nothing is attached")
        screen.keys("y")
        sent(desk, screen)
    with Desk(letter=LETTER.replace("walk", "walk as attached")) as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("walk as attached")
        screen.keys("y")
        sent(desk, screen)


def test_postponed_and_recalled():
    """a letter postponed lies in Drafts on the server; taken up and postponed again, the old copy goes only when the new one is there"""
    with Desk() as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("Yes, gladly.")
        screen.keys("b")
        screen.type("hidden@example.org\n")
        screen.keys("P")
        screen.until("Draft kept in Drafts")
        assert desk.drafts() == []
        screen.type(":change-mailbox Drafts\n")
        screen.until("Re: Plans for the summer")
        screen.until_gone("change to send")
        screen.keys("R")
        screen.until("Letter: Re: Plans")
        screen.until(re.compile("Bcc +hidden@example.org"))
        screen.until("Yes, gladly.")
        screen.keys("s", "^U")
        screen.type("Second thoughts\n")
        screen.keys("P")
        screen.until_gone("Letter:")
        screen.until("Second thoughts")
        screen.until(lambda s: s.row_of("Re: Plans for the summer") is None)
        screen.until_gone("changes to send")
        screen.until_gone("change to send")
        [only] = desk.messages("Drafts")
        message = email.message_from_bytes(only, policy=email.policy.default)
        assert message["Subject"] == "Second thoughts" and message["Bcc"] == "hidden@example.org", only
        assert message["In-Reply-To"] == "<plans@example.net>"
        assert text_of(message).startswith("Yes, gladly.\n\nOn Tuesday")
        screen.type(":quit\n")
        screen.until_end()


def test_taken_back():
    """within the hold undo takes a letter back, and opens it again as it was"""
    with Desk() as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("Yes, gladly.")
        screen.keys("y")
        screen.until(re.compile("leaves in (5[0-9]|60) min|leaves in 1 h"))
        screen.until("takes it back")
        screen.keys("u")
        screen.until("Letter: Re: Plans")
        screen.until("Yes, gladly.")
        assert desk.outbox() == []
        screen.keys("y")
        message, _ = sent(desk, screen)
        assert text_of(message).startswith("Yes, gladly.\n\nOn Tuesday")
        screen.type(":quit\n")
        screen.until_end()


def test_death():
    """the editor and the program die in the middle: nothing of the letter is lost, and it is offered at the next start"""
    hangs = '#!/bin/sh\nprintf "half a sent" > "$1"; echo $$ > "$HOME/pid"; exec sleep 1000000\n'
    with Desk(editor=hangs) as desk:
        with desk.screen() as screen:
            in_inbox(screen)
            screen.keys("r")
            screen.until(lambda s: os.path.exists(desk.bag.home + "/pid"))
            [text], [letter] = desk.drafts("txt"), desk.drafts()
            assert stat.S_IMODE(os.stat(text).st_mode) == 0o600
            with open(letter) as file:
                assert "Shall we walk along the coast?" in file.read()
            screen.signal(signal.SIGKILL)
            with open(desk.bag.home + "/pid") as file:
                os.kill(int(file.read()), signal.SIGKILL)
            screen.until_end()
        with desk.screen() as screen:
            screen.until("A letter that was being written")
            screen.until("Subject: Re: Plans for the summer")
            screen.keys("o")
            screen.until("half a sent")
            assert desk.drafts("txt") == [] and len(desk.drafts()) == 1
            screen.keys("q")
            screen.until("What becomes of the letter?")
            screen.keys("d")
            screen.until("thrown away")
            assert os.listdir(os.path.dirname(letter)) == []
            screen.type(":quit\n")
            screen.until_end()


def test_editor_fails():
    """an editor that is not there, or ends badly, is told, and the letter stays open"""
    with Desk(editor="#!/bin/sh\necho more >> \"$1\"; exit 3\n") as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("The editor ended with status 3")
        screen.until("more")
        screen.type(":set editor /not/there\n")
        screen.keys("e")
        screen.until("The editor ended with status 127")
        screen.until("more")
        screen.type(":quit\n")
        screen.until_end()
        assert len(desk.drafts()) == 1


def test_forward():
    """a message passed on takes its attachments along, or is one"""
    mixed = LETTER.replace("Content-Type: text/plain; charset=utf-8; format=flowed\n\n",
                           "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n") + \
        "--b\nContent-Type: application/pdf; name=map.pdf\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n--b--\n"
    with Desk(letter=mixed) as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("f")
        screen.until("Letter: Fwd: Plans for the summer")
        screen.until("map.pdf")
        screen.type("eve@example.net\n\n")
        screen.until("Yes, gladly.")
        screen.keys("y")
        message, _ = sent(desk, screen)
        assert message["To"] == "eve@example.net" and message["References"] is None
        assert "---------- Forwarded message ----------\nFrom: Bob <bob@example.net>\n" in text_of(message)
        [part] = message.iter_attachments()
        assert part.get_filename() == "map.pdf" and part.get_content() == b"%PDF-1.4\n"
        screen.type(":edit-as-new\n")
        screen.until("Letter: Plans for the summer")
        screen.until(re.compile("From +Alice Martin <test@example.org>"))    # not under Bob's name
        screen.until(re.compile("To +alice@work.example, Carol <carol@example.com>"))
        screen.until("map.pdf")
        screen.keys("^G")
        screen.until("What becomes of the letter?")
        screen.keys("d")
        screen.until("thrown away")
        screen.type(":forward-attached\n")
        screen.until("Letter: Fwd: Plans for the summer")
        screen.until(re.compile("Plans for the summer.eml +message/rfc822"))
        screen.keys("^G", "q")
        screen.until("What becomes of the letter?")
        screen.keys("d")
        screen.until("thrown away")
        assert desk.drafts("parts") == []
        screen.type(":quit\n")
        screen.until_end()


def test_bounce():
    """a message sent on goes as it is, byte for byte, below the fields that say who sent it on"""
    with Desk() as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("b")
        screen.type("eve@example.net, nobody\n")
        screen.until("“nobody” is no address.")
        screen.keys("b")
        screen.type("Eve É <eve@example.net>, dan@example.net\n")
        screen.until("Send it on as it is, to Eve É <eve@example.net>")
        screen.keys("y")
        screen.until("In the outbox")
        [(path,)] = desk.bag.query("SELECT path FROM intent JOIN sending ON intent_id = id")
        with open(path, "rb") as file:
            octets = file.read()
        assert octets.endswith(LETTER.replace("\n", "\r\n").encode()), octets
        message = email.message_from_bytes(octets, policy=email.policy.default)
        assert message["Resent-To"].addresses[0].display_name == "Eve É" and message["From"] == "Bob <bob@example.net>"
        assert message["Resent-From"] == "Alice Martin <test@example.org>" and message["Resent-Date"] and message["Resent-Message-ID"]
        assert desk.bag.query("SELECT address FROM recipient ORDER BY position") == [("eve@example.net",), ("dan@example.net",)]
        assert desk.bag.query("SELECT target_mailbox_id FROM intent JOIN sending ON intent_id = id") in ([(0,)], [(None,)])
        screen.type(":quit\n")
        screen.until_end()


def test_address_book():
    """senders go into the address book, groups and nicknames complete, and the person's own command is asked without waiting"""
    command = "address-command = ~/addresses %s\n"
    with Desk(options=command) as desk:
        home = desk.bag.home
        with open(home + "/addresses", "w") as file:
            file.write('#!/bin/sh\necho "$1" >> ~/asked\nprintf "found\\nzed@example.com\\tZed Zeta\\tnote\\n"\n')
        os.chmod(home + "/addresses", 0o700)
        book = home + "/.local/share/malle/contacts"
        os.makedirs(book)
        with open(book + "/choir.vcf", "w") as file:
            file.write("BEGIN:VCARD\nVERSION:3.0\nFN:Dora Diaz\nNICKNAME:dd\nEMAIL:dora@example.net\nCATEGORIES:Choir\nEND:VCARD\n"
                       "BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nEMAIL:eve@example.net\nCATEGORIES:Choir\nEND:VCARD\n"
                       "BEGIN:VCARD\nVERSION:3.0\nFN:Dirk\nEMAIL:dirk@example.net\nEND:VCARD\n")
        with desk.screen() as screen:
            in_inbox(screen)
            screen.keys("a")
            screen.until("Into the address book: Bob <bob@example.net>")
            screen.keys("Enter")
            screen.until("In the address book: Bob")
            [added] = [name for name in os.listdir(book) if name != "choir.vcf"]
            with open(os.path.join(book, added)) as file:
                assert "FN:Bob\n" in file.read() and stat.S_IMODE(os.stat(os.path.join(book, added)).st_mode) == 0o600
            screen.keys("m")
            screen.until("Letter:")
            screen.keys(*"choi", "Tab")
            screen.until("dora@example.net, eve@example.net")
            screen.type(", dd")
            screen.keys("Tab")
            screen.until("Dora Diaz <dora@example.net>")
            screen.type(", x';echo")
            screen.keys("Tab")
            screen.until("Zed Zeta <zed@example.com>")
            with open(home + "/asked") as file:
                assert "x';echo" in file.read().split("\n")
            screen.keys("^G", "^G")
            screen.until(lambda s: "INBOX" in s.line(0))
            os.unlink(home + "/addresses")      # who is known here, then
            screen.type(":set address-command \"\"\n")
            screen.until("address-command =")
            screen.keys("Q")
            screen.until("Write to (Tab looks them up):")
            screen.type("d\n")                  # Dora or Dirk?
            screen.until(lambda s: "Dora Diaz <dora@example.net>" in s.text() and "Dirk <dirk@example.net>" in s.text())
            screen.keys("^G", "Q")
            screen.until("Write to (Tab looks them up):")
            screen.type("bob\n")                # one: to him
            screen.until(lambda s: "Letter: (no subject)" in s.line(0) and "Bob <bob@example.net>" in s.text())
            screen.keys("^G")
            screen.keys("^G")
            screen.until("What becomes of the letter?")
            screen.keys("d")
            screen.until("The letter was thrown away")
            screen.keys("Q")
            screen.until("Write to (Tab looks them up):")
            screen.type("wunibald\n")
            screen.until("Nobody is known by “wunibald”")
            screen.type(":quit\n")
            screen.until_end()


def test_templates_markdown_later():
    """a template fills what is empty, Markdown becomes an HTML text beside the plain one, and a letter can be kept until a time to come"""
    with Desk(options="markdown-command = sed 's/.*/<p>&<\\/p>/'\n") as desk:
        os.makedirs(desk.bag.config + "/templates")
        with open(desk.bag.config + "/templates/thanks", "w") as file:
            file.write("Subject: not taken, there is one\nCc: office@example.org\n\nMany *thanks*.\n")
        with desk.screen() as screen:
            in_inbox(screen)
            screen.keys("r")
            screen.until("Yes, gladly.")
            screen.type("Tthanks\n")
            screen.until("Many *thanks*.")
            screen.until(re.compile("Cc +office@example.org"))
            screen.keys("M")
            screen.until("Markdown, also sent as HTML")
            screen.type("Yyesterday\n")
            screen.until("“yesterday” is no time to come")
            screen.type("Y2h\n")
            message, _ = sent(desk, screen)
            assert message["Subject"] == "Re: Plans for the summer" and message["Cc"] == "office@example.org"
            plain, html = message.iter_parts()
            assert plain.get_content().startswith("Many *thanks*.") and html.get_content().startswith("<p>Many *thanks*.</p>")
            [(created, then)] = desk.bag.query("SELECT created, release_at FROM intent JOIN sending ON intent_id = id")
            assert 7100e6 < then - created < 7201e6, (created, then)
            screen.type(":quit\n")
            screen.until_end()


def test_headers_in_the_editor():
    """the fields can be written in the editor too; one that is killed without a change leaves the letter as it is"""
    with Desk(editor='#!/bin/sh\nsed -i "s/^Subject:.*/Subject: Walks/; s/^To:.*/To: eve@example.net/" "$1"\n') as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("Letter: Re: Plans")
        screen.keys("E")
        screen.until("Letter: Walks")
        screen.until(re.compile("To +eve@example.net"))
        screen.until("> Shall we walk along the coast?")
        screen.type(":set editor kill -9 $$ #\n")
        screen.keys("e")
        screen.until("The editor ended with status 137")
        screen.until("> Shall we walk along the coast?")
        screen.keys("y")
        message, _ = sent(desk, screen)
        assert message["Subject"] == "Walks" and message["In-Reply-To"] == "<plans@example.net>"
        screen.type(":quit\n")
        screen.until_end()


UNSEEN = """From: Bob <bob@example.net>
To: test@example.org
Subject: Plans for the summer
Message-ID: <unseen@example.net>
Date: Tue, 3 Mar 2026 14:32:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>seen</p><div style="display:none">SECRET 1</div><p style="font-size:0">SECRET 2</p>
--b
Content-Type: message/rfc822

Subject: inner
From: carol@example.com

SECRET 3
--b
Content-Type: text/plain; name=notes.txt
Content-Disposition: attachment

SECRET 4
--b--
"""


def test_nothing_unseen():
    """an answer quotes what the reader shows of the author's words: nothing hidden, no attached message, no attachment (S38)"""
    with Desk(letter=UNSEEN) as desk, desk.screen() as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("> seen")
        assert "SECRET" not in desk.given() and "> seen\n" in desk.given(), desk.given()
        with open(desk.drafts()[0]) as file:
            assert "SECRET" not in file.read()
        screen.type(":quit\n")
        screen.until_end()


def test_attachments():
    """attachments are put in another order, renamed, retyped, viewed, shown within the text or beside it, and taken out; the letter has what is seen"""
    with Desk() as desk:
        home = desk.bag.home
        with open(home + "/.mailcap", "w") as file:
            file.write("text/plain; cp %s " + home + "/seen\n")
        for name in ("one.txt", "two.txt", "three.txt"):
            with open(os.path.join(home, name), "w") as file:
                file.write(name + "\n")
        with desk.screen() as screen:
            in_inbox(screen)
            screen.keys("r")
            screen.until("Yes, gladly.")
            for name in ("one", "two", "three"):
                screen.type(":attach-file ~/%s.txt\n" % name)
                screen.until(name + ".txt")
            screen.keys("<")
            screen.until(re.compile("2 +three.txt"))
            screen.keys("<")
            screen.until(re.compile("1 +three.txt"))
            screen.keys(">")
            screen.until(re.compile("2 +three.txt"))
            screen.keys("v")
            screen.until(lambda _: os.path.exists(home + "/seen"))
            screen.until("Letter: Re:")
            screen.type(":attachment-type application/x-three\n")
            screen.until("application/x-three")
            screen.type(":rename-attachment drei.bin\n")
            screen.until("drei.bin")
            screen.keys("^D")
            screen.until(re.compile("drei.bin .* inline"))
            screen.keys("Up", "D")
            screen.until("2 attachments")
            screen.keys("y")
            message, _ = sent(desk, screen)
            parts = [(p.get_filename(), p.get_content_type(), p.get_content_disposition()) for p in message.iter_attachments()]
            tap.equal(parts, [("drei.bin", "application/x-three", "inline"), ("two.txt", "text/plain", "attachment")])
            screen.type(":quit\n")
            screen.until_end()


def test_first_key():
    """from its first key on what is typed lies on the disk: killed in the middle of a field, nothing of it is lost"""
    with Desk() as desk:
        with desk.screen() as screen:
            in_inbox(screen)
            screen.keys("m")
            screen.until("Letter")
            screen.type("b")
            screen.until(lambda _: desk.drafts() != [])
            screen.type("ob@example.n")
            screen.until(re.compile("To +bob@example.n"))
            screen.signal(signal.SIGKILL)
            screen.until_end()
        with desk.screen() as screen:
            screen.until("A letter was not finished")
            screen.until("To: bob@example.n")
            screen.keys("o")
            screen.until(re.compile("To +bob@example.n"))
            screen.type(":quit\n")
            screen.until_end()


def test_wishes():
    """a delivery report, encryption all the way and a time to come are asked for, seen in letter and outbox, and come back with the letter"""
    with Desk() as desk, desk.screen(columns=120) as screen:
        in_inbox(screen)
        screen.keys("r")
        screen.until("Letter: Re: Plans for the summer")
        screen.until("Yes, gladly.")
        screen.type(":delivery-report\n")
        screen.until("delivery report")
        screen.type(":require-tls\n")
        screen.until("delivery report, encrypted all the way")
        screen.type("Y2h\n")
        screen.until("In the outbox until")
        [(options, later, created)] = desk.bag.query("SELECT options, release_at, created FROM intent JOIN sending ON intent_id = id")
        tap.equal(options, 2 | 4 | 8 | 32, "success, failure, delay, TLS")
        assert 7100e6 < later - created < 7201e6, (later, created)
        screen.type(":journal\n")
        screen.until("Send a letter to")
        screen.keys("Down")
        screen.until("With delivery report. Encrypted on all of its way, or not at all. Not before")
        screen.keys("q")
        screen.until("Plans for the summer")
        screen.keys("u")
        screen.until("delivery report, encrypted all the way")
        screen.type(":delivery-report never\n")
        screen.until("no delivery reports, encrypted all the way")
        screen.type(":quit\n")
        screen.until_end()


tap.main()
