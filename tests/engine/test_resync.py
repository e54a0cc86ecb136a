"""Coming back to a server that tells less, more or other than it should: the store is what the mailbox is, by way of a simpler question.

Each case has a number, F1 to F30, in doc/internals/faults.md."""

import contextlib
import tempfile

from driver import Driver
from liar import letters
from modern import MODERN, Modern
from support import tap
from support.scripted_server import ScriptedServer
from test_lies import intents, names, shown, until

FLAG_BITS = {"\\Seen": 1, "\\Answered": 2, "\\Flagged": 4, "\\Deleted": 8, "\\Draft": 16}


def model(server, name="INBOX"):
    """What the mailbox is, as the store has to show it."""
    return [(letter.uid, letter.subject, sum(FLAG_BITS[flag] for flag in letter.flags)) for letter in server.boxes[name].letters]


def stored(engine, name="INBOX"):
    return [(row["uid"], row["subject"], row["flags"]) for row in sorted(engine.rows(name), key=lambda row: row["uid"])]


class Away:
    """with Away(server) as back: the store was level once; what happens before back.come() happens while it is away."""

    def __init__(self, server, mailbox="INBOX"):
        self.server, self.mailbox = server, mailbox

    def __enter__(self):
        self.at = ScriptedServer(self.server).__enter__()
        self.directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-resync-"))
        with self.engine() as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("listed")
            engine("look", self.mailbox)
            engine("synced", self.mailbox)
            engine("quiet")
        self.server.commands.clear()
        return self

    def __exit__(self, *error):
        self.at.__exit__(*error)

    def engine(self, **options):
        return Driver(self.at.port, self.directory, **options)

    @contextlib.contextmanager
    def come(self):
        with self.engine() as engine:
            engine("look", self.mailbox)
            engine("online")
            yield engine
            wanted = model(self.server, self.mailbox)
            until(engine, lambda: stored(engine, self.mailbox) == wanted, "%r, but %r" % (wanted, stored(engine, self.mailbox)))
            # ... and it stays so.
            engine("quiet")
            tap.equal(stored(engine, self.mailbox), model(self.server, self.mailbox))
            tap.equal(engine.mailbox(self.mailbox)["complete"], 1)


def all_flags_asked(server):
    return [text for text in server.sent("UID FETCH") if "1:* " in text and "CHANGEDSINCE" not in text and "ENVELOPE" not in text]


def much(server):
    server.flag("INBOX", 2, "\\Flagged")
    server.flag("INBOX", 5)
    server.add("INBOX", 21)
    server.add("INBOX", 22, ["\\Seen"])
    server.expunge("INBOX", 1, 7, 20)


# --- honest ---------------------------------------------------------------------------------------------------------

def test_honest():
    """flags, arrivals and expunges with the SELECT: no list of UIDs and no flags are asked for"""
    server = Modern(INBOX=letters(20))
    with Away(server) as back:
        much(server)
        with back.come():
            pass
        tap.equal(server.sent("UID SEARCH"), [])
        tap.equal([text for text in server.sent("UID FETCH") if "ENVELOPE" not in text], [])
        assert server.sent("SELECT")[0].startswith("SELECT INBOX (QRESYNC (7 21"), server.sent("SELECT")


def test_honest_condstore():
    """the same with CONDSTORE alone: changed flags and the list of UIDs"""
    server = Modern(MODERN.replace(" QRESYNC", ""), INBOX=letters(20))
    with Away(server) as back:
        much(server)
        with back.come():
            pass
        tap.equal(all_flags_asked(server), [])
        assert any("CHANGEDSINCE 21" in text for text in server.sent("UID FETCH")), server.commands


def test_honest_bare():
    """the same with neither: all flags are compared"""
    server = Modern("IMAP4rev1", INBOX=letters(20))
    with Away(server) as back:
        much(server)
        with back.come():
            pass
        tap.equal(len(all_flags_asked(server)), 1)


def test_interrupted():
    """a link that breaks in the middle of what the SELECT brings: all of it comes again over the next"""
    server = Modern(INBOX=letters(20))

    def cut(link, tag, text):
        lines = server.select_lines("INBOX") + server.resync_lines("INBOX", 21)
        link.send(*lines[:-3])
        link.close()
    with Away(server) as back:
        much(server)
        server.once("SELECT", cut)
        with back.engine() as engine:
            engine("look", "INBOX")
            engine("state", 3)
        with back.come():
            pass
        assert all("(7 21" in text for text in server.sent("SELECT")), server.sent("SELECT")


