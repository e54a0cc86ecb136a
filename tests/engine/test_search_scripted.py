"""Searches on servers that real ones do not make of themselves on demand: MULTISEARCH, PARTIAL, refused charsets and mailboxes, cut links."""

import re

from driver import Driver
from liar import letters
from modern import MODERN, Modern, as_set
from support import tap
from support.scripted_server import ScriptedServer
from test_search import begin, search

# Which letters of a mailbox hold the word, whatever word is asked for.
HOLD = {"INBOX": {2}, "One": {1, 3}, "Two": {2}, "Three": set()}


class Searcher(Modern):
    def __init__(self, more="", hold=HOLD, **boxes):
        super().__init__(MODERN + " " + more, **(boxes or {name: letters(3) for name in HOLD}))
        self.hold = hold

    def found(self, name, rest):
        low = re.search(r"UID (\d+):(\d+) ", rest)
        return [letter.uid for letter in self.boxes[name].letters if letter.number in self.hold[name] and
                (low is None or int(low.group(1)) <= letter.uid <= int(low.group(2)))]

    def on_uid_search(self, link, tag, rest):
        if not re.search("BODY|SUBJECT", rest):
            super().on_uid_search(link, tag, rest)
            return
        uids = self.found(self.selected[link], rest)
        partial = re.search(r"PARTIAL (-\d+:-\d+)", rest)
        if partial:
            kept = uids[int(partial.group(1).split(":")[1]):]
            link.send('* ESEARCH (TAG "%s") UID COUNT %d PARTIAL (%s %s)' % (tag, len(uids), partial.group(1), as_set(kept) or "NIL"),
                      tag + " OK done")
        elif "RETURN" in rest:
            link.send('* ESEARCH (TAG "%s") UID%s' % (tag, " ALL " + as_set(uids) if uids else ""), tag + " OK done")
        else:
            link.send("* SEARCH" + "".join(" %d" % uid for uid in uids), tag + " OK done")

    def on_esearch(self, link, tag, rest):
        if not self.can("MULTISEARCH"):
            link.send(tag + " BAD what?")
            return
        for name in re.search(r"mailboxes \(([^)]*)\)", rest).group(1).split():
            uids = self.found(name.strip('"'), "")
            if uids:
                link.send('* ESEARCH (TAG "%s" MAILBOX %s UIDVALIDITY %d) UID ALL %s' %
                          (tag, name, self.boxes[name.strip('"')].uidvalidity, as_set(uids)))
        link.send(tag + " OK done")


ALL = {"INBOX letter 2", "One letter 1", "One letter 3", "Two letter 2"}


def found(lines):
    """Mailbox and subject of each hit."""
    return {"%s %s" % (words[1], " ".join(words[3:])) for words in (line.split(" ") for line in lines if line.startswith("hit "))}


def where(lines, name):
    words = [line.split(" ", 5) for line in lines if line.startswith("searched ") and line.split(" ")[2] == name][-1]
    return words[1], int(words[3]), int(words[4]), words[5]


def test_multisearch():
    """MULTISEARCH: one command for all mailboxes, and none is left or opened for it"""
    server = Searcher("MULTISEARCH")
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        lines = engine("search", "body:heron", "auto", "all")
        tap.equal(found(lines), ALL)
        tap.equal(server.sent("ESEARCH"), ["ESEARCH IN (mailboxes (INBOX One Three Two)) RETURN (ALL) BODY \"heron\""])
        tap.equal(server.sent("EXAMINE"), [])
        tap.equal(where(lines, "One"), ("server", 2, 0, ""))


def test_multisearch_that_is_not_there():
    """announced and answered BAD: the mailboxes are visited, in one write"""
    server = Searcher("MULTISEARCH")
    server.knows = MODERN
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        tap.equal(found(engine("search", "body:heron", "auto", "all")), ALL)
        tap.equal(len(server.sent("ESEARCH")), 1)
        tap.equal(found(engine("search", "body:crow", "auto", "all")), ALL)
        tap.equal(len(server.sent("ESEARCH")), 1)


def test_multisearch_refused():
    """a NO for one of the mailboxes: each is asked by itself"""
    server = Searcher("MULTISEARCH")
    server.once("ESEARCH", lambda link, tag, _: link.send(tag + " NO [NOPERM] not all of them"))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        tap.equal(found(engine("search", "body:heron", "auto", "all")), ALL)


