"""A server, or somebody on the way to it, that wants to be believed, obeyed or followed: nothing of it reaches the store, the disk
or the screen, and nobody is followed."""

import os
import re
import tempfile

from driver import Driver
from liar import Letter, Liar, letters
from support import tap
from support.bag import Bag
from support.certificates import Authority
from support.scripted_server import ScriptedServer

WAITING = 3
BODIES = ("UID FETCH %d (BODY.PEEK", "UID FETCH %d BODY.PEEK")

authority = None


def certificate():
    global authority
    if authority is None:
        authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-hostile-ca-")))
        authority.pair = authority.server()
    return authority.pair


def everything(folder):
    """Every byte and every name that lies below the folder, but for what the person wrote."""
    found = b""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if "/.config/" not in path:
                with open(path, "rb") as file:
                    found += path.encode() + b"\0" + file.read() + b"\0"
    return found


def person(server, at, **how):
    at.user, at.password, at.ca_file = "test", "secret", authority.certificate if authority else None
    return Bag(at, **how)


# --- before TLS (S5, S6, S9)

FORGED = ("* LIST () \"/\" Forged-EVIL", "* LSUB () \"/\" Forged-EVIL", "* STATUS Forged-EVIL (MESSAGES 5 UNSEEN 5)", "* 5 EXISTS", "* 5 RECENT",
          "* FLAGS (\\EVIL)", "* OK [PERMANENTFLAGS (EVIL \\*)] EVIL", "* 1 EXPUNGE", "* SEARCH 1 2 3", "* OK [UIDVALIDITY 666] EVIL",
          '* 1 FETCH (UID 1 FLAGS (EVIL) ENVELOPE (NIL "EVIL" NIL NIL NIL NIL NIL NIL NIL NIL) BODY[] {4}', "EVIL)", "* NAMESPACE ((\"EVIL\" \"/\")) NIL NIL",
          "* ID (\"name\" \"EVIL\")", "* ENABLED QRESYNC", "* OK [ALERT] EVIL call this number", "* NO [BADCHARSET (EVIL)] EVIL", "* BAD [PARSE] EVIL", "* NO EVIL", "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=EVIL] EVIL")


class Forging(Liar):
    """Whoever is on the way says all that before TLS begins, and the server is honest behind it."""
    before = "IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=EVIL"

    def __call__(self, link):
        link.send("* OK [CAPABILITY %s] EVIL says hello" % self.before, *FORGED)
        while True:
            tag, text = link.request()
            if text.upper() == "STARTTLS":
                break
            assert text.upper() == "CAPABILITY", text
            link.send("* CAPABILITY " + self.before, *FORGED, tag + " OK EVIL")
        link.send(*FORGED[:-1], tag + " OK [ALERT] EVIL")
        link.starttls()
        self.serve(link)


def test_forged_before_tls():
    """LIST, STATUS, EXISTS, FETCH, ALERT and more before TLS: nothing of it is kept, shown, logged or believed"""
    server = Forging(INBOX=letters(3))
    with ScriptedServer(server, certificate=certificate()) as at:
        with person(server, at, security="imap", options="log-level = debug\n") as bag:
            said = bag.run("--wire-log", bag.home + "/wire", "sync") + bag.run("doctor") + bag.run("doctor", "--json")
            assert "EVIL" not in said, said
            assert b"EVIL" not in everything(bag.home)
            tap.equal([name for name, in bag.query("SELECT name FROM mailbox")], ["INBOX"])
            with bag.screen() as screen:
                screen.until("letter 3")
                screen.until("online")
                assert b"EVIL" not in screen.written


def test_capabilities_are_asked_again():
    """mechanisms offered before TLS and not behind it are not used"""
    server = Forging(INBOX=letters(1), capability="IMAP4rev1 LOGINDISABLED")
    server.on_authenticate = lambda link, tag, rest: link.send(tag + " OK EVIL")
    with ScriptedServer(server, certificate=certificate()) as at:
        with person(server, at, security="imap") as bag:
            assert bag.try_run("sync").code != 0
    assert not [text for text in server.commands if re.match("LOGIN|AUTHENTICATE", text, re.I)], server.commands


# --- referrals (S7)

def test_referrals():
    """a referral in the greeting, in a refused login, in a refused SELECT: followed by nobody"""
    def never(link):
        raise AssertionError("somebody came")
    with ScriptedServer(never) as other:
        code = "[REFERRAL imap://test:secret@127.0.0.1:%d/INBOX]" % other.port

        def greeting(server, link):
            link.send("* OK %s go there" % code)
            server.serve(link)
        for place in ("greeting", "login", "select"):
            server = type("Referring", (Liar,), {"__call__": greeting} if place == "greeting" else {})(INBOX=letters(1))
            if place != "greeting":
                setattr(server, "on_" + place, lambda link, tag, rest: link.send("%s NO %s go there" % (tag, code)))
            with ScriptedServer(server) as at, person(server, at) as bag:
                bag.try_run("sync")
                bag.try_run("doctor")
            tap.equal(other.links, [], place)


# --- cut off under TLS (S11)

