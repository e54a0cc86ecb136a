"""POP3 servers that are not as they should be (S28, F61): nothing is lost, fetched twice, or deleted on a guess."""

import hashlib
import os
import sqlite3
import subprocess
import time

from engine.poppy import Poppy
from support import tap
from support.popbag import PopBag, letter


def letters(*names, uidl="uidl-%s"):
    return [(uidl % name, letter(name)) for name in names]


def once(bag, names):
    tap.equal({name: len(paths) for name, paths in bag.files().items()}, dict.fromkeys(names, 1))


def age(bag, **columns):
    """Rows of the ledger as if other things had been."""
    with sqlite3.connect(bag.store_path()) as link:
        for column, value in columns.items():
            link.execute("UPDATE pop_letter SET %s = ?" % column, (value,))


def test_octets():
    """letters are kept octet by octet, whatever they are made of: dots, bare line ends, nothing at all, 8 bits"""
    head = b"Message-ID: <%d@example.net>\r\n"
    odd = [b"\r\n.\r\n..\r\n...x\r\n", b"\r\nonly LF\nand CR\rhere\r\n", b"\r\n", b"\r\n\x00\xff\x80\r\n", b"\r\nno end", b"\r\n" + b"x" * 300000 + b"\r\n"]
    server = Poppy([("u%d" % i, head % i + body if not body.endswith(b"end") else head % i + body + b"\r\n") for i, body in enumerate(odd)])
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        sent = {uidl: octets for uidl, octets in server.letters}
        bag.sync()
        ledger = bag.ledger()
        tap.equal(len(ledger), len(odd))
        for one in ledger:
            octets = sent[one["uidl"]]
            tap.equal((one["octets"], one["sha256"]), (len(octets), hashlib.sha256(octets).hexdigest()))
            tap.equal((one["copy"], one["server"]), ("whole", "deleted"))
        tap.equal(server.letters, [])


def test_no_uidl():
    """without UIDL a letter is known by its header"""
    server = Poppy(letters("a", "b", "c"), without={"UIDL"})
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        bag.sync()
        once(bag, "abc")
        tap.equal(server.count("RETR"), 3)
        server.letters.insert(0, letters("d")[0])
        bag.more = "pop-policy = delete\npoll = 0\n"
        bag.write_accounts()
        bag.sync()
        once(bag, "abcd")
        tap.equal((server.count("RETR"), server.letters), (4, []))


def test_no_uidl_no_top():
    """without UIDL and TOP a letter is known when it is here: fetched again, and kept once"""
    server = Poppy(letters("a", "b"), without={"UIDL", "TOP"})
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        bag.sync()
        once(bag, "ab")
        tap.equal(bag.states(), {"whole/there": 2})
        bag.more = "pop-policy = delete\npoll = 0\n"
        bag.write_accounts()
        bag.sync()
        once(bag, "ab")
        tap.equal((bag.states(), server.letters), ({"whole/deleted": 2}, []))


def test_duplicate_uidls():
    """one UIDL for several letters stands for none of them"""
    server = Poppy([("same", letter("a")), ("same", letter("b")), ("other", letter("c")), ("same", letter("a"))])
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        bag.sync()
        tap.equal({name: len(paths) for name, paths in bag.files().items()}, {"a": 2, "b": 1, "c": 1})
        tap.equal(server.count("RETR"), 4)
        bag.more = "pop-policy = delete\npoll = 0\n"
        bag.write_accounts()
        bag.sync()
        tap.equal((server.letters, server.count("RETR")), ([], 4))


def test_all_uidls_change():
    """a server that renumbers: nothing is fetched twice, and nothing deleted before the new UIDLs have been seen again"""
    server = Poppy(letters("a", "b", "c"))
    with server.listen() as address, PopBag(address, policy="leave 30 days") as bag:
        bag.sync()
        age(bag, first_seen=1000)
        server.letters = [("new-%d" % i, octets) for i, (_, octets) in enumerate(server.letters)] + letters("d")
        result = bag.sync()
        assert "UIDL" in result.err, result
        once(bag, "abcd")
        tap.equal((server.count("RETR"), server.count("DELE"), len(server.letters)), (4, 0, 4))
        bag.sync()
        tap.equal((server.count("RETR"), server.count("DELE"), [uidl for uidl, _ in server.letters]), (4, 3, ["uidl-d"]))


