"""The engine and a server that lies, breaks off, changes its mind or is not who it says: what is shown stays true, what was
decided is done once, and no password goes where it must not."""

import base64
import contextlib
import os
import re
import socket
import tempfile

from driver import FLAGGED, Driver, Refused
from liar import Letter, Liar, letters
from support import tap
from support.certificates import Authority
from support.scripted_server import Closed, ScriptedServer

WAITING, STOPPED = 3, 4
PLUS = "IMAP4rev1 UIDPLUS MOVE"
BODIES = ("UID FETCH %d (BODY.PEEK", "UID FETCH %d BODY.PEEK")      # both ways to write it


@contextlib.contextmanager
def opened(server, *first, answer_ms=0):
    """INBOX on the screen and level with the server; `first` are scripts of connections before the server's own."""
    with ScriptedServer(list(first) + [server]) as at:
        with Driver(at.port, answer_ms=answer_ms) as engine:
            engine("look", "INBOX")
            if not first:
                engine("synced", "INBOX")
                engine("listed")
                engine("turn")
            yield at, engine


def until(engine, condition, what):
    def look():
        engine("turn")
        return condition()
    return tap.wait_until(look, what)


def again(engine):
    """The link is lost; the next one begins now, and not in a second."""
    engine("state", WAITING)
    engine("check")
    engine("online")


def level_in(engine, mailbox, subjects):
    """Until the mailbox shows exactly these, oldest first."""
    until(engine, lambda: shown(engine, mailbox) == subjects, "%r, but %r" % (subjects, shown(engine, mailbox)))


def level(engine, subjects):
    level_in(engine, "INBOX", subjects)


def shown(engine, mailbox="INBOX"):
    return [row["subject"] for row in reversed(engine.rows(mailbox))]


def names(*numbers):
    return ["letter %d" % number for number in numbers]


def intents(engine):
    return [fact.split(" ", 3)[1:] for fact in engine("intents")]


# --- breaking off --------------------------------------------------------------------------------------------------

def test_bye_as_greeting():
    """a server that sends us away is tried again, with its words shown"""
    def away(link):
        link.send("* BYE too many connections")
        link.close()
    with opened(Liar(INBOX=letters(3)), away) as (at, engine):
        again(engine)
        assert any("too many connections" in fact for fact in engine.facts), engine.facts
        engine("synced", "INBOX")
        tap.equal(shown(engine), names(1, 2, 3))


class OneContext(ScriptedServer):
    """A TLS server that knows the sessions of its earlier connections."""

    def context(self):
        if not hasattr(self, "kept"):
            self.kept = super().context()
        return self.kept


def test_tls_is_resumed():
    """a link that was lost: the next one resumes its TLS session, with the server's certificate verified all the same"""
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(directory)
        server = Liar(INBOX=letters(2))
        reused = []

        def serve(link):
            reused.append(link.socket.session_reused)
            server(link)
        with OneContext(serve, certificate=authority.server(), tls=True) as at:
            with Driver(at.port, scheme="imaps", host="localhost", settings="ca-file = %s\n" % authority.certificate) as engine:
                engine("look", "INBOX")
                engine("synced", "INBOX")
                for _ in range(2):
                    at.links[-1].socket.shutdown(socket.SHUT_RDWR)
                    again(engine)
                tap.equal(reused, [False, True, True])


def test_cut_in_a_summary():
    """a link that ends inside the literal of a summary: no half row, and all rows from the next link"""
    server = Liar(INBOX=letters(4))

    def cut(link, tag, text):
        whole = [server.fetched(seq, letter, text) for seq, letter in enumerate(server.box(link).letters, 1)]
        link.send(*whole[:2])
        link.raw(whole[2].encode().split(b'"letter 3"')[0] + b"{200}\r\nlett\r\n* BYE going down\r\n")
        link.close()
    server.once("FETCH", cut)
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("state", WAITING)
        assert set(shown(engine)) <= set(names(1, 2)), shown(engine)
        engine("check")
        engine("synced", "INBOX")
        tap.equal(shown(engine), names(1, 2, 3, 4))