def test_cut_without_good_bye():
    """TLS that ends without close_notify inside a literal, or right behind a whole line: nothing half is kept"""
    for size, said in ((200, b"Text" * 25), (300000, b"Text" * 40000), (12, b"Text 1")):
        server = Liar(INBOX=letters(2))

        def cut(link, tag, text):
            link.raw(b"* 1 FETCH (UID 1 BODY[1] {%d}\r\n" % size + said)
            link.close()            # TCP ends; TLS does not
        with ScriptedServer(server, certificate=certificate(), tls=True) as at:
            with Driver(at.port, scheme="imaps", host="localhost", settings="ca-file = %s\n" % authority.certificate) as engine:
                engine("look", "INBOX")
                engine("synced", "INBOX")
                for command in BODIES:
                    server.once(command % 1, cut)
                engine("read", "1")
                tap.equal(engine("kept", "1", "1"), ["text Text 1.  "])
                tap.equal(len(at.links), 2)


# --- sizes and empty letters (S19)

def test_lying_sizes():
    """RFC822.SIZE of 0, of everything, negative and no number; an envelope of nothing: the rows are shown, the texts are read"""
    for size in ("0", "4294967295", "18446744073709551615", "99999999999999999999999", "-1", "x"):
        server = Liar(INBOX=letters(3))
        honest = server.fetched

        def fetched(seq, letter, items="UID FLAGS"):
            said = honest(seq, letter, items)
            said = said.replace("RFC822.SIZE 300", "RFC822.SIZE " + size) if letter.number == 2 else said
            return re.sub(r'ENVELOPE \(.*?"<letter3@example.org>"\)', "ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", said) if letter.number == 3 else said
        server.fetched = fetched
        with ScriptedServer(server) as at, Driver(at.port) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            tap.equal(sorted(row["uid"] for row in engine.rows("INBOX")), [1, 2, 3], size)
            engine("read", "1")
            tap.equal(engine("kept", "1", "1"), ["text Text 2.  "], size)


# --- names (S20, S21)

NAMES = ["../../escaped-EVIL", "/tmp/escaped-EVIL", "..", ".", "/", "//", "a/../../../EVIL", "EVIL\r\na9 OK EVIL", "EVIL\"EVIL", "EVIL\\EVIL", "%", "*", "EVIL" * 16384,
         "EVIL\x1b[2J\x07", "&AAA-EVIL", "&&&EVIL", "&2AA-EVIL", "inbox/EVIL", "INBOX/../EVIL", "~/EVIL", "$(touch EVIL)", "`touch EVIL`", "|touch EVIL", "-rf EVIL", " EVIL", "EVIL ",
         "{5+}", "NIL", "'; DROP TABLE message; --EVIL"]


class Naming(Liar):
    """Lists such mailboxes, each with the letters of INBOX."""

    def on_list(self, link, tag, rest):
        for name in NAMES:
            raw = name.encode()
            link.raw(b'* LIST () "/" {%d}\r\n' % len(raw) + raw + b"\r\n")
        link.send('* LIST () "/" INBOX', '* LIST () "/" "NUL\0EVIL"', tag + " OK done")

    def on_select(self, link, tag, rest):
        super().on_select(link, tag, "INBOX")

    def on_status(self, link, tag, rest):
        link.send(tag + " NO not now")

    def on_uid_copy(self, link, tag, rest):
        link.send(tag + " NO not there")

    on_uid_move = on_uid_copy


def test_mailbox_names():
    """mailbox names that would be paths, commands, queries or other people's protocol: data, and nothing else"""
    server = Naming(INBOX=letters(2))
    with tempfile.TemporaryDirectory() as outside, ScriptedServer(server) as at:
        with person(server, at) as bag:
            bag.home, before = bag.home, sorted(os.listdir("/tmp"))
            bag.try_run("sync")
            bag.try_run("do", "change-mailbox INBOX", "tag-pattern ~A", "move-message ../../escaped-EVIL")
            bag.try_run("sync", "../../escaped-EVIL")
            names = [name for name, in bag.query("SELECT name FROM mailbox")]
            assert "INBOX" in names and "../../escaped-EVIL" in names and "'; DROP TABLE message; --EVIL" in names, names
            assert not [name for name in names if "\0" in name or "NUL" in name]
            paths = [os.path.join(place, name) for place, folders, files in os.walk(bag.home) for name in folders + files]
            assert not [path for path in paths if "EVIL" in path], paths
            tap.equal([name for name in os.listdir("/tmp") if "EVIL" in name], [])
            tap.equal([name for name in os.listdir(os.path.dirname(bag.home)) if "EVIL" in name], [])
            assert bag.query("SELECT count(*) FROM message")[0][0] > 0
    # Every command was one line: no name ended one and began the next.
    for text in server.commands:
        assert re.match(r"(UID )?[A-Z]+( |$)", text), text


def test_uids_and_ids():
    """UIDs, Message-IDs and section numbers never name a file"""
    server = Liar(INBOX=letters(2))
    with ScriptedServer(server) as at:
        for letter in server.boxes["INBOX"].letters:
            letter.__class__ = type("Pathlike", (Letter,), {"id": "<../../../EVIL/%d@../EVIL>" % letter.number, "text": "Text" * 100000 + "\r\n"})
        with person(server, at) as bag:
            bag.run("sync")
            with bag.screen() as screen:
                screen.until("letter 2")
                screen.keys("Enter")
                screen.until("TextText")
            paths = [os.path.join(place, name) for place, folders, files in os.walk(bag.home) for name in folders + files]
            assert not [path for path in paths if "EVIL" in path], paths
            kept = [path for path in paths if "/.local/share/malle/" in path]
            for path in kept:
                assert re.fullmatch(r"[a-z0-9.-]+", os.path.basename(path)), path


if __name__ == "__main__":
    tap.main()