def test_exchanged_uidls():
    """letters that changed their UIDLs among themselves are known again as well"""
    server = Poppy([("one", letter("a", "short")), ("two", letter("b", "a longer text"))])
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        server.letters = [("two", server.letters[0][1]), ("one", server.letters[1][1])]
        bag.sync()
        once(bag, "ab")
        tap.equal(server.count("RETR"), 2)
        named = {one["uidl"]: hashlib.sha256(octets).hexdigest() == one["sha256"] for one in bag.ledger() for uidl, octets in server.letters
                 if uidl == one["uidl"]}
        tap.equal(named, {"one": True, "two": True})


def test_reused_uidl():
    """an old UIDL for another letter: seen by its size, or, where that is the same, before anything is deleted"""
    server = Poppy([("u", letter("a"))])
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        server.letters = [("u", letter("b", "of another size"))]
        bag.sync()
        once(bag, "ab")
        twin = letter("c", "of another size")       # as long as b
        assert len(twin) == len(server.letters[0][1])
        server.letters = [("u", twin)]
        bag.more = "pop-policy = delete\npoll = 0\n"
        bag.write_accounts()
        bag.sync()
        tap.equal((len(server.letters), server.count("DELE")), (1, 0))
        bag.sync()
        once(bag, "abc")
        tap.equal((server.letters, server.count("DELE")), ([], 1))


def test_letter_comes_back():
    """a letter that was deleted there and is there again is not fetched again, and is deleted again"""
    server = Poppy(letters("a", "b"))
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        kept = list(server.letters)
        bag.sync()
        tap.equal(server.letters, [])
        server.letters = kept
        bag.sync()
        once(bag, "ab")
        tap.equal((server.letters, server.count("RETR")), ([], 2))


def test_wrong_sizes():
    """a letter that is not as large as the server says stays there, in clear words; impossible sizes stop nothing"""
    server = Poppy(letters("a", "b", "c", "d"), sizes={1: 99999999999999999999, 2: 5, 3: 100000})
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        bag.sync()
        once(bag, "abcd")
        tap.equal([uidl for uidl, _ in server.letters], ["uidl-a", "uidl-b", "uidl-c"])
        tap.equal(sorted(bool(one["words"]) for one in bag.ledger()), [False, True, True, True])
        bag.sync()
        tap.equal((len(server.letters), server.count("RETR")), (3, 4))


def test_line_ends_counted_once():
    """a server that counts the end of a line as one octet is right in its own way"""
    server = Poppy(letters("a"))
    server.sizes = {1: len(server.letters[0][1]) - server.letters[0][1].count(b"\n")}
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        bag.sync()
        once(bag, "a")
        tap.equal(server.letters, [])


class Truncating(Poppy):
    def retr(self, link, number, octets):
        super().retr(link, number, octets if number != 2 else octets[:octets.index(b"\r\n\r\n") + 6] + b"\r\n")


def test_truncated():
    """half a letter with a dot behind it is not taken for the whole"""
    server = Truncating(letters("a", "b", "c"))
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        bag.sync()
        tap.equal([uidl for uidl, _ in server.letters], ["uidl-b"])
        told = [one for one in bag.ledger() if one["uidl"] == "uidl-b"][0]
        assert "octets" in told["words"] and told["server"] == "there", told


class Dotless(Poppy):
    wrong = True

    def retr(self, link, number, octets):
        if self.wrong and number == 2:
            link.raw(b"+OK\r\n" + self.stuffed(octets))
        else:
            super().retr(link, number, octets)


def test_missing_dot():
    """a letter that does not end is not mixed with the next one"""
    server = Dotless(letters("a", "b", "c", "d"))
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        result = bag.sync(75)
        assert "dot" in result.err, result
        tap.equal((len(server.letters), server.count("DELE")), (4, 0))
        server.wrong = False
        bag.sync()
        once(bag, "abcd")
        tap.equal(server.letters, [])


