"""Threads within one mailbox, beside what servers say: THREAD=REFS without merging by subject, THREAD=REFERENCES with it."""

import imaplib
import os
import random
import subprocess

from support import tap
from support.bag import Bag
from support.servers.cyrus import Cyrus
from support.servers.dovecot import Dovecot

MAILBOX = "Threads"


class Letter:
    def __init__(self, number, references=(), answered=(), subject="Word", identifier=None, day=None, raw=""):
        """references, answered: Message-IDs without brackets, or whole values where they are text."""
        self.number, self.references, self.answered, self.subject, self.raw = number, references, answered, subject, raw
        self.identifier = "%s@t" % number if identifier is None else identifier
        self.day = number if day is None else day

    def bytes(self):
        minutes = self.day
        lines = ["From: Ada <ada@example.org>", "To: list@example.org", "Subject: " + self.subject,
                 "Date: %d Mar 2026 %02d:%02d:00 +0000" % (1 + minutes // 1440, minutes // 60 % 24, minutes % 60)]
        if self.identifier:
            lines.append("Message-ID: <%s>" % self.identifier)
        for name, value in (("References", self.references), ("In-Reply-To", self.answered)):
            if value:
                lines.append("%s: %s" % (name, value if isinstance(value, str) else "\r\n ".join("<%s>" % one for one in value)))
        return ("\r\n".join(lines) + "\r\n\r\nLetter %s\r\n" % self.number).encode()


def lists(seed, count=200):
    """What mailing lists are: every answer names all its ancestors, or (a tenth) only what it answers; some of the messages are not there."""
    rng = random.Random(seed)
    letters, ancestors = [], {}
    for number in range(1, count + 1):
        parent = rng.choice(letters[-30:]).number if letters and rng.random() < 0.7 else None
        path = ancestors[parent] + ["%d@t" % parent] if parent else []
        ancestors[number] = path
        subject = "Topic %d" % (int(path[0].split("@")[0]) if path else number)
        if path and rng.random() < 0.1:
            letters.append(Letter(number, answered=path[-1:], subject="Re: " + subject))
            ancestors[number] = path
        else:
            letters.append(Letter(number, references=path[-10:] if len(path) > 10 else path, answered=path[-1:], subject=("Re: " if path else "") + subject))
    return [letter for letter in letters if rng.random() < 0.85]


HARD = [
    # nothing at all; itself; what never was
    Letter(1), Letter(2, references=["2@t"]), Letter(3, references=["ghost@t"]),
    # brothers of one who is not there; his grandchild
    Letter(4, references=["lost@t"]), Letter(5, references=["lost@t"]), Letter(6, references=["lost@t", "5@t"]),
    # a gap in the middle of a chain
    Letter(7), Letter(8, references=["7@t", "gone@t"]), Letter(9, references=["7@t", "gone@t", "gone2@t"]),
    # only In-Reply-To; several there; text around
    Letter(10), Letter(11, answered=["10@t"]), Letter(12, answered="Your message of Tuesday <11@t> <10@t>"),
    Letter(13, answered="nothing of use"),
    # References say something else than In-Reply-To
    Letter(14), Letter(15), Letter(16, references=["14@t"], answered=["15@t"]),
    # junk between
    Letter(17), Letter(18, references="<17@t> (comment) <junk <17b@t>"),
    # in the other order by date: an answer older than what it answers
    Letter(19, day=3), Letter(20, references=["19@t"], day=1), Letter(21, references=["19@t", "20@t"], day=2),
    # circles
    Letter(22, references=["23@t"]), Letter(23, references=["22@t"]),
    # the same Message-ID twice, and an answer
    Letter(24), Letter(25, identifier="24@t", references=["14@t"], day=400), Letter(26, references=["24@t"]),
    # none, and an answer to what it would have been
    Letter(27, identifier="", references=["14@t"]), Letter(28, identifier=""),
    # two histories of one: what it says of itself counts
    Letter(29), Letter(30), Letter(31, references=["29@t"]), Letter(32, references=["30@t", "31@t"]),
    # capitals in a Message-ID are another one; quoted ones
    Letter(33, identifier="Case@t"), Letter(34, references=["case@t"]), Letter(35, references=["Case@t"]),
    # a long chain by single steps
    *[Letter(40 + n, references=["%d@t" % (39 + n)] if n else ()) for n in range(20)],
    # a bridge between two that were apart
    Letter(60), Letter(61), Letter(62, references=["60@t", "61@t"]),
]


# Merging by subject (RFC 5256, REFERENCES, step 5).
SUBJECTS = [
    # an answer that names nothing hangs on the letter; another one, and a forward
    Letter(1, subject="Garden"), Letter(2, subject="Re: Garden"), Letter(3, subject="RE: garden"), Letter(4, subject="Fwd: Garden"),
    # an answer to an answer that names it, of another subject: it stays where it stands
    Letter(5, references=["2@t"], subject="Re: Garden"), Letter(6, references=["2@t"], subject="Tomatoes (was: Garden)"),
    # two that are no answers; an answer behind them
    Letter(7, subject="Report"), Letter(8, subject="Report"), Letter(9, subject="Re: Report"),
    # answers whose letter is not here, one thread each, and one of them with a brother
    Letter(10, references=["lost@t"], subject="Re: Holidays"), Letter(11, references=["other@t"], subject="Re: Holidays"),
    Letter(12, references=["third@t"], subject="Re: Boat"), Letter(13, references=["third@t"], subject="Re: Boat"), Letter(14, subject="Boat"),
    # only answers
    Letter(15, subject="Re: Cat"), Letter(16, subject="Re: Cat"),
    # nothing is left of these: they are not merged
    Letter(17, subject="Re:"), Letter(18, subject="Re:"), Letter(19, subject=""),
    # marks of lists, and of forwarding behind the subject
    Letter(20, subject="[list] Bees"), Letter(21, subject="Re: [list] Bees"), Letter(22, subject="[list] Re: Bees"), Letter(23, subject="Bees (fwd)"),
    Letter(24, subject="[Fwd: Bees]"), Letter(25, subject="Re: Fwd: Bees"),
    # the answer comes before the letter
    Letter(26, subject="Re: Early", day=1), Letter(27, subject="Early", day=2),
]


# --- what a server says ---------------------------------------------------------------------------

def parse(text):
    """The answer to THREAD (RFC 5256): for each thread the parent of each of its UIDs (None: it stands on top)."""
    at, threads = 0, []

    def members(parent, into):
        nonlocal at
        at += 1
        while text[at] != ")":
            if text[at] == "(":
                members(parent, into)
            elif text[at].isdigit():
                end = at
                while text[end].isdigit():
                    end += 1
                uid = int(text[at:end])
                into[uid] = parent
                parent, at = uid, end
            else:
                at += 1
        at += 1

    while at < len(text):
        if text[at] == "(":
            into = {}
            members(None, into)
            threads.append(into)
        else:
            at += 1
    return threads


def asked(server, mailbox, kind):
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap._encoding = "utf-8"
        imap.login(server.user, server.password)
        imap.select(mailbox, readonly=True)
        status, data = imap.uid("THREAD", kind, "US-ASCII", "ALL")
        assert status == "OK", data
        return parse(b"".join(part for part in data if part).decode())


def offers(server, kind):
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap.login(server.user, server.password)
        return "THREAD=" + kind in imap.capability()[1][0].decode().upper().split()


# --- what Malle says --------------------------------------------------------------------------------

def shown(bag):
    dump = os.path.join(tap.build_dir(), "tests", "store", "thread-dump")
    out = subprocess.run([dump, bag.store_path(), MAILBOX], check=True, capture_output=True, text=True).stdout
    threads = []
    for block in out.strip().split("\n\n"):
        into, path = {}, []
        for line in block.split("\n"):
            uid, depth = map(int, line.split())
            del path[depth:]
            into[uid] = path[-1] if path else None
            path.append(uid)
        threads.append(into)
    return threads


def put(server, letters):
    name = getattr(server, "prefix", "") + MAILBOX
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap.login(server.user, server.password)
        status, words = imap.create(name)
        assert status == "OK", words
        for letter in letters:
            status, words = imap.append(name, None, None, letter.bytes())
            assert status == "OK", words
    return name


def differences(mine, theirs):
    """UIDs that stand below another one than the server says, and those that are together with others."""
    of = [dict((uid, parent) for thread in threads for uid, parent in thread.items()) for threads in (mine, theirs)]
    assert sorted(of[0]) == sorted(of[1]), "not the same messages: %r" % sorted(set(of[0]) ^ set(of[1]))
    together = [dict((uid, frozenset(thread)) for thread in threads for uid in thread) for threads in (mine, theirs)]
    return ({uid: (of[0][uid], of[1][uid]) for uid in of[0] if of[0][uid] != of[1][uid]},
            {uid: (sorted(together[0][uid]), sorted(together[1][uid])) for uid in of[0] if together[0][uid] != together[1][uid]})


def compared(server, letters, kind, options=""):
    name = put(server, letters)
    with Bag(server, options=options) as bag:
        bag.run("sync")
        return differences(shown(bag), asked(server, name, kind))


def shuffled(letters, seed):
    letters = list(letters)
    random.Random(seed).shuffle(letters)
    return letters


def check_lists(make, kind, options=""):
    for seed in (1, 2, 3):
        with make() as server:
            tap.need(offers(server, kind), "no THREAD=" + kind)
            below, together = compared(server, lists(seed) if seed == 1 else shuffled(lists(seed), seed), kind, options)
            assert not below and not together, (seed, below, together)


def test_lists_on_dovecot():
    """mailing lists with gaps, in order and shuffled: exactly as Dovecot's THREAD=REFS"""
    check_lists(Dovecot, "REFS")


def test_lists_on_cyrus():
    """and as that of Cyrus"""
    check_lists(Cyrus, "REFS")


# Explained in doc/internals/threads.md: Malle keeps together whoever is tied by references, where servers begin a thread at each root of the
# trees that come of them. The trees themselves are the same.
APART = {
    # two messages with the same Message-ID: the second one, which stands elsewhere, bears the name of the first
    (14, 16, 24, 25, 26, 27): [(14, 16, 25, 27), (24, 26)],
    # one message says of another what that one does not say of itself
    (29, 30, 31, 32): [(29, 31, 32), (30,)],
}


def check_hard(make, kind):
    with make() as server:
        tap.need(offers(server, kind), "no THREAD=" + kind)
        below, together = compared(server, HARD, kind)
        # UIDs are places in HARD
        number = lambda uid: HARD[uid - 1].number if uid else None
        assert not below, {number(uid): (number(mine), number(theirs)) for uid, (mine, theirs) in below.items()}
        apart = {}
        for mine, theirs in together.values():
            parts = apart.setdefault(tuple(number(uid) for uid in mine), set())
            parts.add(tuple(number(uid) for uid in theirs))
        assert {whole: sorted(parts) for whole, parts in apart.items()} == APART, apart


def test_hard_on_dovecot():
    """what no mailing list has: the differences are those that doc/internals/threads.md explains"""
    check_hard(Dovecot, "REFS")


def test_hard_on_cyrus():
    """the same beside Cyrus"""
    check_hard(Cyrus, "REFS")


MERGED = "thread-subjects = yes\n"


def test_lists_with_subjects_on_dovecot():
    """with threads merged by subject: mailing lists exactly as Dovecot's THREAD=REFERENCES"""
    check_lists(Dovecot, "REFERENCES", MERGED)


def test_lists_with_subjects_on_cyrus():
    """and as that of Cyrus"""
    check_lists(Cyrus, "REFERENCES", MERGED)


def check_subjects(make):
    with make() as server:
        below, together = compared(server, SUBJECTS, "REFERENCES", MERGED)
        number = lambda uid: SUBJECTS[uid - 1].number if uid else None
        apart = {tuple(number(uid) for uid in mine): set() for mine, _ in together.values()}
        for mine, theirs in together.values():
            apart[tuple(number(uid) for uid in mine)].add(tuple(number(uid) for uid in theirs))
        assert not below and not together, ({number(uid): (number(mine), number(theirs)) for uid, (mine, theirs) in below.items()}, apart)


def test_subjects_on_dovecot():
    """every kind of subject: exactly as Dovecot's THREAD=REFERENCES"""
    check_subjects(Dovecot)


def test_subjects_on_cyrus():
    """and as that of Cyrus"""
    check_subjects(Cyrus)


if __name__ == "__main__":
    tap.main()
