"""Decisions carried out on real servers, each seen by a second client: with every extension, and with none."""

import base64
import contextlib
import os
import tempfile

from driver import FLAGGED, SEEN, Driver, Refused
from support import tap
from support.link import Link
from support.proxy import Proxy
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils

LETTER = ("From: Ada <ada@example.org>\r\nTo: test@example.org\r\nSubject: letter %d\r\nDate: Mon, 0%d Jun 2026 10:00:00 +0000\r\n"
          "Message-ID: <letter%d@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nText %d.\r\n")
BARE = "IMAP4rev1"


def fill(client, count=5):
    for i in range(1, count + 1):
        client.append("INBOX", None, None, (LETTER % (i, i, i, i)).encode())


@contextlib.contextmanager
def dovecot(**options):
    with Dovecot(**options) as server:
        yield server


def servers():
    return [("Dovecot", lambda: dovecot()), ("Dovecot that announces only IMAP4rev1", lambda: dovecot(capability=BARE)),
            ("GNU mailutils", Mailutils)]


STEPS = []      # what is made into a test for each server: see test_actions_elsewhere.py


def play(step, server):
    """step: takes (server, client, engine)."""
    client = Link(server)
    fill(client)
    with Driver(server.port, user=server.user, password=server.password) as engine:
        engine("look", "INBOX")
        engine("online")
        engine("synced", "INBOX")
        step(server, client, engine)


def on_each(step):
    """Makes one test function of each server out of a step."""
    def one(make):
        def run():
            with make() as server:
                play(step, server)
        return run
    STEPS.append(step)
    for name, make in servers():
        run = one(make)
        run.__doc__ = "%s: %s" % (name, (step.__doc__ or step.__name__).strip())
        globals()["test_%s_%s" % (step.__name__, name.split()[-1].lower())] = run
    return step


def subjects(client, mailbox):
    found = []

    def read():
        """imap4d may show a message that another session has just put there with nothing in it, until it is selected anew."""
        client.select(mailbox, readonly=True)
        numbers = client.search(None, "ALL")[1][0].split()
        headers = [client.fetch(number, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1].decode() for number in numbers]
        found[:] = [header.split(":", 1)[1].strip() for header in headers if ":" in header]
        return len(found) == len(headers)
    tap.wait_until(read, "each message has its header")
    return sorted(found)


def flags_of(client, mailbox, subject):
    client.select(mailbox, readonly=True)
    client.noop()
    number = client.search(None, "SUBJECT", '"%s"' % subject)[1][0].split()[0]
    return client.fetch(number, "(FLAGS)")[1][0].decode()


def conflicts(engine):
    return [fact for fact in engine.facts if fact.startswith(("intent conflict", "intent failed", "intent unknown"))]


def make(engine, mailbox):
    engine("create", mailbox)
    engine("settle")
    engine("quiet")


def look_again(engine):
    """imap4d keeps flags to itself until the mailbox is selected anew."""
    engine("settle")
    engine("check")
    engine("quiet")


def check_until(engine, total):
    def told():
        engine("check")
        engine("quiet")
        return engine.mailbox("INBOX")["total"] == total
    tap.wait_until(told, "%d messages" % total)


@on_each
def flagging(server, client, engine):
    """flags are set and cleared, on one and on several, and undone"""
    engine("flags", "0", "+\\Flagged")
    look_again(engine)
    assert "\\Flagged" in flags_of(client, "INBOX", "letter 5")
    engine("flags", "0-2", "+\\Seen,-\\Flagged")
    look_again(engine)
    assert "\\Flagged" not in flags_of(client, "INBOX", "letter 5")
    assert "\\Seen" in flags_of(client, "INBOX", "letter 3")
    engine("undo")
    look_again(engine)
    assert "\\Seen" not in flags_of(client, "INBOX", "letter 3")