def test_uidls_are_data():
    """what a UIDL is made of gets into no path and onto no terminal"""
    uidls = ["../../../../tmp/malle-uidl", "/etc/passwd", "a/b", "\x1b[31mred", "%00", "x" * 500, "\xff\xfe", ".", "..", "cur", "a:2,S"]
    server = Poppy([(uidl, letter("m%d" % i)) for i, uidl in enumerate(uidls)])
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        bag.sync()
        tap.equal(server.count("RETR"), len(uidls))
        once(bag, ["m%d" % i for i in range(len(uidls))])
        assert not os.path.exists("/tmp/malle-uidl")
        for path in bag.paths():
            tap.equal(os.path.dirname(os.path.dirname(path)), bag.mail)
        tap.equal({one["uidl"] for one in bag.ledger()} >= {"../../../../tmp/malle-uidl", "a/b", "..", "x" * 500}, True)
        said = bag.run("pop-ledger")
        assert "\x1b" not in said, said


class Endless(Poppy):
    claims = 1000000

    def answer(self, link, verb, number, words, listed, marked):
        if verb in ("LIST", "UIDL"):
            size = len(listed[0][1])
            what = "%d {}".format(size) if verb == "LIST" else "%d u%d"
            self.lines(link, [what % i if verb == "LIST" else what % (i, i) for i in range(1, self.claims + 1)])
        elif verb in ("RETR", "TOP") and number > 40:
            link.close()
        elif verb == "RETR":
            self.retr(link, number, letter("m%d" % number))
        else:
            super().answer(link, verb, number, words, listed, marked)


def test_a_million():
    """a million letters are listed; what comes is kept, and the rest is tried again"""
    server = Endless(letters("m1"))
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        bag.sync(75)
        assert len(bag.files()) >= 32, len(bag.files())
        rows = bag.query("SELECT count(*) FROM pop_letter")[0][0]
        assert rows <= 20000, rows       # of what was never asked for nothing is written
        tap.equal(server.count("DELE"), 0)


def test_more_than_can_be():
    """a list without an end is given up, in words"""
    server = Endless(letters("m1"))
    server.claims = 2000001
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        assert "more than can be right" in bag.sync(75).err
        tap.equal(bag.paths(), [])


class Bottomless(Poppy):
    """Goes on for ever in answer to one command."""
    verb, line = "CAPA", b"X-CAPABILITY\r\n"

    def answer(self, link, verb, number, words, listed, marked):
        if verb != self.verb:
            super().answer(link, verb, number, words, listed, marked)
            return
        link.raw(b"+OK\r\n")
        while True:
            link.raw(self.line * 10000)


def test_without_an_end():
    """capabilities, a letter, a header without an end: given up, in words; nothing of it is kept, and nothing deleted"""
    for verb, line, words in (("CAPA", b"X-CAPABILITY\r\n", "more than can be right"), ("RETR", b"text\r\n", "far larger than it said"),
                              ("TOP", b"X-Field: x\r\n", "far larger than it said")):
        server = Bottomless([("big", letter("big", "x" * 900))])
        server.verb, server.line = verb, line
        with server.listen() as address, PopBag(address, policy="delete", more="pop-headers-above = 1 kB\n" if verb == "TOP" else "") as bag:
            said = bag.sync(75).err
            assert words in said, (verb, said)
            tap.equal((list(bag.files()), server.count("DELE")), ([], 0))


class Silent(Poppy):
    """QUIT deletes, or does not, and is not answered."""
    mode = None

    def quit(self, link, listed, marked):
        if self.mode is None:
            super().quit(link, listed, marked)
            return
        if self.mode == "deletes":
            gone = [id(listed[number - 1]) for number in marked]
            self.letters = [one for one in self.letters if id(one) not in gone]
        link.close()