def test_multisearch_of_others():
    """answers about mailboxes that nobody asked for, in UIDs that are none here, are dropped"""
    server = Searcher("MULTISEARCH")

    def lie(link, tag, text):
        link.send('* ESEARCH (TAG "%s" MAILBOX Secret UIDVALIDITY 7) UID ALL 1:3' % tag,
                  '* ESEARCH (TAG "%s") UID ALL 1:3' % tag,
                  '* ESEARCH (TAG "%s" MAILBOX One UIDVALIDITY 7) ALL 2' % tag,
                  '* ESEARCH (TAG "%s" MAILBOX Two UIDVALIDITY 7) UID ALL 900:4294967295' % tag)
        server.honest(link, tag, text)

    server.once("ESEARCH", lie)
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        tap.equal(found(engine("search", "body:heron", "auto", "all")), ALL)


def test_partial():
    """PARTIAL: of a mailbox that was never seen only the newest hits are asked for, and that there are more is told"""
    server = Searcher("PARTIAL", hold={"INBOX": set(), "Many": set(range(1, 801))}, INBOX=letters(1), Many=letters(1000))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        lines = engine("search", "body:heron", "auto", "all")
        tap.equal(found(lines), {"Many letter %d" % number for number in range(301, 801)})
        tap.equal(where(lines, "Many"), ("server", 500, 300, ""))
        assert any("RETURN (COUNT PARTIAL -1:-500)" in text for text in server.commands), server.commands


def test_more_than_is_fetched():
    """the same without PARTIAL"""
    server = Searcher(hold={"INBOX": set(), "Many": set(range(1, 801))}, INBOX=letters(1), Many=letters(1000))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        lines = engine("search", "body:heron", "auto", "all")
        tap.equal(found(lines), {"Many letter %d" % number for number in range(301, 801)})
        tap.equal(where(lines, "Many"), ("server", 500, 300, ""))
        # It was never brought level: it is opened from its newest messages on, whatever a search has brought.
        engine("look", "Many")
        engine("synced", "Many")
        tap.equal(len(engine.rows("Many")), 1000)


class Ascii(Searcher):
    def on_uid_search(self, link, tag, rest):
        if "CHARSET" in rest:
            link.send(tag + " NO [BADCHARSET (US-ASCII)] no such letters")
        else:
            super().on_uid_search(link, tag, rest)


def test_badcharset():
    """BADCHARSET: the rest of the query is asked, and what that cannot tell is not found; alone it is not asked again"""
    server = Ascii()
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        lines = engine("search", "body:heron body:Möwe", "auto", "all")
        tap.equal(found(lines), set())
        tap.equal(where(lines, "INBOX")[0], "server")
        lines = engine("search", "body:Möwe", "auto", "all")
        tap.equal(where(lines, "One")[0], "not")
        asked = len([text for text in server.commands if "CHARSET" in text])
        engine("search", "body:Möwe", "auto", "all")
        tap.equal(len([text for text in server.commands if "CHARSET" in text]), asked)


def test_mailbox_that_is_not_opened():
    """one mailbox cannot be opened: the others are searched, and it is said"""
    server = Searcher()
    server.once("EXAMINE One", lambda link, tag, _: link.send(tag + " NO [NOPERM] not yours"))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        lines = engine("search", "body:heron", "auto", "all")
        tap.equal(found(lines), {"INBOX letter 2", "Two letter 2"})
        kind, _, _, words = where(lines, "One")
        tap.equal(kind, "not")
        assert "not yours" in words, words


def test_renumbered_meanwhile():
    """UIDs of another UIDVALIDITY are not taken for the ones here"""
    server = Searcher()
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        engine("look", "One")
        engine("synced", "One")
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("quiet")
        server.boxes["One"].letters.reverse()
        server.boxes["One"].renumber(8, 1)
        tap.equal(found(engine("search", "body:heron", "auto", "all")), ALL)


def test_cut_while_it_is_asked():
    """a link that ends in the middle: the search goes on when the next one is there, or says that it could not"""
    server = Searcher()

    def cut(link, tag, text):
        link.close()

    server.once("UID SEARCH RETURN (ALL) BODY", cut)
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        lines = engine("search", "body:heron", "auto", "all")
        tap.equal(where(lines, "INBOX")[0], "not")
        engine("online")
        tap.equal(found(engine("search", "body:heron", "auto", "all")), ALL)


def test_slices():
    """a large mailbox is asked in slices, the newest first, each UID once"""
    server = Searcher(hold={"INBOX": {1, 4000, 9000}}, INBOX=letters(9000))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        begin(engine)
        tap.equal(found(engine("search", "body:heron", "auto", "open")), {"INBOX letter 1", "INBOX letter 4000", "INBOX letter 9000"})
        asked = [re.search(r"UID (\d+):(\d+) BODY", text).groups() for text in server.commands if "BODY \"heron\"" in text]
        tap.equal([(int(first), int(last)) for first, last in asked], [(8001, 4294967294), (4001, 8000), (1, 4000)])


if __name__ == "__main__":
    tap.main()
