"""The person's filters: on mail that arrives in files and on a server, by hand, and what is told of a file that is wrong."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import tap  # noqa: E402
from support.bag import Bag  # noqa: E402
from support.local_bag import LocalBag  # noqa: E402
from support.popbag import PopBag  # noqa: E402
from support.servers.dovecot import Dovecot  # noqa: E402
from support.scripted_server import ScriptedServer  # noqa: E402
from mailer import Mailer  # noqa: E402
from poppy import Poppy  # noqa: E402


def write(bag, text):
    with open(os.path.join(bag.config, "filters"), "w") as file:
        file.write(text)


FILTERS = """# In this order.
[filter list]
when = subject:[dev]
keyword = dev
move = Archive

[filter boss]
when = ~f boss@ | ~b "pay rise"
flag = flagged
copy = Trash
stop = yes

[filter rest]
when = ~A
keyword = rest
run = cat >> "$HOME/handed.$MALLE_ACCOUNT"; echo "$MALLE_SUBJECT" >> "$HOME/subjects"
"""


def put(bag, name, sender, subject, text="Hello"):
    with open(os.path.join(bag.mail, "new", name), "w") as file:
        file.write("From: %s\nTo: me@example.org\nSubject: %s\nMessage-ID: <%s@x>\n\n%s\n" % (sender, subject, name, text))


def keywords(bag, mailbox=""):
    path = os.path.join(bag.mail, mailbox, "dovecot-keywords")
    meaning = {}
    if os.path.exists(path):
        with open(path) as file:
            meaning = {chr(97 + int(number)): word for number, word in (line.split() for line in file)}
    return {base: sorted(meaning.get(letter, letter) for letter in letters) for base, letters in bag.files(mailbox).items() if letters != "new"}


def test_local_arrivals():
    """what arrives in a Maildir is moved, copied, flagged, given keywords and handed to a program, once; what was there before is left alone"""
    with LocalBag() as bag:
        put(bag, "0.old", "boss@example.org", "from before")
        write(bag, FILTERS)
        bag.run("sync")
        tap.equal(bag.files(), {"0.old": "new"})
        put(bag, "1.a", "x@example.org", "[dev] a patch")
        put(bag, "2.b", "boss@example.org", "do this")
        put(bag, "3.c", "y@example.org", "money", "You get a pay rise, perhaps")
        put(bag, "4.d", "z@example.org", "$(touch bad) `touch bad`")
        bag.run("sync")
        tap.equal(bag.files(), {"0.old": "new", "2.b": "F", "3.c": "F", "4.d": bag.files()["4.d"]})
        tap.equal(keywords(bag)["4.d"], ["$MalleFiltered", "rest"])
        tap.equal(sorted(keywords(bag, ".Archive")["1.a"]), ["$MalleFiltered", "dev", "rest"])
        tap.equal(sorted(bag.subjects(".Trash")), ["do this", "money"])
        with open(os.path.join(bag.home, "subjects")) as file:
            tap.equal(file.read(), "[dev] a patch\n$(touch bad) `touch bad`\n")
        with open(os.path.join(bag.home, "handed.here")) as file:
            tap.equal(file.read().count("\nHello\n"), 2)
        assert not os.path.exists(os.path.join(bag.home, "bad"))
        before = bag.files(), bag.files(".Archive"), bag.files(".Trash")
        bag.run("sync")
        # Moved back by the person: it is no arrival.
        bag.do("change-mailbox Archive", "tag-pattern ~A", "move-message INBOX")
        bag.run("sync")
        assert "1.a" in bag.files(), bag.files()
        tap.equal(len(bag.files(".Trash")), len(before[2]))
        with open(os.path.join(bag.home, "subjects")) as file:
            tap.equal(len(file.readlines()), 2)


def test_many_at_once():
    """more arrivals than are looked at in one turn: each is filtered, in files and on a server, whatever order their summaries come in"""
    filters = "[filter all]\nwhen = ~A\nflag = flagged\n"
    with LocalBag() as bag:
        write(bag, filters)
        bag.run("sync")
        for number in range(75):
            put(bag, "%03d.x" % number, "x@example.org", "number %d" % number)
        bag.run("sync")
        tap.equal(set(bag.files().values()), {"F"})
        tap.equal(len(bag.files()), 75)
    with Dovecot() as server, Bag(server) as bag:
        client = server.client()
        write(bag, filters)
        bag.run("sync")
        for number in range(130):
            client.append("INBOX", None, None, letter("x@example.org", "number %d" % number))
        bag.run("sync")
        client.select("INBOX")
        tap.equal(len(client.search(None, "FLAGGED")[1][0].split()), 130)


def test_wrong_files():
    """what is wrong is told with file, line and place, what was meant is guessed, and the filters that are right are used"""
    with LocalBag() as bag:
        write(bag, "[filter good]\nwhen = ~A\nflag = flagged\n\n[filter bad]\nwhen = ~d <2x\nmove = Archive\n\n[filter odd]\nwen = ~A\nmove Archive\n\n"
                   "[filter empty]\nwhen = ~A\n\n[filter none]\nmove = Archive\n\n[filter flags]\nwhen = ~A\nflag = flaged\n\n[fliter x]\n"
                   "[filter elsewhere]\naccount = home\nwhen = ~A\nflag = read\n\n[filter to]\nwhen = ~A\nforward = not an address\n\n"
                   "[filter tagged]\nwhen = ~T\nflag = read\n")
        bag.run("sync")
        result = bag.try_run("filter", "--dry-run")
        tap.equal(result.code, 78)
        for line, words in ((6, "column 12"), (10, "did you mean “when”"), (11, "this is not “name = value”"), (13, "does nothing"),
                            (16, "has no line “when"), (21, "did you mean “flagged”"), (23, "begins with “[filter NAME]”"), (24, "no account “home”"),
                            (31, "not one bare address"), (34, "only a list on the screen")):
            where = "filters:%d: " % line
            told = [one for one in result.err.splitlines() if where in one]
            assert told and words in told[0], (line, words, result.err)
        assert "~d <2x" in result.err and "^" in result.err, result.err
        put(bag, "1.a", "x@example.org", "arrives")
        told = bag.try_run("sync")
        assert "filters:6" in told.err, told
        tap.equal(bag.files(), {"1.a": "F"})


def test_by_hand():
    """malle filter says what each filter would do and changes nothing with --dry-run; without, it does it"""
    with LocalBag() as bag:
        for name, sender, subject in (("1.a", "x@example.org", "[dev] one"), ("2.b", "boss@example.org", "two"), ("3.c", "y@example.org", "pay rise")):
            put(bag, name, sender, subject, "a pay rise" if name == "3.c" else "text")
        bag.run("sync")
        write(bag, FILTERS)
        before = bag.files()
        said = bag.run("filter", "--dry-run")
        tap.equal(bag.files(), before)
        tap.equal(bag.query("SELECT count(*) FROM intent"), [(0,)])
        for words in ("[dev] one\n    list: set the keyword dev; move to Archive\n    rest: ", "two\n    boss: mark as flagged; copy to Trash; stop here\n",
                      "pay rise\n    boss: ", "3 messages looked at, 3 that a filter is about"):
            assert words in said, (words, said)
        tap.equal(bag.run("filter", "--dry-run", "--mailbox", "Archive").splitlines()[-1][:2], "0 ")
        bag.run("filter")
        tap.equal(sorted(bag.subjects("")), ["pay rise", "two"])
        tap.equal(list(bag.subjects(".Archive")), ["[dev] one"])
        tap.equal(sorted(bag.subjects(".Trash")), ["pay rise", "two"])


def letter(sender, subject, text="Hello"):
    return ("From: %s\r\nTo: me@example.org\r\nSubject: %s\r\nX-Spam: yes\r\nMessage-ID: <%s@x>\r\n\r\n%s\r\n"
            % (sender, subject, subject.replace(" ", "."), text)).encode()


def test_imap_arrivals():
    """what arrives on a server is filtered too, by header and body as well; two Malles of one person hand it to a program once"""
    filters = ("[filter list]\nwhen = subject:dev\nmove = Lists\nstop = yes\n[filter spam]\nwhen = ~h X-Spam:.yes ~f spammer\nflag = junk\n"
               "[filter pay]\nwhen = ~b \"pay rise\"\nflag = flagged\nrun = echo \"$MALLE_SUBJECT\" >> %s\n")
    with Dovecot() as server, Bag(server) as bag, Bag(server) as other:
        client = server.client()
        client.create("Lists")
        client.append("INBOX", None, None, letter("a@example.org", "dev before"))
        handed = os.path.join(bag.home, "handed")
        for one in (bag, other):
            write(one, filters % handed)
            one.run("sync")
        for sender, subject, text in (("b@example.org", "dev news", "x"), ("spammer@example.org", "buy", "x"), ("c@example.org", "money", "a pay rise")):
            client.append("INBOX", None, None, letter(sender, subject, text))
        bag.run("sync")
        other.run("sync")
        bag.run("sync")
        client.select("INBOX")
        flags = sorted(line.decode().split("FLAGS (")[1].split(")")[0].replace("\\Recent", "").strip() for line in client.fetch("1:*", "(FLAGS)")[1])
        tap.note(flags)
        tap.equal(len(flags), 3)
        tap.equal(sum("$Junk" in one for one in flags), 1)
        tap.equal(sum("\\Flagged" in one and "$MalleFiltered" in one for one in flags), 1)
        client.select("Lists")
        tap.equal(client.search(None, "ALL")[1], [b"1"])
        with open(handed) as file:
            tap.equal(file.read(), "money\n")


def test_pop_arrivals():
    """what is fetched by POP3 is filtered where it is delivered, at the first visit too, and the policy still holds"""
    letters = [("u%d" % number, letter("a@example.org", subject)) for number, subject in enumerate(("dev news", "plain", "boss says"))]
    poppy = Poppy(letters)
    with poppy.listen() as server, PopBag(server, policy="leave") as bag:
        write(bag, "[filter list]\nwhen = subject:dev\nkeyword = list\n[filter boss]\nwhen = ~b Hello ~s boss\nflag = flagged\n")
        bag.sync()
        rows = {row["subject"]: row for row in bag.json("search", "--json", "~A")}
        tap.equal({subject: (row["keywords"], row["flagged"]) for subject, row in rows.items()},
                  {"dev news": ("list", False), "plain": ("", False), "boss says": ("", True)})
        tap.equal(len(poppy.letters), 3)


def submitting(at):
    return "send = smtp+insecure://ada@localhost:%d\npassword = secret\n" % at.port


FORWARD = """[filter pass-on]
when = %s
forward = other@example.net
"""


def test_forward():
    """a letter is forwarded once, as a decision that is sent: as it came, with Resent fields, kept here, and the envelope is ours"""
    mailer = Mailer()
    with ScriptedServer(mailer) as at, LocalBag(account=submitting(at)) as bag:
        write(bag, FORWARD % 'subject:pass')
        bag.run("sync")
        put(bag, "1.a", "ada@example.org", "pass this on", "From the mill\n.dot")
        put(bag, "2.b", "ada@example.org", "keep this")
        for _ in range(3):
            bag.run("sync")
        tap.equal([(sender, recipients) for sender, recipients, _ in mailer.letters], [("me@example.org", ["other@example.net"])])
        octets = mailer.letters[0][2].replace(b"\r\n", b"\n")
        head, _, rest = octets.partition(b"From: ada@example.org\n")
        for field in (b"Resent-From: me@example.org\n", b"Resent-To: other@example.net\n", b"X-Loop: me@example.org\n", b"Resent-Date: ", b"Resent-Message-ID: <"):
            assert field in head, octets
        assert b"Subject: pass this on\n" in rest and rest.endswith(b"\n\nFrom the mill\n.dot\n"), octets
        tap.equal(sorted(bag.shown()), ["keep this", "pass this on"])
        kinds = [row["kind"] for row in bag.json("journal", "--all", "--json")]
        tap.equal(kinds.count("send"), 1, str(kinds))


def test_forward_loops():
    """a letter that was forwarded from here, or has been where it would go, is not forwarded again, and it is said; a longer address is another"""
    mailer = Mailer()
    with ScriptedServer(mailer) as at, LocalBag(account=submitting(at)) as bag:
        write(bag, FORWARD % "~A")
        bag.run("sync")
        for number, field in enumerate(("Resent-To: other@example.net", "Delivered-To: Other <OTHER@example.net>", "X-Loop: me@example.org",
                                        "Resent-From: Me <me@example.org>", "Resent-To: other@example.network", "Delivered-To: me@example.org")):
            with open(os.path.join(bag.mail, "new", "%d.a" % number), "w") as file:
                file.write("%s\nFrom: a@example.org\nSubject: s%d\nMessage-ID: <%d@x>\n\nResent-To: other@example.net\n" % (field, number, number))
        said = bag.try_run("sync")
        bag.run("sync")
        tap.equal(sorted(re.search(rb"Subject: (s\d)", octets).group(1).decode() for _, _, octets in mailer.letters), ["s4", "s5"])
        assert "forwarded or delivered there before" in said.err + said.out, said


def test_list_and_size():
    """rules by mailing list and by size, and a dry run that says what each would do and does nothing"""
    with LocalBag() as bag:
        write(bag, "[filter list]\nwhen = list:malle-dev\nmove = Archive\n\n[filter large]\nwhen = ~z >10k\nflag = flagged\n")
        bag.run("sync")
        for name, field, text in (("1.a", "List-Id: Malle <malle-dev.example.org>\n", "x"), ("2.b", "", "x" * 20000), ("3.c", "", "x")):
            with open(os.path.join(bag.mail, "new", name), "w") as file:
                file.write("From: a@example.org\nSubject: %s\nMessage-ID: <%s@x>\n%s\n%s\n" % (name, name, field, text))
        bag.run("sync")
        tap.equal((bag.files(), bag.files(".Archive")), ({"2.b": "F", "3.c": "new"}, {"1.a": "new"}))


def test_no_shell_in_letters():
    """what a letter says reaches a program's environment and input, and is never run"""
    with LocalBag() as bag:
        write(bag, "[filter all]\nwhen = ~A\nrun = printf '%s\\n' \"$MALLE_SUBJECT\" >> \"$HOME/subjects\"\n")
        bag.run("sync")
        evil = ["$(touch $HOME/pwned)", "`touch $HOME/pwned`", "; touch $HOME/pwned #", "' ; touch $HOME/pwned ; '", "\" && touch $HOME/pwned"]
        for number, subject in enumerate(evil):
            put(bag, "%d.a" % number, "a@example.org", subject)
        bag.run("sync")
        with open(os.path.join(bag.home, "subjects")) as file:
            tap.equal(sorted(file.read().splitlines()), sorted(evil))
        assert not os.path.exists(os.path.join(bag.home, "pwned"))


if __name__ == "__main__":
    tap.main()