@on_each
def moving(server, client, engine):
    """messages move to another mailbox, and back by undo"""
    make(engine, "Kept")
    engine("move", "0-1", "Kept")
    tap.equal(engine.mailbox("INBOX")["total"], 3, "shown at once")
    engine("settle")
    tap.equal(subjects(client, "INBOX"), ["letter 1", "letter 2", "letter 3"])
    tap.equal(subjects(client, "Kept"), ["letter 4", "letter 5"])


@on_each
def taking_back_a_move(server, client, engine):
    """a move that was sent is taken back, also where the server names nothing and numbers the mailbox anew"""
    make(engine, "Kept")
    engine("move", "0-1", "Kept")
    engine("settle")
    engine("undo")
    engine("settle")
    tap.equal(subjects(client, "INBOX"), ["letter %d" % i for i in range(1, 6)])
    tap.equal(subjects(client, "Kept"), [])
    assert not conflicts(engine), engine.facts
    look_again(engine)
    tap.equal(sorted(row["subject"] for row in engine.rows("INBOX")), ["letter %d" % i for i in range(1, 6)])


@on_each
def taking_back_a_copy(server, client, engine):
    """a copy that was made is taken back, and nothing else"""
    make(engine, "Kept")
    engine("copy", "0-1", "Kept")
    engine("settle")
    engine("undo")
    engine("settle")
    tap.equal(subjects(client, "INBOX"), ["letter %d" % i for i in range(1, 6)])
    tap.equal(subjects(client, "Kept"), [])
    assert not conflicts(engine), engine.facts


@on_each
def moving_there_and_back(server, client, engine):
    """what was moved is moved back from the other mailbox by hand"""
    make(engine, "Kept")
    engine("move", "0-1", "Kept")
    engine("settle")
    engine("look", "Kept")
    engine("total", "2")
    engine("quiet")
    engine("move", "0", "INBOX")
    engine("settle")
    assert not conflicts(engine), engine.facts
    tap.equal(len(subjects(client, "INBOX")), 4)
    tap.equal(len(subjects(client, "Kept")), 1)
    engine("look", "INBOX")
    tap.wait_until(lambda: not engine("turn") and all(row["uid"] for row in engine.rows("INBOX")), "each is known on the server")
    tap.equal(sorted(row["subject"] for row in engine.rows("INBOX")), subjects(client, "INBOX"))


@on_each
def one_is_gone(server, client, engine):
    """of what was decided about, one is gone on the server: the rest is done all the same"""
    make(engine, "Kept")
    engine("go", "offline")
    engine("move", "0-2", "Kept")
    engine("flags", "0-1", "+\\Flagged")
    client.select("INBOX")
    client.store("4", "+FLAGS", "(\\Deleted)")        # "letter 4", the second newest
    client.expunge()
    client.store("2", "+FLAGS", "(\\Deleted)")        # "letter 2"
    client.expunge()
    client.unselect() if "UNSELECT" in client.capabilities else client.close()
    engine("go", "online")
    engine("settle")
    assert not conflicts(engine), engine.facts
    tap.equal(subjects(client, "Kept"), ["letter 3", "letter 5"])
    look_again(engine)
    tap.equal(subjects(client, "INBOX"), ["letter 1"])
    assert "\\Flagged" in flags_of(client, "INBOX", "letter 1")


@on_each
def the_last_is_gone(server, client, engine):
    """the newest message, which was decided about, is gone on the server: no other is taken for it (imap4d does, if it is named)"""
    make(engine, "Kept")
    engine("go", "offline")
    engine("flags", "0", "+\\Flagged")
    engine("move", "0", "Kept")
    client.select("INBOX")
    client.store("5", "+FLAGS", "(\\Deleted)")
    client.expunge()
    client.unselect() if "UNSELECT" in client.capabilities else client.close()
    engine("go", "online")
    engine("settle")
    look_again(engine)
    tap.equal(subjects(client, "INBOX"), ["letter %d" % i for i in range(1, 5)])
    tap.equal(subjects(client, "Kept"), [])
    assert "\\" not in flags_of(client, "INBOX", "letter 4").replace("\\Recent", ""), flags_of(client, "INBOX", "letter 4")