def test_everything_gone():
    """a mailbox that was emptied elsewhere"""
    server = Modern(INBOX=letters(20))
    with Away(server) as back:
        server.expunge("INBOX", *range(1, 21))
        with back.come():
            pass


# --- HIGHESTMODSEQ --------------------------------------------------------------------------------------------------

def without(lines, *words):
    return [line for line in lines if not any(word in line for word in words)]


def lying_select(server, change):
    """SELECT answered with what change(lines, since) makes of the truth."""
    def lie(link, tag, text):
        server.selected[link] = "INBOX"
        server.last_select = text
        link.send(*(change(server.select_lines("INBOX"), server.resync_lines("INBOX", 21)) + [tag + " OK [READ-WRITE] selected"]))
    server.once("SELECT", lie)


def coming_back(change, before=much, capability=MODERN):
    server = Modern(capability, INBOX=letters(20))
    with Away(server) as back:
        before(server)
        lying_select(server, change)
        with back.come():
            pass
        tap.equal(server.lies, [], "lies not told")
    return server


def test_modseq_went_back():
    """F5: HIGHESTMODSEQ below ours: all flags are compared"""
    for capability in (MODERN, MODERN.replace(" QRESYNC", "")):
        server = coming_back(lambda lines, told: [line.replace("HIGHESTMODSEQ 2", "HIGHESTMODSEQ 1") for line in lines], capability=capability)
        tap.equal(len(all_flags_asked(server)), 1)


def test_nomodseq():
    """F6: NOMODSEQ: all flags are compared"""
    server = coming_back(lambda lines, told: without(lines, "HIGHESTMODSEQ") + ["* OK [NOMODSEQ] not here"])
    tap.equal(len(all_flags_asked(server)), 1)


def test_equal_modseq_other_count():
    """F7: HIGHESTMODSEQ as it was, and another EXISTS: the list of UIDs decides"""
    def damage(server):
        server.boxes["INBOX"].letters.pop(4)
    for capability in (MODERN, MODERN.replace(" QRESYNC", "")):
        server = coming_back(lambda lines, told: lines, damage, capability)
        assert server.sent("UID SEARCH"), server.commands


def test_changes_kept_secret():
    """F8: HIGHESTMODSEQ rose, and nothing is told that explains it: changes are asked for, then all flags are compared"""
    def change(server):
        server.flag("INBOX", 3, "\\Answered")
    server = coming_back(lambda lines, told: lines, change)
    assert any("CHANGEDSINCE" in text for text in server.sent("UID FETCH")), server.commands
    server = Modern(MODERN.replace(" QRESYNC", ""), INBOX=letters(20))
    with Away(server) as back:
        change(server)
        server.once("UID FETCH", lambda link, tag, text: link.send(tag + " OK nothing"))
        with back.come():
            pass
        tap.equal(len(all_flags_asked(server)), 1)


# --- VANISHED -------------------------------------------------------------------------------------------------------

def test_vanished_unknown():
    """F9: VANISHED of UIDs that were never here"""
    server = coming_back(lambda lines, told: lines + ["* VANISHED (EARLIER) 400,500:600,4294967295"] + told)
    tap.equal(server.sent("UID SEARCH"), [])


def test_vanished_huge():
    """F10: VANISHED 1:4294967295 empties the list, and the server's own list fills it again"""
    coming_back(lambda lines, told: lines + ["* VANISHED (EARLIER) 1:4294967295"] + without(told, "VANISHED"))


def test_vanished_missing():
    """F11: what is gone is not told"""
    server = coming_back(lambda lines, told: lines + without(told, "VANISHED"))
    assert server.sent("UID SEARCH"), server.commands
    tap.equal(all_flags_asked(server), [])


def test_arrivals_not_told():
    """F12: what is new is not told"""
    def quiet(lines, told):
        return lines + [line for line in told if "UID 21 " not in line and "UID 22 " not in line]
    coming_back(quiet)


def test_gone_and_new_even_out():
    """F11, F12: as many not told as gone as are not told as new"""
    def change(server):
        server.expunge("INBOX", 4, 5)
        server.add("INBOX", 21)
        server.add("INBOX", 22)
    coming_back(lambda lines, told: lines, change)


