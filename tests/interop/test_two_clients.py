"""Two clients on one account: Malle decides without a connection, another client works on the server meanwhile, and then Malle comes
back. Both sides are the same afterwards, nothing is lost and nothing is doubled, and every conflict is one that the rules of
doc/internals/sync.md name.

A walk is made by its seed alone. One that failed is tried again with MALLE_SEED=n (and MALLE_ROUNDS=n for its length)."""

import os
import random
import re
import sys
import tempfile

from support import tap
from support.servers import table

sys.path.insert(0, os.path.join(tap.source_dir(), "tests", "engine"))
from driver import Driver  # noqa: E402

FLAGS = {"\\Seen": 1, "\\Answered": 2, "\\Flagged": 4, "\\Deleted": 8, "\\Draft": 16}
CHANGEABLE = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft"]
# What each side does in a round.
DECISIONS, ACTIONS = 10, 10
LETTERS = 24
GONE = "The message was deleted elsewhere before this was done."
ALL_GONE = "The messages were removed elsewhere before this was done."     # found out by asking, where the server does not tell
NOT_MADE = "The copy that this was about was not made."


class Placement:
    """A message in a mailbox, as Malle sees it offline."""

    def __init__(self, subject, mailbox, uid=0, maker=None):
        self.subject, self.mailbox, self.uid, self.maker = subject, mailbox, uid, maker
        self.origin = (mailbox, uid)    # where the server had it when the link went


class Message:
    """What is in a mailbox of the server."""

    def __init__(self, subject, flags, keywords):
        self.subject, self.flags, self.keywords = subject, flags, frozenset(keywords)

    def key(self):
        return self.subject, self.flags & ~FLAGS["\\Deleted"], self.keywords


def text(subject):
    return ("From: Ada <ada@example.org>\r\nTo: test@example.org\r\nSubject: %s\r\nMessage-ID: <%s@example.org>\r\n"
            "Date: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\nText of %s.\r\n" % (subject, subject.replace(" ", "."), subject)).encode()