def test_quit_unanswered():
    """a QUIT without an answer may have deleted: the next log-in shows"""
    for mode, after in (("deletes", 0), ("does not", 2)):
        server = Silent(letters("a", "b"))
        server.mode = mode
        with server.listen() as address, PopBag(address, policy="delete") as bag:
            bag.sync(75)
            tap.equal(bag.states(), {"whole/deleting": 2})
            tap.equal(len(server.letters), after)
            server.mode = None
            bag.sync()
            once(bag, "ab")
            tap.equal((bag.states(), server.letters, server.count("RETR")), ({"whole/deleted": 2}, [], 2))


def test_copies_that_are_not():
    """a file that vanished or was changed keeps its letter on the server"""
    server = Poppy(letters("a", "b", "c"))
    with server.listen() as address, PopBag(address, policy="leave 30 days") as bag:
        bag.sync()
        files = bag.files()
        os.remove(files["a"][0])
        with open(files["b"][0], "ab") as file:
            file.write(b"more\n")
        os.rename(files["c"][0], os.path.join(bag.mail, "cur", os.path.basename(files["c"][0]) + ":2,FS"))
        age(bag, first_seen=1000)
        result = bag.sync()
        assert "2 letters stay on the server" in result.err, result
        tap.equal(bag.states(65), {"missing/there": 1, "differs/there": 1, "whole/deleted": 1})
        tap.equal([uidl for uidl, _ in server.letters], ["uidl-a", "uidl-b"])
        tap.equal(server.count("RETR"), 3)