def test_cut_in_a_text():
    """a link that ends inside a message's text: nothing half is kept, and the text comes from the next link"""
    for size in (200, 300000):          # in memory, and on its way into a file
        server = Liar(INBOX=letters(3))

        def cut(link, tag, text):
            link.raw(b"* 1 FETCH (UID 1 BODY[1] {%d}\r\n" % size + b"Text" * (size // 8) + b"\r\n* BYE going down\r\n")
            link.close()
        with opened(server) as (at, engine):
            for command in BODIES:
                server.once(command % 1, cut)
            engine("read", "2")
            tap.equal(engine("kept", "2", "1"), ["text Text 1.  "])
            tap.equal(len(at.links), 2)


def test_frozen_in_mid_answer():
    """a server that falls silent in mid answer: decisions are taken all the same, and done over the next link"""
    server = Liar(INBOX=letters(3), Archive=[])

    def freeze(link, tag, text):
        link.raw(b"* 1 FETCH (FLA")
        link.hang()
    with opened(server) as (at, engine):
        server.once("UID STORE", freeze)
        engine("flags", "0", "+\\Flagged")
        until(engine, lambda: server.sent("UID STORE"), "the STORE")
        engine("move", "2", "Archive")
        tap.equal(shown(engine), names(2, 3), "shown at once")
        engine("go", "offline")
        engine("go", "online")
        engine("settle")
        tap.equal(server.boxes["Archive"].subjects(), names(1))
        tap.equal([letter.flags for letter in server.boxes["INBOX"].letters], [set(), {"\\Flagged"}])


def test_silence_has_an_end():
    """an answer that does not come ends the link, and the decision is done over the next one"""
    server = Liar(INBOX=letters(3))

    def freeze(link, tag, text):
        link.raw(b"* 1 FETCH (FLA")
        link.hang()
    with opened(server, answer_ms=3000) as (at, engine):
        server.once("UID STORE", freeze)
        engine("flags", "0", "+\\Flagged")
        again(engine)
        assert any("waiting for the server's answer" in fact for fact in engine.facts), engine.facts
        engine("settle")
        tap.equal(server.boxes["INBOX"].letters[2].flags, {"\\Flagged"})


def slowly(link, piece, pause, told):
    """One piece after another until the client has enough: nearer than the deadline of silence, and next to no octets."""
    try:
        while not link.server.stopping.wait(pause):
            link.raw(piece)
            told.append(piece)
    finally:
        told.append("closed")


def test_lines_without_end():
    """whole lines for ever in answer to one command, and line ends dripped into a literal: for a while they are signs of work, then the link ends"""
    for begin, piece, pause in ((b"", b"* OK\r\n", 0.12), (b"* 1 FETCH (UID 1 BODY[] {4000000}\r\n", b"\r\n", 0.04)):
        server = Liar(INBOX=letters(3))
        told = []

        def keep_busy(link, tag, text):
            link.raw(begin)
            slowly(link, piece, pause, told)
        with opened(server, answer_ms=2000) as (at, engine):
            server.once("UID STORE", keep_busy)
            engine("flags", "0", "+\\Flagged")
            tap.wait_until(lambda: engine("turn") is None or told[-1:] == ["closed"], "the link ends")
            assert any("single drops" in fact or "Nothing came" in fact for fact in engine.facts + engine("turn")), engine.facts
            engine("check")
            engine("online")
            engine("settle")
            tap.equal(server.boxes["INBOX"].letters[2].flags, {"\\Flagged"})
        assert len(told) > 100, len(told)


def test_answers_without_end():
    """sound lines at full speed and for ever in answer to one command, or while none is under way: the link ends, in words, and the next one does the work"""
    floods = {"UID STORE": (b"* OK still\r\n", b"* 1 FETCH (UID 1 FLAGS ())\r\n", b'* LIST () "/" "x"\r\n', b"* nonsense\r\n", b"* 2 EXISTS\r\n* 3 EXISTS\r\n"),
              "IDLE": (b"+ idling\r\n",)}
    for command, lines in floods.items():
        for line in lines:
            server = Liar("IMAP4rev1 IDLE", INBOX=letters(3))

            def flood(link, tag, text):
                while True:
                    link.raw(line * 20000)
            server.once(command, flood)
            server.on_idle = lambda link, tag, rest: (link.send("+ idling"), link.line(), link.send(tag + " OK done"))
            with ScriptedServer(server) as at, Driver(at.port) as engine:
                engine("look", "INBOX")
                engine("synced", "INBOX")
                if command == "UID STORE":
                    engine("flags", "0", "+\\Flagged")
                again(engine)
                assert any("more lines than can be right" in fact for fact in engine.facts), (line, engine.facts)
                engine("settle")
                level(engine, names(1, 2, 3))
                tap.equal(server.boxes["INBOX"].letters[2].flags, {"\\Flagged"} if command == "UID STORE" else set())


def test_more_messages_than_can_be():
    """EXISTS of four thousand million: a number is kept for each, so that the link ends before"""
    server = Liar(INBOX=letters(3))

    def lie(link, tag, text):
        link.send("* 4294967295 EXISTS", tag + " OK done")
    with opened(server) as (at, engine):
        server.once("UID STORE", lie)
        engine("flags", "0", "+\\Flagged")
        again(engine)
        assert any("more messages in a mailbox than can be right" in fact for fact in engine.facts), engine.facts
        engine("settle")
        level(engine, names(1, 2, 3))


# --- numbers that do not fit ---------------------------------------------------------------------------------------

def test_envelope_that_is_none():
    """an ENVELOPE that cannot be read: the header is asked for in its place, and the row has sender and subject all the same"""
    server = Liar(INBOX=letters(3))

    def spoiled(link, tag, text):
        lines = [server.fetched(seq, letter, text) for seq, letter in enumerate(server.box(link).letters, 1)]
        lines[1] = re.sub(r"ENVELOPE \(.*?\) NIL NIL NIL \"[^\"]*\"\)", 'ENVELOPE ("Mon" ("no"))', lines[1])
        assert "letter 2" not in lines[1], lines[1]
        link.send(*(lines + [tag + " OK done"]))
    header = "From: Ada <ada@example.org>\r\nSubject: letter 2\r\nMessage-ID: <letter2@example.org>\r\n\r\n"
    server.once("FETCH", spoiled)
    for command in BODIES:
        server.once(command % 2, lambda link, tag, text: link.send(
            "* 2 FETCH (UID 2 BODY[HEADER] {%d}\r\n%s)" % (len(header), header), tag + " OK done"))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        level(engine, names(1, 2, 3))
        tap.equal(len([text for text in server.sent("UID FETCH 2") if "HEADER" in text]), 1)
        engine("synced", "INBOX")
        assert all("from=[ada@example.org]" in line for line in engine("dump", "INBOX") if line.startswith("row ")), engine("dump", "INBOX")


def test_part_that_is_not_given():
    """an attachment that the server answers with NIL is no empty file: it is refused in words"""
    class Long(Letter):
        text = "x" * 100000         # more than is fetched ahead

    def nothing(link, tag, text):
        link.send("* 1 FETCH (UID 1 BODY[1]<%s> NIL)" % re.search(r"<(\d+)", text).group(1), tag + " OK done")
    server = Liar(INBOX=[Long(1, 1)])
    with opened(server) as (at, engine):
        engine("screen", "1")       # how it is built is known, its text is not here
        for command in BODIES * 2:
            server.once(command % 1, nothing)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "part")
            try:
                engine("save", "0", "1", path)
                raise AssertionError("it was saved")
            except Refused as refused:
                assert "does not send it" in str(refused), refused
            assert not os.path.exists(path)


def test_another_mailbox_is_asked_about_once():
    """opening another mailbox asks for its first summaries and its list once"""
    server = Liar(INBOX=letters(2), Archive=letters(3))
    with opened(server) as (at, engine):
        server.commands.clear()
        engine("look", "Archive")
        engine("synced", "Archive")
        level_in(engine, "Archive", names(1, 2, 3))
        engine("turn")
        tap.equal(len(server.sent("FETCH")), 1, str(server.commands))
        tap.equal(len(server.sent("UID SEARCH")), 1, str(server.commands))


def test_slept():
    """the machine slept and the link is dead: that is found out by asking, with words of its own, and what follows goes over the next link"""
    server = Liar(INBOX=letters(3))
    with opened(server, answer_ms=3000) as (at, engine):
        server.once("NOOP", lambda link, tag, text: link.hang())
        engine("slept")
        again(engine)
        assert any("after the machine slept" in fact for fact in engine.facts), engine.facts
        engine("flags", "0", "+\\Flagged")
        engine("settle")
        tap.equal(len(at.links), 2)
        tap.equal([letter.flags for letter in server.boxes["INBOX"].letters], [set(), set(), {"\\Flagged"}])


def test_expunge_inside_a_fetch():
    """EXPUNGE between the answers to a FETCH by number: every row under its own UID"""
    server = Liar(INBOX=letters(5))

    def lie(link, tag, text):
        box = server.box(link)
        link.send(*[server.fetched(seq, box.letters[seq - 1], text) for seq in (1, 2)])
        box.letters.pop(0)
        link.send("* 1 EXPUNGE")
        link.send(*[server.fetched(seq, box.letters[seq - 1], text) for seq in (2, 3, 4)] + [tag + " OK done"])
    server.once("FETCH", lie)
    with opened(server) as (at, engine):
        level(engine, names(2, 3, 4, 5))
        tap.equal([row["uid"] for row in engine.rows("INBOX")], [5, 4, 3, 2])


def test_exists_that_shrinks():
    """EXISTS that shrinks without EXPUNGE, and an EXPUNGE behind it: what is gone goes, and nothing else"""
    server = Liar(INBOX=letters(5))
    with opened(server) as (at, engine):
        engine("read", "3")             # letter 2
        server.commands.clear()
        box = server.boxes["INBOX"]
        box.letters.pop(0)
        box.letters.pop(1)              # letter 3, which is the second now
        at.links[0].send("* 4 EXISTS", "* 2 EXPUNGE")
        level(engine, names(2, 4, 5))
        tap.equal(engine("kept", "2", "1"), ["text Text 2.  "], "the text of what stayed is still here")
        tap.equal([text for text in server.commands if "ENVELOPE" in text], [])


def test_exists_that_grows_meanwhile():
    """a message that comes while the UIDs are listed is shown, once"""
    server = Liar(INBOX=letters(3))

    def lie(link, tag, text):
        server.box(link).add(4)
        link.send("* 4 EXISTS", "* SEARCH 1 2 3", tag + " OK done")
    server.once("UID SEARCH", lie)
    with opened(server) as (at, engine):
        level(engine, names(1, 2, 3, 4))


def test_list_that_never_agrees():
    """a list of UIDs that is never what EXISTS says: what is listed is believed, and asking ends"""
    server = Liar(INBOX=letters(3))
    for _ in range(20):
        server.once("UID SEARCH", lambda link, tag, text: link.send("* SEARCH 2 3", tag + " OK done"))
    with opened(server) as (at, engine):
        level(engine, names(2, 3))
        asked = len(server.sent("UID SEARCH"))
        tap.at_most(asked, 6, "lists asked for")


def test_answers_nobody_asked_for():
    """rows of messages that are not there, UID 0, a number above EXISTS: nothing of it is shown"""
    server = Liar(INBOX=letters(3))
    with opened(server) as (at, engine):
        stranger = Letter(50, 50)
        at.links[0].send(server.fetched(9, stranger, "UID FLAGS ENVELOPE INTERNALDATE RFC822.SIZE"),
                         server.fetched(4294967295, stranger, "UID FLAGS"),
                         "* 0 FETCH (UID 2 FLAGS (\\Flagged))",
                         "* 2 FETCH (UID 0 FLAGS (\\Flagged))",
                         "* 5 EXPUNGE", "* 0 EXPUNGE", "* VANISHED 77,88", "* SEARCH 3 4 5",
                         server.fetched(2, stranger, "UID ENVELOPE BODYSTRUCTURE BODY[1]"))
        with contextlib.suppress(Refused):
            engine("flags", "0", "+\\Answered")      # whatever the link did meanwhile
        engine("settle")
        level(engine, names(1, 2, 3))
        tap.equal([row["uid"] for row in engine.rows("INBOX")], [3, 2, 1])
        tap.equal([row["flags"] & FLAGGED for row in engine.rows("INBOX")], [0, 0, 0])


def test_text_under_another_key():
    """a text that nobody asked for, or under another message's number, is kept nowhere"""
    for words in ("* 2 FETCH (UID 2 BODY[1] {4}\r\nevil)", "* 2 FETCH (BODY[1] {4}\r\nevil)", "* 3 FETCH (UID 2 BODY[1] {4}\r\nevil)",
                  "* 3 FETCH (UID 3 BODY[2] {4}\r\nevil)", "* 3 FETCH (UID 3 BODY[1]<0> {4}\r\nevil)",
                  "* 2 FETCH (UID 2 BODY[1] {300000}\r\n" + "evil" * 75000 + ")"):
        server = Liar(INBOX=letters(3))

        def lie(link, tag, text):
            link.send(words)
            server.honest(link, tag, text)
        with opened(server) as (at, engine):
            for command in BODIES:
                server.once(command % 3, lie)
            engine("read", "0")
            tap.equal(len(server.lies), 1, "the lie was told")
            tap.equal(engine("kept", "0", "1"), ["text Text 3.  "], words[:40])
            tap.equal(engine("kept", "1", "1") + engine("kept", "0", "2"), ["nothing", "nothing"], words[:40])


def test_only_another_text():
    """the text of another message instead of the one that was asked for: said, and nothing kept"""
    server = Liar(INBOX=letters(3))
    lie = lambda link, tag, text: link.send("* 3 FETCH (UID 2 BODY[1] {4}\r\nevil)", tag + " OK done")
    with opened(server) as (at, engine):
        for command in BODIES:
            server.once(command % 3, lie)
        try:
            engine("read", "0")
            raise AssertionError("it was taken")
        except Refused as refused:
            assert "does not send it" in str(refused), refused
        tap.equal(engine("kept", "0", "1") + engine("kept", "1", "1"), ["nothing", "nothing"])


# --- UIDVALIDITY ---------------------------------------------------------------------------------------------------

def test_renumbered_between_sessions():
    """UIDVALIDITY changed while we were away: no old UID, and what was decided offline is done to the same message"""
    server = Liar(INBOX=letters(3))
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-lies-"))
    with ScriptedServer(server) as at:
        with Driver(at.port, directory) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
        with Driver(at.port, directory, offline=True) as engine:
            engine("look", "INBOX")
            engine("flags", "0", "+\\Flagged")
        server.boxes["INBOX"].renumber(8)
        with Driver(at.port, directory) as engine:
            engine("look", "INBOX")
            until(engine, lambda: [row["uid"] for row in engine.rows("INBOX")] == [103, 102, 101], "the new UIDs")
            engine("settle")
            tap.equal(intents(engine)[0][:2], ["done", "flags"])
    tap.equal([text.split()[2] for text in server.sent("UID STORE")], ["103"])


def test_renumbered_while_open():
    """UIDVALIDITY that changes in the open mailbox: all rows anew, none doubled"""
    server = Liar(INBOX=letters(3))
    with opened(server) as (at, engine):
        server.boxes["INBOX"].renumber(8)
        at.links[0].send("* OK [UIDVALIDITY 8] renumbered", "* 1 FETCH (UID 101 FLAGS (\\Flagged))", "* 3 EXISTS")
        until(engine, lambda: [row["uid"] for row in engine.rows("INBOX")] == [103, 102, 101], "the new UIDs")
        tap.equal(shown(engine), names(1, 2, 3))


def test_renumbered_in_mid_command():
    """UIDVALIDITY that changes while a move is in flight: a conflict with words, and nothing is moved by an old UID"""
    server = Liar(PLUS, INBOX=letters(3), Archive=[])

    def lie(link, tag, text):
        server.boxes["INBOX"].renumber(8, first=2)      # UID 3 is now letter 2
        link.send("* OK [UIDVALIDITY 8] renumbered", tag + " NO not now")
    with opened(server) as (at, engine):
        server.once("UID MOVE", lie)
        engine("move", "0", "Archive")
        engine("settle")
        until(engine, lambda: [row["uid"] for row in engine.rows("INBOX")] == [4, 3, 2], "the new UIDs")
        tap.equal(shown(engine), names(1, 2, 3))
        tap.equal(server.boxes["Archive"].subjects(), [])
        state, kind, words = intents(engine)[0]
        assert state in ("conflict", "failed") and words.strip(), (state, words)


# --- refusals ------------------------------------------------------------------------------------------------------

def refused_move(answer, words):
    server = Liar(PLUS, INBOX=letters(5), Archive=[])
    with opened(server) as (at, engine):
        server.once("UID MOVE", lambda link, tag, text: link.send(tag + " " + answer))
        engine("move", "0", "Archive")
        engine("flags", "1", "+\\Flagged")
        engine("settle")
        found = {kind: (state, said) for state, kind, said in intents(engine)}
        tap.equal(found["move"][0], "failed")
        assert words in found["move"][1], found
        tap.equal(found["flags"][0], "done")
        tap.equal(shown(engine), names(1, 2, 3, 4, 5), "back in its mailbox")
        tap.equal(server.boxes["Archive"].subjects(), [])
        tap.equal([letter.number for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags], [3])


def test_crooked_appenduid():
    """APPENDUID with no UID, with two, of another UIDVALIDITY, of another message: the letter is shown once, under its own, and no other is lost"""
    for number, said in enumerate(("7 4", "7 0", "7 999:1000", "1 4", "7 2", "7 4294967296", "7 *")):
        server = Liar(PLUS, INBOX=letters(3))
        box = server.boxes["INBOX"]

        def append(link, tag, rest):
            box.add(4, ["\\Seen"])
            link.send("* 4 EXISTS", tag + " OK [APPENDUID %s] done" % said)
        with opened(server) as (at, engine), tempfile.NamedTemporaryFile(suffix=".eml") as file:
            server.on_append = append
            head = b"Subject: letter 4\r\nMessage-ID: <letter4@example.org>\r\n\r\n"
            file.write(head + b"x" * (298 - len(head)) + b"\r\n")      # 300 octets, as this server says of each
            file.flush()
            engine("append", file.name, "INBOX")
            engine("settle")
            engine("check")
            until(engine, lambda: sorted((row["uid"], row["subject"]) for row in engine.rows("INBOX")) ==
                  [(letter.uid, letter.subject) for letter in box.letters], "each letter once, under its own UID (%s)" % said)
            tap.equal(len(server.sent("APPEND")), 1)


def append_letter(engine, number):
    """A letter of 300 octets, as this server says of each of its own."""
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        head = b"Subject: letter %d\r\nMessage-ID: <letter%d@example.org>\r\n\r\n" % (number, number)
        file.write(head + b"x" * (298 - len(head)) + b"\r\n")
        file.flush()
        engine("append", file.name, "INBOX")


def true_rows(engine, box, mailbox, what):
    """Until each letter is shown once, under its own UID."""
    def rows():
        return sorted((row["uid"], row["subject"]) for row in engine.rows(mailbox))
    true = [(letter.uid, letter.subject) for letter in box.letters]
    try:
        until(engine, lambda: rows() == true, what)
    except AssertionError as error:
        raise AssertionError("%s: %r instead of %r" % (error, rows(), true)) from error


def test_appenduid_of_nobody():
    """APPENDUID with a UID that was never given out, or that is the one of a letter that came beside it: the letter is shown once, under its own"""
    for said in (88, 5):
        for early in (False, True):         # the letters come before the word or behind it
            server = Liar(PLUS, INBOX=letters(3))
            box = server.boxes["INBOX"]

            def append(link, tag, rest):
                box.add(4, ["\\Seen"])
                box.add(9)
                link.send("* 5 EXISTS")
                if early:
                    fetch, text = link.request()
                    assert text.startswith("UID FETCH 4:"), text
                    server.honest(link, fetch, text)
                link.send(tag + " OK [APPENDUID 7 %d] done" % said)
            with opened(server) as (at, engine):
                server.on_append = append
                append_letter(engine, 4)
                engine("settle")
                engine("check")
                true_rows(engine, box, "INBOX", "APPENDUID %d" % said)
                engine("flags", str(shown(engine)[::-1].index("letter 4")), "+\\Flagged")
                engine("settle")
                tap.equal([letter.number for letter in box.letters if "\\Flagged" in letter.flags], [4])


def test_copyuid_of_nobody():
    """COPYUID with UIDs that were never given out, or that are those of letters that came beside them: each letter is shown once, under its own"""
    for verb, said in (("move", "88:89"), ("move", "3:4"), ("copy", "88:89"), ("copy", "3:4")):
        for looks in (False, True):         # Archive has been looked at, or is not known yet
            server = Liar(PLUS, INBOX=letters(5), Archive=[Letter(1, 8)])
            box = server.boxes["Archive"]

            def lie(link, tag, text):
                server.copy(link, "4:5 Archive") if verb == "copy" else None
                gone = []
                if verb == "move":
                    pairs = server.copy(link, "4:5 Archive")
                    gone = server.remove(link, lambda letter: letter.uid in [uid for uid, _ in pairs])
                box.add(9)
                code = "[COPYUID 7 4:5 %s]" % said
                link.send(*((["* OK %s moved" % code] + gone + [tag + " OK done"]) if verb == "move" else [tag + " OK %s done" % code]))
            with opened(server) as (at, engine):
                if looks:
                    engine("look", "Archive")
                    engine("synced", "Archive")
                    engine("look", "INBOX")
                    engine("synced", "INBOX")
                server.once("UID " + verb.upper(), lie)
                engine(verb, "0-1", "Archive")
                engine("settle")
                engine("look", "Archive")
                true_rows(engine, box, "Archive", "%s, COPYUID %s, looked at: %s" % (verb, said, looks))
                tap.equal(shown(engine), names(1, 2, 3) if verb == "move" else names(1, 2, 3, 4, 5))
                assert not [fact for fact in engine.facts if "elsewhere" in fact], engine.facts


def test_over_quota():
    """NO [OVERQUOTA] to a move: its words, the message back, and the next decision done"""
    refused_move("NO [OVERQUOTA] the mailbox is full", "the mailbox is full")


def test_no_such_target():
    """NO [TRYCREATE] to a move: its words, the message back, and the next decision done"""
    refused_move("NO [TRYCREATE] Archive is not there", "Archive is not there")


def test_bad_move():
    """BAD to a MOVE that was announced (F29): done without it, by COPY, once, and the next decision done"""
    server = Liar(PLUS, INBOX=letters(5), Archive=[])
    with opened(server) as (at, engine):
        server.on_uid_move = lambda link, tag, rest: link.send(tag + " BAD")
        engine("move", "0", "Archive")
        engine("flags", "1", "+\\Flagged")
        engine("settle")
        tap.equal(server.boxes["Archive"].subjects(), ["letter 5"])
        tap.equal(server.boxes["INBOX"].subjects(), ["letter %d" % number for number in (1, 2, 3, 4)])
        tap.equal(len(server.sent("UID MOVE")), 1)
        tap.equal({kind: state for state, kind, said in intents(engine)}, {"move": "done", "flags": "done"})


def test_crooked_copyuid():
    """COPYUID that names two messages and one new UID is no answer: nothing is believed gone, nothing doubled"""
    for words in ("[COPYUID 7 4:5 2]", "[COPYUID 7 4:5 0]", "[COPYUID 7 4:5 2:4294967295]", "[COPYUID 7 8:9 2:3]", "[COPYUID 7 4:5 2,2]",
                  "[COPYUID 7 4,4 2,3]", "[COPYUID 7 4:5 1:2]", "[COPYUID 7 3:5 2:4]", "[COPYUID 99 4:5 2:3]", "[COPYUID]"):
        server = Liar(PLUS, INBOX=letters(5), Archive=[Letter(1, 9)])

        def lie(link, tag, text):
            pairs = server.copy(link, text[len("UID MOVE "):])
            gone = server.remove(link, lambda letter: letter.uid in [uid for uid, _ in pairs])
            link.send(*(["* OK %s moved" % words] + gone + [tag + " OK done"]))
        with opened(server) as (at, engine):
            engine("look", "Archive")
            engine("synced", "Archive")
            engine("look", "INBOX")
            server.once("UID MOVE", lie)
            engine("move", "0-1", "Archive")
            engine("settle")
            tap.equal(shown(engine), names(1, 2, 3))
            engine("look", "Archive")
            engine("synced", "Archive")
            true = {1: "letter 9", 2: "letter 4", 3: "letter 5"}
            until(engine, lambda: {row["uid"]: row["subject"] for row in engine.rows("Archive")} == true, words)
            tap.equal(len(engine.rows("Archive")), 3, words)
            tap.equal([state for state, _, _ in intents(engine)], ["done"])
            assert not [fact for fact in engine.facts if "elsewhere" in fact], (words, engine.facts)


# --- cut decisions -------------------------------------------------------------------------------------------------

def cut_once(command, acted, capability, decision, inbox, archive):
    """The link ends at the first such command, before or after the server has acted on it."""
    server = Liar(capability, INBOX=letters(5), Archive=[Letter(1, 9)])

    class Swallowed:
        """A link whose answers are lost."""
        def __init__(self, link):
            self.link = link

        def send(self, *lines):
            pass

    def cut(link, tag, text):
        if acted:
            lost = Swallowed(link)
            server.selected[lost] = server.selected[link]
            server.honest(lost, tag, text)
        link.close()
    what = "%s cut %s it was done, %s" % (command, "after" if acted else "before", capability)
    with opened(server) as (at, engine):
        server.once(command, cut)
        engine(decision, "0-1", "Archive")
        again(engine)
        engine("settle")
        tap.equal(server.lies, [], what)
        tap.equal(sorted(server.boxes["INBOX"].subjects()), inbox, what)
        tap.equal(sorted(server.boxes["Archive"].subjects()), archive, what)
        tap.equal([state for state, _, _ in intents(engine)], ["done"], what)
        level(engine, inbox)
        engine("look", "Archive")
        engine("synced", "Archive")
        until(engine, lambda: sorted(shown(engine, "Archive")) == archive, "the target, " + what)


def test_cut_move():
    """MOVE, cut before and after the server acted: done once"""
    for acted in (False, True):
        cut_once("UID MOVE", acted, PLUS, "move", names(1, 2, 3), names(4, 5, 9))


def test_cut_copy():
    """COPY on a server with nothing, cut before and after the server acted: done once"""
    for acted in (False, True):
        cut_once("UID COPY", acted, "IMAP4rev1", "copy", names(1, 2, 3, 4, 5), names(4, 5, 9))


def test_cut_copy_renumbered():
    """COPY cut after it was done, and the source renumbered meanwhile: a conflict with words, nothing copied twice"""
    server = Liar(INBOX=letters(5), Archive=[])

    def cut(link, tag, text):
        server.copy(link, text[len("UID COPY "):])
        server.boxes["INBOX"].renumber(8, first=4)
        link.close()
    with opened(server) as (at, engine):
        server.once("UID COPY", cut)
        engine("copy", "0-1", "Archive")
        again(engine)
        engine("settle")
        tap.equal(server.boxes["Archive"].subjects(), names(4, 5))
        state, kind, words = intents(engine)[0]
        assert state == "conflict" and words.strip(), (state, words)


def test_renumbered_while_looking_for_copies():
    """the source is renumbered while its copies are looked for in the target: nothing is copied by an old UID"""
    server = Liar(INBOX=letters(5), Archive=[])

    def examine(link, tag, text):
        server.boxes["INBOX"].renumber(8, first=4)
        server.honest(link, tag, text)
    with opened(server) as (at, engine):
        server.once("UID COPY", lambda link, tag, text: link.close())
        server.once("EXAMINE", examine)
        engine("copy", "0-1", "Archive")
        again(engine)
        engine("settle")
        tap.equal(server.lies, [])
        tap.equal(server.boxes["Archive"].subjects(), [])
        state, kind, words = intents(engine)[0]
        assert state == "conflict" and words.strip(), (state, words)
        until(engine, lambda: [row["uid"] for row in engine.rows("INBOX")] == [8, 7, 6, 5, 4], "the new UIDs")
        tap.equal(shown(engine), names(1, 2, 3, 4, 5))


def test_cut_move_in_steps():
    """a move of COPY, STORE and EXPUNGE, cut before and after each: done once"""
    for capability in ("IMAP4rev1", "IMAP4rev1 UIDPLUS"):
        for command in ("UID COPY", "UID STORE", "UID EXPUNGE" if "UIDPLUS" in capability else "EXPUNGE"):
            for acted in (False, True):
                cut_once(command, acted, capability, "move", names(1, 2, 3), names(4, 5, 9))


def test_foreign_deleted():
    """without UIDPLUS nothing is expunged that another client marked as deleted"""
    server = Liar(INBOX=[Letter(1, 1, ["\\Deleted"]), Letter(2, 2), Letter(3, 3)])
    with opened(server) as (at, engine):
        engine("delete", "0")
        engine("settle")
        tap.equal(server.sent("EXPUNGE"), [])
        tap.equal(server.sent("CLOSE"), [])
        tap.equal(server.boxes["INBOX"].subjects(), names(1, 2, 3))
        tap.equal(server.boxes["INBOX"].letters[2].flags, {"\\Deleted"})
        assert any("marked" in fact for fact in engine.facts if fact.startswith("notice")), engine.facts


def test_own_deleted():
    """without UIDPLUS what is ours alone is expunged"""
    server = Liar(INBOX=letters(3))
    with opened(server) as (at, engine):
        engine("delete", "0")
        engine("settle")
        tap.equal(server.boxes["INBOX"].subjects(), names(1, 2))
        tap.equal(shown(engine), names(1, 2))


# --- the password --------------------------------------------------------------------------------------------------

def listen(link):
    """Everything until the client closes."""
    with contextlib.suppress(Closed):
        while True:
            link._more()


def no_password(link):
    heard = b"\r\n".join(link.heard) + b"\r\n" + link.buffer
    for secret in (b"secret", base64.b64encode(b"\0test\0secret"), base64.b64encode(b"secret"), b"LOGIN", b"AUTHENTICATE"):
        assert secret not in heard, heard
    return heard


def stopped_without_password(script, scheme="imap", words="", certificate=None, state=STOPPED, settings=""):
    over = []

    def whole(link):
        script(link)
        listen(link)
        over.append(link)
    with ScriptedServer(whole, certificate=certificate) as at:
        with Driver(at.port, scheme=scheme, host="localhost", settings=settings) as engine:
            engine("state", state)
            assert any(words in fact for fact in engine.facts), engine.facts
            assert not [fact for fact in engine.facts if fact.startswith("decision")], engine.facts
            tap.wait_until(lambda: over, "the end of the link")
            return no_password(over[0])


def test_starttls_missing():
    """no STARTTLS where the account wants it: no password"""
    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello")
    tap.equal(stopped_without_password(script, words="STARTTLS"), b"\r\n")


def test_starttls_refused():
    """STARTTLS refused: no password, and none of the words that anybody may have written"""
    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello")
        link.send(link.command("STARTTLS") + " NO not today")
    stopped_without_password(script, words="refuses STARTTLS")


def test_starttls_with_a_tail():
    """bytes put behind the answer to STARTTLS are not taken for the server's: no password"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-lies-ca-"))
    authority = Authority(directory)
    certificate = authority.server()

    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello")
        tag = link.command("STARTTLS")
        link.send(tag + " OK begin", "* CAPABILITY IMAP4rev1 AUTH=PLAIN", "* PREAUTH in")
    stopped_without_password(script, certificate=certificate, settings="ca-file = %s\n" % os.path.join(directory, "ca.pem"))


def test_preauth_in_the_clear():
    """PREAUTH where the account wants TLS: closed before a byte was sent"""
    def script(link):
        link.send("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in already")
    tap.equal(stopped_without_password(script), b"\r\n")


def test_login_disabled():
    """LOGINDISABLED and no mechanism: no password, even where the account allows it in the clear"""
    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello")
    stopped_without_password(script, scheme="imap+insecure", words="no way to log in")


def test_login_in_the_clear_is_asked_for():
    """the proof that these tests can hear a password: imap+insecure sends it"""
    server = Liar(INBOX=[])
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("online")
        assert server.sent("LOGIN") and "secret" in server.sent("LOGIN")[0], server.commands


if __name__ == "__main__":
    tap.main()