class Other:
    """The second client: Python's imaplib."""

    def __init__(self, server, walk):
        self.link, self.walk = server.client(), walk
        self.uidplus = "UIDPLUS" in self.link.capabilities

    def ok(self, answer):
        assert answer[0] == "OK", answer
        return answer[1]

    def read(self, mailbox):
        """{uid: Message}"""
        self.ok(self.link.select(mailbox))
        count = int(self.link.untagged_responses.get("EXISTS", [b"0"])[-1])
        found = {}
        data = self.ok(self.link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")) if count else []
        for entry in data:
            if not isinstance(entry, tuple):
                continue
            # Some put FLAGS and UID behind the literal.
            head = entry[0] + (data[data.index(entry) + 1] if data.index(entry) + 1 < len(data) and
                               not isinstance(data[data.index(entry) + 1], tuple) else b"")
            names = re.search(rb"FLAGS \(([^)]*)\)", head).group(1).decode().split()
            flags = sum(FLAGS.get(name, 0) for name in names)
            keywords = [name for name in names if not name.startswith("\\")]
            uid = int(re.search(rb"UID (\d+)", head).group(1))
            found[uid] = Message(entry[1].decode().split(":", 1)[1].strip(), flags, keywords)
        return found

    def expunge(self, uid):
        self.ok(self.link.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)"))
        self.ok(self.link.uid("EXPUNGE", str(uid)) if self.uidplus else self.link.expunge())

    def act(self, random, names):
        """One action; what it did, in words."""
        mailbox = random.choice(names)
        messages = self.read(mailbox)
        if not messages or random.random() < 0.15:
            subject = "theirs %d" % self.walk.fresh()
            self.ok(self.link.append(mailbox, None, None, text(subject)))
            return "append %s %s" % (mailbox, subject)
        uid = random.choice(sorted(messages))
        subject = messages[uid].subject
        what = random.random()
        if what < 0.5:
            flag = random.choice(CHANGEABLE + self.walk.keywords)
            sign = "-" if flag in ("\\Seen",) and random.random() < 0.5 or random.random() < 0.3 else "+"
            self.ok(self.link.uid("STORE", str(uid), sign + "FLAGS.SILENT", "(%s)" % flag))
            return "flags %s %s %s%s" % (mailbox, subject, sign, flag)
        if what < 0.65:
            self.expunge(uid)
            return "expunge %s %s" % (mailbox, subject)
        target = random.choice([name for name in names if name != mailbox])
        if subject in [message.subject for message in self.read(target).values()]:
            return "nothing"
        self.ok(self.link.select(mailbox))
        self.ok(self.link.uid("COPY", str(uid), '"%s"' % target))
        if what < 0.8:
            return "copy %s %s to %s" % (mailbox, subject, target)
        self.expunge(uid)
        return "move %s %s to %s" % (mailbox, subject, target)


class Walk:
    def __init__(self, server, seed):
        self.server, self.seed, self.random = server, seed, random.Random(seed)
        self.names = [server.mailbox(name) for name in ("INBOX", "Archive", "Work", "Trash")]
        self.trash = self.names[3]
        self.keywords = ["kept"] if server.kind.has("keywords") else []
        self.count, self.story = 0, []
        self.directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-two-"))
        self.other = Other(server, self)
        self.prepare()

    def fresh(self):
        self.count += 1
        return self.count

    def say(self, words):
        self.story.append(words)

    def prepare(self):
        present = [re.search(rb'"?([^"\s]+)"?$', line).group(1).decode() for line in self.other.ok(self.other.link.list())]
        for name in self.names:
            if name not in present:
                self.other.ok(self.other.link.create(name))
                self.other.link.subscribe(name)
        for number in range(LETTERS):
            name = self.names[0] if number % 2 else self.random.choice(self.names[:3])
            self.other.ok(self.other.link.append(name, None, None, text("letter %d" % number)))

    def truth(self):
        return {name: self.other.read(name) for name in self.names}

    # --- Malle's side

    def stored(self, engine, name):
        return sorted((row["uid"], row["subject"], row["flags"], tuple(row["keywords"])) for row in engine.rows(name))

    def level(self, engine):
        """Until Malle shows in each mailbox what the server has there."""
        engine("online")
        engine("settle")
        for name in self.names:
            engine("look", name)
            wanted = []

            def same():
                engine("turn")
                wanted[:] = sorted((uid, m.subject, m.flags, tuple(sorted(m.keywords))) for uid, m in self.other.read(name).items())
                return self.stored(engine, name) == wanted
            engine("check")
            try:
                tap.wait_until(same, "level", seconds=120)
            except AssertionError:
                raise AssertionError("%s: the server has\n%s\nand Malle\n%s\nwith %s" %
                                     (name, "\n".join(map(str, wanted)), "\n".join(map(str, self.stored(engine, name))),
                                      "\n".join(engine("intents")[:DECISIONS + 2])))

    def intents(self, engine):
        """(state, kind, words) of the decisions of this round, oldest first."""
        found = [fact.split(" ", 3)[1:] for fact in engine("intents")]
        return list(reversed(found[:self.decided]))

    def decide(self, engine, shown):
        """One decision of the person. shown: of Placement, what Malle shows now. Gives (kind, what, placement, made)."""
        visible = [p for p in shown if p.mailbox is not None]
        if not visible or self.random.random() < 0.08:
            target, subject = self.random.choice(self.names), "ours %d" % self.fresh()
            path = os.path.join(self.directory.name if hasattr(self.directory, "name") else self.directory, "letter-%d" % self.count)
            with open(path, "wb") as file:
                file.write(text(subject))
            engine("append", path, target)
            made = Placement(subject, target, maker="append")
            shown.append(made)
            return ("append", target, None, made)
        placement = self.random.choice(visible)
        engine("look", placement.mailbox)
        number = [at for at, row in enumerate(engine.rows(placement.mailbox)) if row["subject"] == placement.subject][0]
        what = self.random.random()
        if what < 0.5:
            flag = self.random.choice(CHANGEABLE + self.keywords)
            sign = self.random.choice("++-")
            engine("flags", number, sign + flag)
            return ("flags", sign + flag, placement, None)
        if what < 0.65:
            into_trash = placement.mailbox != self.trash
            if into_trash and self.occupied(shown, self.trash, placement.subject):
                return None
            engine("delete", number)
            placement.mailbox = self.trash if into_trash else None
            return ("delete", self.trash if into_trash else None, placement, None)
        target = self.random.choice([name for name in self.names if name != placement.mailbox])
        if self.occupied(shown, target, placement.subject):
            return None
        if what < 0.85:
            engine("move", number, target)
            placement.mailbox = target
            return ("move", target, placement, None)
        engine("copy", number, target)
        made = Placement(placement.subject, target, maker="copy")
        shown.append(made)
        return ("copy", target, placement, made)

    @staticmethod
    def occupied(shown, mailbox, subject):
        return any(p.mailbox == mailbox and p.subject == subject for p in shown)

    # --- the rules

    def foretell(self, truth, decisions):
        """What the server will have, and what becomes of each decision (doc/internals/sync.md, "Two clients")."""
        there = {}              # Placement → [mailbox, flags, keywords], those that exist
        rest = {name: dict(messages) for name, messages in truth.items()}
        outcomes = []

        def find(placement):
            if placement not in there and placement.maker is None:
                message = rest[placement.origin[0]].pop(placement.origin[1], None)
                there[placement] = message and [placement.origin[0], message.flags, message.keywords]
            return there.get(placement)
        for kind, what, placement, made in decisions:
            if kind == "append":
                # imap4d leaves out the flags of an APPEND.
                there[made] = [what, 0 if self.server.kind.name == "mailutils" else FLAGS["\\Seen"], frozenset()]
                outcomes.append("done")
                continue
            found = find(placement)
            if found is None:
                outcomes.append("done" if kind == "delete" and what is None else "conflict")
                continue
            if kind == "flags" and what[1:] in FLAGS:
                bit = FLAGS[what[1:]]
                found[1] = found[1] | bit if what[0] == "+" else found[1] & ~bit
            elif kind == "flags":
                found[2] = found[2] | {what[1:]} if what[0] == "+" else found[2] - {what[1:]}
            elif kind == "copy":
                there[made] = [what] + found[1:]
            elif what is None:
                there[placement] = None
            else:
                found[0] = what
            outcomes.append("done")
        expected = {name: [message.key() for message in messages.values()] for name, messages in rest.items()}
        for subject, found in [(placement.subject, found) for placement, found in there.items() if found is not None]:
            expected[found[0]].append(Message(subject, found[1], found[2]).key())
        return {name: sorted(keys, key=str) for name, keys in expected.items()}, outcomes

    def round(self, engine):
        before = self.truth()
        shown = [Placement(m.subject, name, uid) for name in self.names for uid, m in before[name].items()]
        # Twins of one subject in one mailbox cannot be told apart on the list: they are left alone.
        keys = [(p.mailbox, p.subject) for p in shown]
        shown = [p for p in shown if keys.count((p.mailbox, p.subject)) == 1]
        engine("go", "offline")
        decisions = []
        for _ in range(DECISIONS):
            made = self.decide(engine, shown)
            if made is not None:
                decisions.append(made)
                self.say("Malle: %s %s %s" % (made[0], made[2].subject if made[2] else made[3].subject, made[1]))
        self.decided = len(decisions)
        for _ in range(ACTIONS):
            self.say("other: " + self.other.act(self.random, self.names))
        expected, outcomes = self.foretell(self.truth(), decisions)
        engine("go", "online")
        self.level(engine)
        found = {name: sorted((message.key() for message in messages.values()), key=str) for name, messages in self.truth().items()}
        tap.equal(found, expected, "what the server has; what became of the decisions: %r" % self.intents(engine))
        states = self.intents(engine)
        # A server that does not tell with the SELECT what is gone takes a command about it for done (rule 8). So does any when flags go out
        # before its answer about what is gone is here, which a slow machine shows.
        told = self.server.kind.has("QRESYNC")
        outcomes = ["done" if state == "done" and (not told or kind == "flags") else outcome
                    for (state, kind, _), outcome in zip(states, outcomes)]
        tap.equal([state for state, _, _ in states], outcomes, "what became of the decisions: %r" % states)
        for state, kind, words in states:
            if state == "conflict":
                assert words.strip() in (GONE, ALL_GONE, NOT_MADE), "a conflict that no rule names: %s" % words
        self.conflicts += outcomes.count("conflict")
        self.actions += len(decisions) + ACTIONS

    def go(self, rounds):
        self.conflicts = self.actions = 0
        try:
            with Driver(self.server.port, self.directory, user=self.server.user, password=self.server.password,
                        settings="") as engine:
                engine("look", self.names[0])
                engine("listed")
                self.level(engine)
                for _ in range(rounds):
                    self.say("--- round")
                    self.round(engine)
        except BaseException:
            tap.note("seed %d on %s; again: MALLE_SEED=%d make check TESTS=tests/interop/test_two_clients.py\n%s" % (
                self.seed, self.server.kind.name, self.seed, "\n".join(self.story[-2 * (DECISIONS + ACTIONS) - 4:])))
            raise
        tap.note("seed %d: %d actions, %d conflicts that the rules name" % (self.seed, self.actions, self.conflicts))
        return self.conflicts


def seeds(count):
    if os.environ.get("MALLE_SEED"):
        return [int(os.environ["MALLE_SEED"])]
    return range(1, count + 1)


def walk(kind, sample=2, many=20, rounds=8):
    rounds = int(os.environ.get("MALLE_ROUNDS", rounds))
    met = 0
    for seed in seeds(many if tap.long_run() else sample):
        with kind.start() as server:
            met += Walk(server, seed).go(rounds)
    assert met > 0 or not kind.has("QRESYNC") or os.environ.get("MALLE_SEED"), "no conflict was met: the walks do not cross"


def kind(name):
    return [one for one in table.ALL if one.name == name][0]


def test_dovecot():
    """a seeded walk of two clients on Dovecot: both sides the same, nothing lost, nothing doubled, conflicts by the rules"""
    walk(kind("dovecot"))


def test_cyrus():
    """the same on Cyrus"""
    walk(kind("cyrus_slash"), sample=1)


def test_courier():
    """the same on Courier, without QRESYNC, CONDSTORE and MOVE"""
    walk(kind("courier"), sample=1)


def test_mailutils():
    """the same on GNU imap4d, which has no extension and names nothing that it made"""
    walk(kind("mailutils"), sample=1)


if __name__ == "__main__":
    tap.main()
