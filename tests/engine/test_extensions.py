"""Extensions that servers announce: switched on without a flight of their own, and done without where a server does not have what it
announces; and what Gmail, Exchange and others do in their own way."""

import base64
import re
import select
import sqlite3
import tempfile
import threading

from driver import Driver
from liar import Letter, Liar, letters
from support import tap
from support.proxy import Proxy
from support.scripted_server import ScriptedServer

FLAGS = r"(\Seen \Deleted \Flagged \Answered \Draft)"


class Pretender(Liar):
    """Announces an extension, and answers BAD to every command that uses it."""

    def __init__(self, capability, uses, **boxes):
        super().__init__(capability, **boxes)
        self.uses, self.refused, self.greetings = re.compile(uses, re.I), [], 0

    def __call__(self, link):
        self.greetings += 1
        super().__call__(link)

    def honest(self, link, tag, text):
        if self.uses.match(text):
            self.refused.append(text)
            link.send(tag + " BAD what is that?")
        else:
            super().honest(link, tag, text)

    def on_unselect(self, link, tag, rest):
        link.send(tag + " OK done")


def done_without(capability, uses, do=lambda engine: None, links=2):
    server = Pretender("IMAP4rev1 " + capability, uses, INBOX=letters(3), Trash=[])
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        do(engine)
        engine("listed")
        tap.equal(len(server.refused), 1, capability)
        tap.equal(server.greetings, links, "connections")
        tap.equal(len(engine.rows("INBOX")), len(server.boxes["INBOX"].letters))
    return server


def test_announced_and_not_there():
    """F29: what is announced and answered BAD is asked for once, and then done without"""
    done_without("ESEARCH", r"UID SEARCH RETURN", links=1)
    done_without("CONDSTORE", r"SELECT .*\(CONDSTORE\)", links=1)
    done_without("LIST-EXTENDED", r"LIST .* RETURN", links=1)
    done_without("NAMESPACE", r"NAMESPACE", links=1)
    done_without("ID", r"ID ", links=1)
    done_without("ENABLE UTF8=ACCEPT", r"ENABLE", links=1)

    def move(engine):
        engine("move", "0", "Trash")
        engine("settle")

    server = done_without("MOVE UIDPLUS", r"UID MOVE", move)
    tap.equal(server.boxes["Trash"].subjects(), ["letter 3"])
    tap.equal(server.boxes["INBOX"].subjects(), ["letter 1", "letter 2"])
    server = done_without("UIDPLUS", r"UID EXPUNGE", move)
    tap.equal(server.boxes["Trash"].subjects(), ["letter 3"])
    tap.equal(server.boxes["INBOX"].subjects(), ["letter 1", "letter 2"])


def test_lists_degrade_one_by_one():
    """F29: a server that understands LIST RETURN and not what is asked for in it loses that and nothing else"""
    server = Pretender("IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE", r"LIST .*STATUS \(", INBOX=letters(2), Archive=letters(1))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("listed")
        engine("quiet")
        tap.equal(len(server.refused), 1)
        assert [text for text in server.sent("LIST") if text.endswith("RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)")], server.sent("LIST")
        assert server.sent("STATUS Archive"), server.commands


def test_idle_that_is_refused():
    """F29: an IDLE that is refused is not asked for again"""
    server = Pretender("IMAP4rev1 IDLE", r"IDLE", INBOX=letters(1))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        tap.wait_until(lambda: engine("quiet") is not None and server.refused, "IDLE")
        for _ in range(3):
            engine("flags", "0", "+\\Flagged")
            engine("settle")
            engine("quiet")
        tap.equal(len(server.refused), 1)


def test_done_waits_for_idling():
    """F58: an IDLE that the server has not taken up yet is not ended; what is decided meanwhile waits for its +"""
    begun, taken = threading.Event(), threading.Event()
    early = []

    class Slow(Liar):
        def on_idle(self, link, tag, _):
            if not begun.is_set():
                begun.set()
                link.wait(taken)
                early.append(bool(link.buffer) or bool(select.select([link.socket], [], [], 0)[0]))
            link.send("+ idling")
            assert link.line().upper() == "DONE"
            link.send(tag + " OK done")
    server = Slow("IMAP4rev1 IDLE", INBOX=letters(1))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        tap.wait_until(lambda: engine("turn") is None or begun.is_set(), "IDLE")
        engine("synced", "INBOX")
        engine("flags", "0", "+\\Flagged")
        engine("turn")
        taken.set()
        engine("settle")
        tap.equal(early, [False], "DONE before the server's +")
        tap.equal(server.boxes["INBOX"].letters[0].flags, {"\\Flagged"})