def test_numbers_that_do_not_fit():
    """a number told with another UID than it has"""
    def swap(lines, told):
        return lines + [line.replace("* 1 FETCH", "* 9 FETCH") for line in told]
    server = coming_back(swap, lambda server: (server.flag("INBOX", 1, "\\Seen"), server.flag("INBOX", 9, "\\Seen")))
    assert server.sent("UID SEARCH"), server.commands


def test_vanished_while_open():
    """VANISHED in the open mailbox, of one that is known, of one that is not, and of what was never there"""
    server = Modern(INBOX=letters(20))
    with Away(server) as back, back.come() as engine:
        link = server.box_link = back.at.links[-1]
        until(engine, lambda: server.selected.get(link) == "INBOX" and len(engine.rows("INBOX")) == 20, "the mailbox")
        engine("quiet")
        server.expunge("INBOX", 3)
        link.send("* VANISHED 3", "* VANISHED 900")
        # F18: one that comes and goes before anybody asked.
        server.add("INBOX", 30)
        server.add("INBOX", 31)
        server.expunge("INBOX", 30)
        link.send("* 20 EXISTS", "* 21 EXISTS", "* VANISHED 21")


# --- numbers and names ------------------------------------------------------------------------------------------------

def test_uidnext_went_back():
    """F3: UIDNEXT that goes back under the same UIDVALIDITY: the letters behind the numbers are looked at anew"""
    server = Modern(INBOX=letters(20))
    with Away(server) as back:
        box = server.boxes["INBOX"]
        box.letters = box.letters[:15]
        box.uidnext = 16
        server.add("INBOX", 40)         # UID 16, which was letter 16
        with back.come() as engine:
            until(engine, lambda: "letter 40" in shown(engine), "the other letter 16")


def test_uidnext_missing():
    """F4: no UIDNEXT"""
    coming_back(lambda lines, told: without(lines, "UIDNEXT") + told)


def test_uidvalidity_late():
    """what comes before the UIDVALIDITY is about nobody knows which mailbox: it is asked for"""
    coming_back(lambda lines, told: told + lines)


def test_closed_missing():
    """F13: no [CLOSED] between two mailboxes: what is told before the UIDVALIDITY is not taken for the new one"""
    server = Modern(INBOX=letters(20), Archive=letters(4))

    def lie(link, tag, text):
        server.selected[link] = "Archive"
        link.send("* 3 FETCH (UID 3 FLAGS (\\Deleted) MODSEQ (90))", "* VANISHED 1:3")
        link.send(*(server.select_lines("Archive") + [tag + " OK [READ-WRITE] selected"]))
    with Away(server) as back:
        with back.engine() as engine:
            engine("look", "Archive")
            engine("synced", "Archive")
        with back.come() as engine:
            engine("quiet")
            server.once("SELECT Archive", lie)
            engine("look", "Archive")
            engine("quiet")
            tap.equal(server.lies, [])
            until(engine, lambda: stored(engine, "Archive") == model(server, "Archive"), "Archive as it is")
            engine("look", "INBOX")
            engine("quiet")


def test_renumbered():
    """F1: UIDVALIDITY changed while away: texts and decisions stay with their letters, and of twins they do not"""
    server = Modern(INBOX=letters(6) + [letter for letter in letters(6)[5:]], Archive=[])
    for at, letter in enumerate(server.boxes["INBOX"].letters, 1):
        letter.uid = at         # 6 and 7 are alike in everything
    server.boxes["INBOX"].uidnext = 8
    server.gone.setdefault("Archive", [])
    with Away(server) as back:
        with back.engine() as engine:
            engine("look", "INBOX")
            engine("online")
            engine("read", "4")         # letter 3
        with back.engine(offline=True) as engine:
            engine("look", "INBOX")
            engine("flags", "5", "+\\Flagged")      # letter 2
            engine("move", "6", "Archive")          # letter 1, which is shown there from now on
            engine("flags", "0", "+\\Answered")     # one of the twins
        server.boxes["INBOX"].renumber(8)
        for letter in server.boxes["INBOX"].letters:
            server.touch("INBOX", letter)
        server.commands.clear()
        with back.come() as engine:
            engine("settle")
            tap.equal(server.boxes["Archive"].subjects(), names(1))
            tap.equal([letter.number for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags], [2])
            tap.equal([letter.number for letter in server.boxes["INBOX"].letters if "\\Answered" in letter.flags], [])
            tap.equal(sorted((state, kind) for state, kind, _ in intents(engine)),
                      [("conflict", "flags"), ("done", "flags"), ("done", "move")])
            until(engine, lambda: len(engine.rows("INBOX")) == 6, "the letters")
            tap.equal(engine("kept", "4", "1"), ["text Text 3.  "], "the text that was read stays")