def test_newest_stay():
    """leave SIZE: the newest stay, up to that sum"""
    server = Poppy([("u%d" % i, letter("m%d" % i, "x" * 700)) for i in range(6)])
    size = len(server.letters[0][1])
    with server.listen() as address, PopBag(address, policy="leave %d kb" % (3 * size // 1000 + 1)) as bag:
        bag.sync()
        tap.equal([uidl for uidl, _ in server.letters], ["u%d" % i for i in range(6 - (3 * size // 1000 + 1) * 1000 // size, 6)])


def test_lost_ledger():
    """with the store gone its letters are known by their files: not fetched again, and not deleted there"""
    server = Poppy(letters("a", "b"))
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        store = bag.store_path()
        for name in os.listdir(os.path.dirname(store)):
            if name.startswith("store.db") and os.path.isfile(os.path.join(os.path.dirname(store), name)):
                os.remove(os.path.join(os.path.dirname(store), name))
        server.letters += letters("c")
        bag.more = "pop-policy = delete\npoll = 0\n"
        bag.write_accounts()
        bag.synced = False
        bag.sync()
        once(bag, "abc")
        tap.equal((bag.states(), server.count("RETR")), ({"adopted/there": 2, "whole/deleted": 1}, 3))


class Busy(Poppy):
    words = ""

    def log_in(self, link, words):
        link.send(self.words)


def test_refused_log_ins():
    """what a server says of a log-in is told in words, and the code says whether it may work later"""
    for words, code, expected in (("-ERR [IN-USE] Do you have another POP session running?", 75, "another program"),
                                  ("-ERR Unable to lock maildrop", 75, "another program"),
                                  ("-ERR [LOGIN-DELAY] minimum time between mail checks violation", 75, "time between logins"),
                                  ("-ERR [SYS/TEMP] come back", 75, "now"),
                                  ("-ERR [SYS/PERM] mailbox damaged", 77, "looks after the server"),
                                  ("-ERR [AUTH] no", 77, "refuses the login")):
        server = Busy(letters("a"))
        server.words = words
        with server.listen() as address, PopBag(address) as bag:
            said = bag.sync(code).err
            assert expected.lower() in said.lower(), (words, said)
            tap.equal(bag.paths(), [])


def test_expire_tells():
    """a server that deletes by itself: said once, and large letters come whole in time"""
    server = Poppy(letters("a"), capabilities=("EXPIRE 0",))
    with server.listen() as address, PopBag(address, policy="leave", more="pop-headers-above = 1 kB\n") as bag:
        server.letters.append(("big", letter("big", "x" * 5000)))
        assert "whatever pop-policy says" in bag.sync().err
        assert "whatever pop-policy says" not in bag.sync().err
        tap.equal(bag.states(), {"whole/there": 2})


def test_login_delay():
    """LOGIN-DELAY is obeyed by the next run as well"""
    server = Poppy(letters("a"), capabilities=("LOGIN-DELAY 900",))
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        bag.sync()
        result = bag.try_run("sync")
        tap.equal(result.code, 75)
        assert "900 seconds between logins" in result.err, result
        tap.equal(server.sessions, 1)


class Speaking(Poppy):
    """Knows languages (RFC 6856), and says why in the one that was asked for."""
    language = "en"

    def answer(self, link, verb, number, words, listed, marked):
        if verb == "LANG":
            self.language = words[0]
            link.send("+OK %s here" % words[0] if words[0] == "fr" else "-ERR not that one")
        elif verb == "UTF8":
            link.send("+OK")
        else:
            super().answer(link, verb, number, words, listed, marked)

    def log_in(self, link, words):
        link.send("-ERR [AUTH] mot de passe faux" if self.language == "fr" else "-ERR [AUTH] wrong password")


def test_language():
    """LANG: the server is asked for the person's language before the log-in, and its words are then in it; UTF8 is asked for"""
    for language, expected, asked in (("fr_FR.UTF-8", "mot de passe faux", ["LANG fr"]), ("C.UTF-8", "wrong password", [])):
        server = Speaking(letters("a"), capabilities=("LANG", "UTF8"))
        with server.listen() as address, PopBag(address) as bag:
            environment = dict(bag.environment(), LC_ALL=language, LANGUAGE="fr" if asked else "C")
            done = subprocess.run([tap.program(), "sync"], env=environment, stdin=subprocess.DEVNULL, capture_output=True)
            assert expected in done.stderr.decode(), done
            tap.equal([line for line in server.heard if line.startswith(("LANG", "UTF8"))], asked + ["UTF8"])
            assert server.heard.index("UTF8") < server.heard.index("USER test"), server.heard


def test_language_refused():
    """a language that the server does not have is no trouble"""
    class Refusing(Speaking):
        def answer(self, link, verb, number, words, listed, marked):
            if verb in ("LANG", "UTF8"):
                link.send("-ERR no")
            else:
                super().answer(link, verb, number, words, listed, marked)

        def log_in(self, link, words):
            Poppy.log_in(self, link, words)
    server = Refusing(letters("a"), capabilities=("LANG", "UTF8"))
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        done = subprocess.run([tap.program(), "sync"], env=dict(bag.environment(), LANGUAGE="de", LC_ALL="C.UTF-8"), stdin=subprocess.DEVNULL)
        tap.equal((done.returncode, sorted(bag.files()), server.letters), (0, ["a"], []))


def test_expire_before_it_is_too_late():
    """EXPIRE 30: what comes as a header only is fetched whole before the server throws it away"""
    server = Poppy(letters("a"), capabilities=("EXPIRE 30",))
    server.letters.append(("big", letter("big", "x" * 5000)))
    with server.listen() as address, PopBag(address, policy="leave", more="pop-headers-above = 1 kB\n") as bag:
        bag.sync()
        tap.equal(bag.states(), {"whole/there": 1, "header/there": 1})
        age(bag, first_seen=int(time.time()) - 29 * 24 * 3600)
        bag.sync()
        tap.equal(bag.states(), {"whole/there": 2})


def test_policy_changes():
    """another policy counts for what is there already: leave, then for days, then the newest, then delete"""
    server = Poppy(letters("a", "b", "c"))
    with server.listen() as address, PopBag(address, policy="leave") as bag:
        def under(policy):
            bag.more = "pop-policy = %s\npoll = 0\n" % policy
            bag.write_accounts()
            bag.sync()
            return len(server.letters)
        bag.sync()
        tap.equal(len(server.letters), 3)
        tap.equal(under("leave 30 days"), 3)
        with sqlite3.connect(bag.store_path()) as link:
            link.execute("UPDATE pop_letter SET first_seen = first_seen - 31 * 86400 WHERE uidl = 'uidl-a'")
        tap.equal((under("leave 30 days"), under("leave 500 MB"), under("delete"), under("leave")), (2, 2, 0, 0))
        tap.equal(server.count("RETR"), 3)
        once(bag, "abc")


if __name__ == "__main__":
    tap.main()