@on_each
def copying(server, client, engine):
    """messages are copied; the originals stay"""
    make(engine, "Kept")
    engine("copy", "0-1", "Kept")
    engine("settle")
    tap.equal(len(subjects(client, "INBOX")), 5)
    tap.equal(subjects(client, "Kept"), ["letter 4", "letter 5"])
    engine("look", "Kept")
    engine("synced", "Kept")
    tap.equal(engine.mailbox("Kept")["total"], 2, "each copy is shown once")


@on_each
def appending(server, client, engine):
    """a message kept here is stored in a mailbox there, with its flags, once"""
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write((LETTER % (7, 7, 7, 7)).encode())
        file.flush()
        engine("append", file.name, "INBOX")
        engine("settle")
    look_again(engine)
    tap.equal(subjects(client, "INBOX"), ["letter %d" % i for i in (1, 2, 3, 4, 5, 7)])
    if not isinstance(server, Mailutils): # imap4d drops the flags of an APPEND
        assert "\\Seen" in flags_of(client, "INBOX", "letter 7")
    tap.equal(engine.mailbox("INBOX")["total"], 6, "shown once")


@on_each
def appending_and_deciding(server, client, engine):
    """what is appended to the open mailbox, and flagged before the server has it, is flagged there"""
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write((LETTER % (7, 7, 7, 7)).encode())
        file.flush()
        engine("go", "offline")
        engine("append", file.name, "INBOX")
        number = [at for at, row in enumerate(engine.rows("INBOX")) if row["subject"] == "letter 7"][0]
        engine("flags", str(number), "+\\Flagged")
        engine("go", "online")
        engine("online")
        engine("look", "INBOX")
        look_again(engine)
    look_again(engine)
    tap.equal(subjects(client, "INBOX"), ["letter %d" % i for i in (1, 2, 3, 4, 5, 7)])
    assert "\\Flagged" in flags_of(client, "INBOX", "letter 7")


@on_each
def deleting(server, client, engine):
    """deleting moves to Trash where there is one, and expunges exactly ours where there is none"""
    engine("delete", "0")
    engine("settle")
    tap.equal(subjects(client, "INBOX"), ["letter 1", "letter 2", "letter 3", "letter 4"])
    tap.equal(engine.mailbox("INBOX")["total"], 4)


@on_each
def reading(server, client, engine):
    """the text of a message comes"""
    engine("read", "2")


FORWARD = """From: Ada <ada@example.org>\r
To: test@example.org\r
Subject: see what she wrote\r
Date: Sat, 06 Jun 2026 10:00:00 +0000\r
Message-ID: <forward@example.org>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=outer\r
\r
--outer\r
Content-Type: text/plain\r
\r
Look below.\r
--outer\r
Content-Type: message/rfc822\r
\r
From: Eve <eve@example.org>\r
Subject: inside\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=inner\r
\r
--inner\r
Content-Type: text/plain\r
\r
What she wrote.\r
--inner\r
Content-Type: application/octet-stream\r
Content-Disposition: attachment; filename=numbers.bin\r
Content-Transfer-Encoding: base64\r
\r
%s\r
--inner--\r
--outer--\r
"""