def test_mailbox_renamed():
    """F23: a mailbox renamed elsewhere is the same one: its letters are not fetched again, and decisions follow"""
    for capability in (MODERN, "IMAP4rev1"):
        server = Modern(capability, INBOX=letters(3), Work=letters(5), Other=[])
        server.boxes["Work"].uidvalidity = 77
        server.boxes["Other"].uidvalidity = 78
        with Away(server, "Work") as back:
            with back.engine(offline=True) as engine:
                engine("look", "Work")
                engine("flags", "0", "+\\Flagged")
            for held in (server.boxes, server.modseqs, server.gone):
                held["Projects"] = held.pop("Work")
            server.commands.clear()
            with back.engine() as engine:
                engine("look", "INBOX")
                engine("online")
                engine("settle")
                until(engine, lambda: any("[Projects]" in line for line in engine("mailboxes")), "the new name")
                tap.equal(stored(engine, "Projects"), model(server, "Projects"))
                assert not any("[Work]" in line for line in engine("mailboxes")), engine("mailboxes")
                tap.equal(intents(engine)[0][:2], ["done", "flags"])
            tap.equal([text for text in server.sent("UID FETCH") + server.sent("FETCH") if "ENVELOPE" in text], [])


def test_mailbox_deleted():
    """F23: a mailbox deleted elsewhere goes, and what was decided in it is a conflict with words"""
    server = Modern(INBOX=letters(3), Work=letters(5))
    with Away(server, "Work") as back:
        with back.engine(offline=True) as engine:
            engine("look", "Work")
            engine("flags", "0", "+\\Flagged")
        del server.boxes["Work"]
        server.once("SELECT Work", lambda link, tag, text: link.send(tag + " NO [NONEXISTENT] no such mailbox"))
        with back.engine() as engine:
            engine("look", "INBOX")
            engine("online")
            engine("settle")
            state, kind, words = intents(engine)[0]
            tap.equal((state, kind), ("conflict", "flags"))
            assert "no such mailbox" in words, words
            engine("check")
            until(engine, lambda: not any("[Work]" in line for line in engine("mailboxes")), "its end")


def test_mailbox_made_and_renamed_offline():
    """F39, F40: a mailbox made offline and one renamed offline, with decisions in and into both: all is done, in order"""
    for capability in (MODERN, "IMAP4rev1"):
        server = Modern(capability, INBOX=letters(6), Work=letters(5))
        server.boxes["Work"].uidvalidity = 77
        with Away(server, "Work") as back:
            with back.engine(offline=True) as engine:
                engine("look", "Work")
                engine("flags", "0", "+\\Flagged")
                engine("rename", "Work", "Projects")
                engine("flags", "1", "+\\Answered")
                engine("create", "New")
                engine("look", "INBOX")
                engine("move", "0", "New")
                engine("move", "0", "Projects")
            with back.engine() as engine:
                engine("look", "INBOX")
                engine("online")
                engine("settle")
                tap.equal({state for state, _, _ in intents(engine)}, {"done"}, str(intents(engine)))
                tap.equal(sorted(server.boxes), ["INBOX", "New", "Projects"])
                tap.equal(server.boxes["New"].subjects() + server.boxes["Projects"].subjects(), names(6, 1, 2, 3, 4, 5, 5))
                tap.equal([sorted(letter.flags) for letter in server.boxes["Projects"].letters],
                          [[], [], [], ["\\Answered"], ["\\Flagged"], []])
                for name in server.boxes:
                    engine("look", name)
                    until(engine, lambda name=name: stored(engine, name) == model(server, name), name)


# --- what was remembered ----------------------------------------------------------------------------------------------