class Decoding(Liar):
    """Each letter is one file of DATA in base64, which is decoded here, or is not."""
    data = bytes(range(256)) * 40
    decodes = True

    def fetched(self, seq, letter, items="UID FLAGS"):
        said = super().fetched(seq, letter, re.sub(r" ?(BODYSTRUCTURE|BINARY\.PEEK\S+|BODY\.PEEK\[1\]\S*)", "", items))[:-1]
        encoded = base64.encodebytes(self.data).replace(b"\n", b"\r\n")
        if "BODYSTRUCTURE" in items:
            said += ' BODYSTRUCTURE ("APPLICATION" "PDF" ("NAME" "plan.pdf") NIL NIL "BASE64" %d)' % len(encoded)
        for binary, first, count in re.findall(r"(BINARY|BODY)\.PEEK\[1\](?:<(\d+)\.(\d+)>)?", items):
            octets = (self.data if binary == "BINARY" else encoded)[int(first or 0):][:int(count or 1 << 30)]
            said += " %s[1]%s %s{%d}\r\n%s" % (binary, "<%s>" % first if first else "", "~" if binary == "BINARY" else "", len(octets), octets.decode("latin-1"))
        return said + ")"

    def on_uid_fetch(self, link, tag, rest):
        if "BINARY" in rest and not self.decodes:
            link.send(tag + " NO [UNKNOWN-CTE] not that one")
            return
        uids, _, items = rest.partition(" ")
        for seq, letter in self.chosen(link, uids):
            link.raw(self.fetched(seq, letter, "UID " + items).encode("latin-1") + b"\r\n")
        link.send(tag + " OK done")


def test_binary():
    """BINARY (RFC 3516): a file is asked for decoded, a quarter less; where the server cannot decode it, it is decoded here; without it, too"""
    for capability, decodes, way in (("IMAP4rev1 BINARY", True, "BINARY"), ("IMAP4rev1 BINARY", False, "both"), ("IMAP4rev1", True, "BODY")):
        server = Decoding(capability, INBOX=letters(1))
        server.decodes = decodes
        with ScriptedServer(server) as at, Driver(at.port) as engine, tempfile.TemporaryDirectory() as directory:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("screen", 1)
            engine("quiet")
            path = directory + "/plan.pdf"
            engine("save", "0", "1", path)
            with open(path, "rb") as file:
                assert file.read() == server.data, capability
            asked = [text for text in server.sent("UID FETCH") if ".PEEK[1]" in text]
            tap.equal(("BINARY.PEEK[1]" in "".join(asked), "BODY.PEEK[1]" in "".join(asked)), (way != "BODY", way != "BINARY"), capability)


# --- switched on -----------------------------------------------------------------------------------------


class Modern(Liar):
    """Takes ENABLE; once UTF8=ACCEPT is enabled its names travel as UTF-8, before as modified UTF-7."""

    def __init__(self, capability, enables=("UTF8=ACCEPT", "IMAP4REV2"), **boxes):
        super().__init__(capability, **boxes)
        self.enables, self.enabled = enables, {}

    def on_enable(self, link, tag, rest):
        taken = [name for name in rest.split() if name.upper() in self.enables]
        self.enabled[link] = bool(taken)
        link.send("* ENABLED " + " ".join(taken), tag + " OK done")

    def wire(self, link, name):
        if self.enabled.get(link) or name.isascii():
            return name
        return "".join(c if c.isascii() else {"ü": "&APw-", "é": "&AOk-"}[c] for c in name)

    def found(self, link, rest):
        asked = rest.split(" (")[0].strip('"')
        return next(name for name in self.boxes if self.wire(link, name) == asked)

    def on_list(self, link, tag, rest):
        link.send(*(['* LIST (\\HasNoChildren) "/" "%s"' % self.wire(link, name) for name in self.boxes] + [tag + " OK done"]))

    def on_select(self, link, tag, rest):
        super().on_select(link, tag, '"%s"' % self.found(link, rest))

    def on_status(self, link, tag, rest):
        name = self.found(link, rest)
        link.send('* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY 7 UNSEEN 0)' %
                  (self.wire(link, name), len(self.boxes[name].letters), self.boxes[name].uidnext), tag + " OK done")

    def on_create(self, link, tag, rest):
        self.boxes[rest.strip('"')] = type(self.boxes["INBOX"])()
        link.send(tag + " OK done")