@on_each
def inside_a_forward(server, client, engine):
    """the text and the attachment of a message inside a message, whether or not the server numbers its parts"""
    attached = bytes(range(256)) * 4
    client.append("INBOX", None, None, (FORWARD % base64.encodebytes(attached).decode().strip().replace("\n", "\r\n")).encode())
    check_until(engine, 6)
    engine("read", "0")
    engine("want", "0", "2.1")
    tap.wait_until(lambda: not engine("turn") and [fact.rstrip() for fact in engine("kept", "0", "2.1")] == ["text What she wrote."],
                   "the text inside is here")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "words")
        engine("save", "0", "2.1", path)
        with open(path, "rb") as file:
            tap.equal(file.read().rstrip(), b"What she wrote.")
        path = os.path.join(directory, "numbers.bin")
        engine("save", "0", "2.2", path)
        with open(path, "rb") as file:
            tap.equal(file.read(), attached, "the attachment of the message inside")


@on_each
def mailboxes(server, client, engine):
    """mailboxes are made, renamed, subscribed and deleted, with names in any script"""
    name = "Été 北京 & co"
    engine("create", name)
    engine("settle")
    engine("quiet")
    assert any("[%s]" % name in line for line in engine("mailboxes")), engine("mailboxes")
    engine("rename", name, "Hiver")
    engine("settle")
    engine("quiet")
    assert any("[Hiver]" in line for line in engine("mailboxes")), engine("mailboxes")
    engine("unsubscribe", "Hiver")
    engine("settle")
    engine("subscribe", "Hiver")
    engine("settle")
    engine("remove", "Hiver")
    engine("settle")
    engine("quiet")
    assert not any("[Hiver]" in line for line in engine("mailboxes")), engine("mailboxes")
    assert b"Hiver" not in b"".join(client.list()[1])


@on_each
def polled(server, client, engine):
    """what comes into a mailbox that is not open is told by its counts, without opening it"""
    make(engine, "Aside")
    client.append("Aside", None, None, (LETTER % (7, 7, 7, 7)).encode())

    def told():
        engine("check")
        engine("quiet")
        return any("[Aside]" in line and "server=1/1" in line for line in engine("mailboxes"))
    tap.wait_until(told, "the counts of the other mailbox")
    assert not any(fact.startswith("wire open Aside") for fact in engine.facts), engine.facts


@on_each
def others_change(server, client, engine):
    """what another client does appears: new mail, flags, messages gone"""
    client.select("INBOX")
    client.append("INBOX", None, None, (LETTER % (6, 6, 6, 6)).encode())
    check_until(engine, 6)
    client.noop()
    client.store("1", "+FLAGS", "(\\Deleted)")
    client.expunge()
    check_until(engine, 5)
    tap.equal(sorted(row["subject"] for row in engine.rows("INBOX")), ["letter %d" % i for i in range(2, 7)])


def test_keywords_on_dovecot():
    """keywords of the user's own are set and cleared"""
    with Dovecot() as server:
        client = server.client()
        fill(client)
        with Driver(server.port) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("flags", "0", "+todo")
            engine("settle")
            assert "todo" in flags_of(client, "INBOX", "letter 5")
            tap.equal(engine.rows("INBOX")[0]["keywords"], ["todo"])
            engine("flags", "0", "-todo")
            engine("settle")
            assert "todo" not in flags_of(client, "INBOX", "letter 5")


SHARED = """
namespace {
  type = public
  separator = /
  prefix = Common/
  location = maildir:%s
  subscriptions = no
  list = %s
}
"""


def test_shared_namespace():
    """mailboxes of a shared namespace are marked, have no role, and are asked for where LIST leaves them out"""
    for listed in ("yes", "hidden"):
        with tempfile.TemporaryDirectory(prefix="malle-shared-") as directory:
            os.chmod(directory, 0o777)
            with Dovecot(extra=SHARED % (directory, "yes" if listed == "yes" else "no")) as server:
                client = server.client()
                tap.equal(client.create("Common/board")[0], "OK")
                tap.equal(client.create("Common/Trash")[0], "OK")
                client.append("Common/board", None, None, (LETTER % (1, 1, 1, 1)).encode())
                with Driver(server.port) as engine:
                    engine("online")
                    engine("listed")
                    found = {line.split("[")[1].split("]")[0]: line for line in engine("mailboxes")}
                    assert int(found["Common/board"].split("attributes=")[1].split()[0]) & 256, found
                    assert "role=0" in found["Common/Trash"], found
                    assert int(found["INBOX"].split("attributes=")[1].split()[0]) & 256 == 0, found
                    engine("look", "Common/board")
                    engine("synced", "Common/board")
                    tap.equal([row["subject"] for row in engine.rows("Common/board")], ["letter 1"])