def test_one_write():
    """behind the login all that is asked on remembered capabilities is there before anything of it is answered"""
    server = Modern(INBOX=letters(3))
    heard = []

    def hold(link, tag, text):
        asked = [(tag, text)]
        while not asked[-1][1].upper().startswith("IDLE"):
            asked.append(link.request())
        heard.extend(text for _, text in asked)
        for tag, text in asked:
            server.honest(link, tag, text)
    with Away(server) as back:
        server.once("CAPABILITY", hold)         # the one of the greeting: none, it came with it
        with back.come():
            pass
    tap.equal([text.split()[0] for text in heard], ["CAPABILITY", "ENABLE", "SELECT", "LIST", "IDLE"])


def test_nothing_behind_the_login():
    """nothing leaves behind LOGIN before its tagged answer"""
    server = Modern(INBOX=letters(3))

    def login(link, tag, text):
        tap.equal(link.buffer, b"")
        link.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            tap.equal(link.socket.recv(1000), b"", "sent behind LOGIN")
        link.socket.setblocking(True)
        link.send(tag + " OK in")
    with Away(server) as back:
        server.once("LOGIN", login)
        with back.come():
            pass


def test_memory_of_more():
    """a server that has lost all its extensions since: everything is asked again in the plain way"""
    server = Modern(INBOX=letters(20), Archive=letters(2))
    with Away(server) as back:
        much(server)
        server.knows = server.capability = "IMAP4rev1"
        with back.come() as engine:
            until(engine, lambda: any("[Archive]" in line and "server=2/2" in line for line in engine("mailboxes")), "the counts")


def test_memory_of_less():
    """a server that has learned since"""
    server = Modern("IMAP4rev1", INBOX=letters(20))
    with Away(server) as back:
        much(server)
        server.knows = server.capability = MODERN
        with back.come():
            pass
        much_again = ["\\Answered"]
        server.flag("INBOX", 9, *much_again)
        with back.come():
            pass
        server.flag("INBOX", 9)
        server.commands.clear()
        with back.come():
            pass
        assert any("QRESYNC" in text for text in server.sent("SELECT")), server.commands


def test_announced_and_not_known():
    """F29: what is announced is answered with BAD, one extension after the other: each is done without"""
    for missing in ("QRESYNC", "CONDSTORE", "ESEARCH", "LIST-STATUS", "LIST-EXTENDED", "NAMESPACE", "ENABLE", "IDLE"):
        server = Modern(INBOX=letters(20), Archive=letters(2))
        server.knows = " ".join(name for name in MODERN.split() if name != missing and not (missing == "CONDSTORE" and name == "QRESYNC"))
        with Away(server) as back:
            much(server)
            with back.come() as engine:
                until(engine, lambda: any("[Archive]" in line and "server=2/2" in line for line in engine("mailboxes")), "the counts")


def test_enabled_something_else():
    """F57: ENABLE QRESYNC answered with ENABLED UTF8=ACCEPT: QRESYNC is not used"""
    server = Modern(INBOX=letters(20))
    server.knows = MODERN.replace(" QRESYNC", "")
    with Away(server) as back:
        much(server)
        server.once("ENABLE", lambda link, tag, text: link.send("* ENABLED UTF8=ACCEPT", tag + " OK done"))
        with back.come():
            pass


def test_capabilities_change():
    """F30: other capabilities after the login than before, told with it"""
    server = Modern("IMAP4rev1", INBOX=letters(20))
    server.knows = MODERN
    server.login_words = "OK [CAPABILITY %s] in" % MODERN
    with Away(server) as back:
        much(server)
        with back.come():
            pass
        tap.equal(server.sent("CAPABILITY"), [])
        assert any("QRESYNC" in text for text in server.sent("SELECT")), server.commands


def test_another_host():
    """what is remembered of one host is not believed of another"""
    server, other = Modern(INBOX=letters(3)), Modern("IMAP4rev1", INBOX=letters(3))
    with Away(server) as back, ScriptedServer(other) as there:
        with Driver(there.port, back.directory) as engine:
            engine("look", "INBOX")
            engine("online")
            engine("quiet")
            until(engine, lambda: shown(engine) == names(1, 2, 3), "the letters")
        tap.equal([text for text in other.commands if text.split()[0] in ("ENABLE", "IDLE", "NAMESPACE") or "QRESYNC" in text], [])


if __name__ == "__main__":
    tap.main()