def test_enable_costs_no_flight():
    """ENABLE leaves in one write with SELECT and LIST, and costs no flight"""
    flights = {}
    for capability in ("IMAP4rev1 ENABLE", "IMAP4rev1 IMAP4rev2 ENABLE UTF8=ACCEPT"):
        server = Modern(capability, INBOX=letters(3))
        with ScriptedServer(server) as at, Proxy(at.port) as link, Driver(link.port, offline=True) as engine:
            engine("look", "INBOX")
            link.rtt(100)
            engine("go", "online")
            engine("rows")
            flights[capability] = link.stats()["flights"]
        tap.equal(server.sent("ENABLE"), ["ENABLE IMAP4rev2 UTF8=ACCEPT"] if "rev2" in capability else [])
    tap.note(flights)
    tap.equal(len(set(flights.values())), 1, flights)


def test_names_whatever_is_enabled():
    """a mailbox stays the same one when its server begins or ceases to speak UTF-8"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-names-"))
    plain, modern = "IMAP4rev1 ENABLE", "IMAP4rev1 ENABLE UTF8=ACCEPT"
    server = Modern(plain, INBOX=letters(1), **{"Entwürfe": letters(2)})
    known = set()
    with ScriptedServer(server) as at:
        for capability, spelled in ((plain, "Entw&APw-rfe"), (modern, '"Entwürfe"'), (plain, "Entw&APw-rfe")):
            server.capability = capability
            with Driver(at.port, directory) as engine:
                engine("quiet")     # what a server has begun to offer is used from the next link on
            server.commands = []
            with Driver(at.port, directory) as engine:
                engine("listed")
                engine("look", "Entwürfe")
                engine("synced", "Entwürfe")
                engine("quiet")
                tap.equal(len(engine.rows("Entwürfe")), 2)
                tap.equal([text for text in server.sent("SELECT")], ["SELECT " + spelled])
                if capability == modern or known:
                    assert not [text for text in server.commands if "ENVELOPE" in text], "its messages were fetched again"
                names = [line for line in engine("mailboxes") if "Entw" in line]
                tap.equal(len(names), 1, names)
                known.add(re.sub(r"(unseen|messages|total|unread)=\d+", "", names[0]))
    tap.equal(len(known), 1, known)


def test_name_made_in_utf8():
    """a mailbox made while UTF-8 is enabled is made under its name"""
    server = Modern("IMAP4rev1 ENABLE UTF8=ACCEPT", INBOX=letters(1))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("listed")
        engine("create", "Rés&umé")
        engine("settle")
        tap.equal(server.sent("CREATE"), ['CREATE "Rés&umé"'])


def test_enabled_and_not():
    """F29: ENABLE that is answered OK without enabling anything: names go as before"""
    server = Modern("IMAP4rev1 ENABLE UTF8=ACCEPT", enables=(), INBOX=letters(1), **{"Entwürfe": letters(2)})
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("listed")
        engine("look", "Entwürfe")
        engine("synced", "Entwürfe")
        tap.equal(server.sent("SELECT"), ["SELECT Entw&APw-rfe"])


def test_rev2_alone():
    """a server of IMAP4rev2 alone: ESEARCH answers, and what rev2 contains without naming it"""
    server = Modern("IMAP4rev2", INBOX=letters(4), Trash=[])

    def on_uid_search(link, tag, rest):
        uids = ",".join(str(letter.uid) for letter in server.box(link).letters)
        link.send('* ESEARCH (TAG "%s") UID ALL %s' % (tag, uids), tag + " OK done")

    server.on_uid_search = on_uid_search
    server.on_namespace = lambda link, tag, rest: link.send('* NAMESPACE (("" "/")) NIL NIL', tag + " OK done")
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("move", "0", "Trash")
        engine("settle")
        tap.equal(len(server.sent("UID MOVE")), 1)
        tap.equal(server.boxes["Trash"].subjects(), ["letter 4"])


# --- the providers ---------------------------------------------------------------------------------------


class Gmail(Liar):
    """One message, several labels: a mailbox is a label, and expunging takes it off. What has no other label stays in All Mail."""

    def __init__(self, **boxes):
        super().__init__("IMAP4rev1 X-GM-EXT-1 UIDPLUS MOVE LIST-EXTENDED SPECIAL-USE",
                         **{"INBOX": letters(3), "[Gmail]/All Mail": letters(3), "[Gmail]/Trash": [], **boxes})

    def on_list(self, link, tag, rest):
        uses = {"[Gmail]/All Mail": "\\All", "[Gmail]/Trash": "\\Trash"}
        link.send(*(['* LIST (\\HasNoChildren %s) "/" "%s"' % (uses.get(name, ""), name) for name in self.boxes] + [tag + " OK done"]))

    def on_uid_move(self, link, tag, rest):
        moved = [letter.number for _, letter in self.chosen(link, rest.partition(" ")[0])]
        super().on_uid_move(link, tag, rest)
        if rest.endswith('Trash"') or rest.endswith("Trash"):
            for name, box in self.boxes.items():
                if not name.endswith("Trash"):
                    box.letters = [letter for letter in box.letters if letter.number not in moved]


def test_gmail_deletes_by_trash():
    """F53: where deleting is for good too, Gmail's messages go to its trash; expunging would only archive them"""
    for do, settings in (("delete", "delete = expunge\n"), ("delete", ""), ("expunge", "")):
        server = Gmail()
        if do == "expunge":
            server.boxes["INBOX"].letters[2].flags.add("\\Deleted")
        with ScriptedServer(server) as at, Driver(at.port, settings=settings) as engine:
            engine("listed")
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine(do, "0")
            engine("settle")
            tap.equal(server.sent("UID EXPUNGE") + server.sent("EXPUNGE") + server.sent("UID STORE"), [], do)
            tap.equal(server.boxes["[Gmail]/Trash"].subjects(), ["letter 3"], do)
            tap.equal(server.boxes["[Gmail]/All Mail"].subjects(), ["letter 1", "letter 2"], do)
            tap.equal([row["subject"] for row in engine.rows("INBOX")], ["letter 2", "letter 1"], do)