def test_live_changes_by_idle():
    """with IDLE nothing needs to be asked for"""
    with Dovecot() as server, Proxy(server.port) as link:
        client = server.client()
        fill(client)
        with Driver(link.port) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("quiet")
            link.until(lambda s: s["idling"] == 1, "IDLE")
            client.append("INBOX", None, None, (LETTER % (6, 6, 6, 6)).encode())
            engine("total", 6)


def test_offline_decisions_are_replayed():
    """decided without a link, done with it"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-offline-"))
    with Dovecot() as server:
        client = server.client()
        fill(client)
        with Driver(server.port, directory) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("listed")
        with Driver(server.port, directory, offline=True) as engine:
            engine("look", "INBOX")
            engine("flags", "0", "+\\Flagged")
            engine("move", "1", "Archive")
            tap.equal(engine.mailbox("INBOX")["total"], 4)
        assert "\\Flagged" not in flags_of(client, "INBOX", "letter 5")
        with Driver(server.port, directory) as engine:
            engine("online")
            engine("settle")
        assert "\\Flagged" in flags_of(client, "INBOX", "letter 5")
        tap.equal(subjects(client, "Archive"), ["letter 4"])


def test_a_cut_link_loses_nothing():
    """the link is cut in mid work: reconnected, and the decision done once"""
    with Dovecot() as server, Proxy(server.port) as link:
        client = server.client()
        fill(client)
        with Driver(link.port) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("listed")
            link.cut()
            engine("move", "0", "Archive")
            engine("settle")
            tap.equal(subjects(client, "Archive"), ["letter 5"])
            tap.equal(engine.mailbox("INBOX")["total"], 4)


def test_wrong_password_asks():
    """a refused password is asked for, and nothing else happens"""
    with Dovecot() as server:
        with Driver(server.port, password="wrong") as engine:
            engine("state", 4)
            asked = [fact for fact in engine.facts + engine("quiet") if fact.startswith("decision")]
            assert asked, engine.facts
            engine("answer", asked[-1].split()[1], "secret")
            engine("online")


def test_tls_pin():
    """an unknown certificate is shown, pinned by the person, and a changed one is refused"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-pin-"))
    with Dovecot() as server, Dovecot() as other, Proxy(server.tls_port) as link:
        with Driver(link.port, directory, scheme="imaps", host="localhost") as engine:
            engine("state", 4)
            asked = [fact for fact in engine.facts + engine("quiet") if fact.startswith("decision")]
            assert asked, engine.facts
            engine("answer", asked[-1].split()[1], "pin")
            engine("online")
        with Driver(link.port, directory, scheme="imaps", host="localhost") as engine:
            engine("online")
        link.forward_to(other.tls_port)
        with Driver(link.port, directory, scheme="imaps", host="localhost") as engine:
            engine("state", 4)
            assert not [fact for fact in engine.facts if fact.startswith("decision")], engine.facts


def test_starttls():
    """STARTTLS with a known authority; a server without it gets no password"""
    with Dovecot() as server:
        with Driver(server.port, scheme="imap", host="localhost", settings="ca-file = %s\n" % server.ca_file) as engine:
            engine("online")
    with Mailutils(starttls=False) as bare:
        with Driver(bare.port, scheme="imap", user=bare.user, password=bare.password) as engine:
            engine("state", 4)
            assert any("STARTTLS" in fact for fact in engine.facts), engine.facts


if __name__ == "__main__":
    tap.main()