def test_gmail_labels():
    """F53: labels come with the summaries and with changed flags, and are readable names; one message in two mailboxes is one content"""
    server = Gmail()
    labels = {3: ['"\\\\Important"', "Entw&APw-rfe", '"two words"']}
    kept = server.fetched

    def fetched(seq, letter, items="UID FLAGS"):
        said = kept(seq, letter, items)
        if "X-GM-LABELS" not in items:
            return said
        return said.replace("(", "(X-GM-LABELS (%s) " % " ".join(labels.get(letter.number, [])), 1)

    server.fetched = fetched
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-labels-"))
    with ScriptedServer(server) as at:
        for expected in ("Important\nEntwürfe\ntwo words", ""):
            with Driver(at.port, directory) as engine:
                engine("listed")
                for mailbox in ("INBOX", "[Gmail]/All Mail"):
                    engine("look", mailbox)
                    engine("synced", mailbox)
                    engine("quiet")
            with sqlite3.connect("file:%s/store/store.db?mode=ro" % directory, uri=True) as store:
                found = store.execute("SELECT DISTINCT c.id, ifnull(c.labels, '') FROM content c JOIN message m ON m.content_id = c.id "
                                      "WHERE m.uid = 3").fetchall()
                tap.equal([text for _, text in found], [expected])
                tap.equal(store.execute("SELECT count(*) FROM content").fetchone()[0], 3)
            labels[3] = []
            for box in server.boxes.values():
                for letter in box.letters:
                    letter.flags.add("\\Seen")


def test_gmail_trash_is_emptied():
    """F53: what is deleted in Gmail's trash is gone"""
    server = Gmail(**{"[Gmail]/Trash": letters(2)})
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("listed")
        engine("quiet")
        engine("look", "[Gmail]/Trash")
        engine("synced", "[Gmail]/Trash")
        engine("delete", "0")
        engine("settle")
        tap.equal(server.boxes["[Gmail]/Trash"].subjects(), ["letter 1"])


def test_gmail_throttles():
    """F53: [THROTTLED], [LIMIT] and [OVERQUOTA]: waited for, or told in words that say what to do"""
    for answer, state, words in (("NO [OVERQUOTA] Quota exceeded", "failed", "no room left"), ("NO [LIMIT] Too many", "failed", "in one go")):
        server = Gmail()
        server.once("UID MOVE", lambda link, tag, text: link.send("%s %s" % (tag, answer)))
        with ScriptedServer(server) as at, Driver(at.port) as engine:
            engine("listed")
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("move", "0", "[Gmail]/All Mail")
            engine("settle")
            said = [fact for fact in engine.facts if fact.startswith("intent " + state)]
            assert said and words in said[0], engine.facts


def test_lines_within_4096():
    """F54: no command line is longer than Exchange's 4,096 octets, however many messages are named"""
    many = [Letter(number * 3 + 1000000, number) for number in range(1, 2501)]
    server = Liar("IMAP4rev1 UIDPLUS MOVE", INBOX=many, Trash=[])
    longest = []
    serve = server.serve

    def measured(link):
        line = link.line
        link.line = lambda: longest.append(line()) or longest[-1]
        serve(link)

    server.serve = measured
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        tap.equal(engine.mailbox("INBOX")["total"], 2500)
        engine("flags", "0-2499/2", "+\\Flagged")
        engine("settle")
        engine("move", "0-999/2", "Trash")
        engine("settle")
        tap.equal(len([letter for box in server.boxes.values() for letter in box.letters if "\\Flagged" in letter.flags]), 1250)
        tap.equal(len(server.boxes["Trash"].letters), 500)
    tap.at_most(max(map(len, longest)), 4094, "octets of the longest line")


def test_a_uid_without_a_message():
    """F54: a UID that is listed and never fetched: the rest is level, and it is not asked for without end"""
    server = Liar("IMAP4rev1", INBOX=letters(5))
    honest = server.on_uid_fetch, server.on_fetch

    def without_3(which):
        def answer(link, tag, rest):
            kept = server.fetched
            server.fetched = lambda seq, letter, items: "* OK nothing" if letter.uid == 3 else kept(seq, letter, items)
            try:
                honest[which](link, tag, rest)
            finally:
                server.fetched = kept
        return answer

    server.on_uid_fetch, server.on_fetch = without_3(0), without_3(1)
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("quiet")
        tap.equal([row["uid"] for row in engine.rows("INBOX")], [5, 4, 2, 1])
        tap.at_most(len([text for text in server.sent("UID FETCH") if "ENVELOPE" in text]), 3, "questions for what is not there")


def test_no_star_where_there_is_nothing():
    """F54: "*" is never sent alone, nor to an empty mailbox"""
    for held in ([], letters(2)):
        server = Liar("IMAP4rev1", INBOX=held)
        with ScriptedServer(server) as at, Driver(at.port) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("quiet")
        tap.equal(bool(server.sent("UID FETCH") + server.sent("FETCH")), bool(held))
        assert not [text for text in server.commands if re.search(r"FETCH \*", text)], server.commands


def test_items_in_another_order():
    """F54: items in another order, the UID last, and the placeholder of a message that cannot be given"""
    server = Liar("IMAP4rev1", INBOX=letters(3))
    kept = server.fetched

    def turned(seq, letter, items="UID FLAGS"):
        said = kept(seq, letter, items.replace("UID ", ""))
        return said[:-1] + " UID %d)" % letter.uid if said.endswith(")") else said

    server.fetched = turned
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        tap.equal([row["subject"] for row in engine.rows("INBOX")], ["letter 3", "letter 2", "letter 1"])


def test_throttled_untagged():
    """F54: throttling said without a tag is obeyed as well"""
    server = Liar("IMAP4rev1", INBOX=letters(2))
    server.once("UID STORE", lambda link, tag, text: link.send("* BAD Request is throttled. Suggested Backoff Time: 120000 milliseconds"))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("flags", "0", "+\\Flagged")
        engine("state", 3)
        waits = [int(fact.split()[1]) for fact in engine.facts if fact.startswith("retry ")]
        assert 60 <= waits[-1] <= 121, waits
        engine("check")
        engine("settle")
        tap.equal(len([letter for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags]), 1)


def test_uidnext_says_nothing_of_uidplus():
    """F55: a server that says UIDNEXT and has no UIDPLUS: removing goes by what is marked, and others' marks are spared"""
    server = Liar("IMAP4rev1", INBOX=letters(3), Trash=[])
    server.boxes["INBOX"].letters[0].flags.add("\\Deleted")
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("move", "0", "Trash")
        engine("settle")
        tap.equal(server.sent("UID EXPUNGE") + server.sent("EXPUNGE"), [])
        tap.equal(server.boxes["Trash"].subjects(), ["letter 3"])


def test_large_uids():
    """F56: UIDs beyond 2^31 are numbers like others; negative ones are nobody's"""
    server = Liar("IMAP4rev1", INBOX=[Letter(2147483646, 1), Letter(2147483649, 2), Letter(4294967290, 3)])
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        tap.equal([row["uid"] for row in engine.rows("INBOX")], [4294967290, 2147483649, 2147483646])
        engine("flags", "0", "+\\Flagged")
        engine("settle")
        assert "\\Flagged" in server.boxes["INBOX"].letters[2].flags
    server = Liar("IMAP4rev1", INBOX=letters(2))
    kept = server.fetched
    server.fetched = lambda seq, letter, items="UID FLAGS": kept(seq, letter, items).replace("UID 2", "UID -2")
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        tap.equal([row["uid"] for row in engine.rows("INBOX") if row["uid"] != 2], [1])


if __name__ == "__main__":
    tap.main()
