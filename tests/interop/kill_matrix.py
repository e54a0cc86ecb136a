"""The kill matrix: for every kind of decision, and every step of the exchange and of the store's writing, Malle is killed
(or its link is cut) exactly there, started again, and what server and store hold in the end is what they hold without that.

A Ground is a server whose state can be put back, a Scenario a decision; matrix() runs some or all of their points."""

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile

from support import process, tap
from support.bag import Bag
from support.servers.dovecot import Dovecot
from support.servers import table
from support.striking_proxy import StrikingProxy


# --- servers whose state can be put back -------------------------------------------------------------------------

class Ground:
    """Of a server that keeps all of a user's mail in one folder of files. keep() remembers what is there, back() brings it
    back: the same UIDs and UIDVALIDITY."""

    lacks_keywords = False
    goes_back = True        # False: laid out anew each time

    def __init__(self, server, home=None):
        self.server, self.home = server, home
        self.kept = tap.keep(tempfile.TemporaryDirectory(prefix="malle-kept-"))

    port = property(lambda self: self.server.port)
    user = property(lambda self: self.server.user)
    password = property(lambda self: self.server.password)

    def client(self):
        return self.server.client()

    def short(self, name):
        """As people call what the server calls so."""
        return name[len(self.server.prefix):] if name.startswith(self.server.prefix) else name

    def empty(self):
        link = self.client()
        always = {"INBOX"} | {self.server.mailbox(name) for name in ("Drafts", "Sent", "Trash", "Junk", "Archive")}
        for name in mailboxes(link):
            if int(link.select('"%s"' % name)[1][0]):
                link.store("1:*", "+FLAGS.SILENT", "(\\Deleted)")
                link.expunge()
            link.close()
            if name not in always:
                link.unsubscribe('"%s"' % name)
                link.delete('"%s"' % name)
        link.logout()

    def keep(self):
        shutil.rmtree(self.kept)
        subprocess.run(["cp", "-a", self.home(), self.kept], check=True)

    def back(self):
        shutil.rmtree(self.home())
        subprocess.run(["cp", "-a", self.kept, self.home()], check=True)


class DovecotGround(Ground):
    """Each time another user: Dovecot keeps nothing in memory of one that it has never seen."""

    def __init__(self, server):
        super().__init__(server, lambda: server.path("homes", server.user))
        self.times = 0

    def back(self):
        shutil.rmtree(self.home())
        self.times += 1
        self.server.user = "test%d" % self.times
        subprocess.run(["cp", "-a", self.kept, self.home()], check=True)


class BareGround(Ground):
    """imap4d settles a mailbox's UIDs and UIDVALIDITY only by and by, for it goes by time stamps of whole seconds."""

    lacks_keywords = True

    def __init__(self, server):
        super().__init__(server, lambda: server.home)

    def keep(self):
        tap.wait_until(lambda: self._numbers() == self._numbers(), "imap4d numbers its mailboxes the same twice")
        super().keep()

    def _numbers(self):
        link, found = self.client(), []
        for name in mailboxes(link):
            count = int(link.select('"%s"' % name)[1][0])
            found.append((name, link.response("UIDVALIDITY")[1], link.uid("FETCH", "1:*", "FLAGS")[1] if count else []))
            link.close()
        link.logout()
        return found


class CourierGround(Ground):
    def __init__(self, server):
        super().__init__(server, lambda: server.root.path("home", server.user))


class FreshGround(Ground):
    """Of a server that keeps its mail in databases."""

    goes_back = False

    def keep(self):
        pass

    def back(self):
        lay_out(self)


def ground_of(server):
    return {"dovecot": DovecotGround, "courier": CourierGround, "mailutils": BareGround}.get(server.kind.name, FreshGround)(server)


_other = []


def other_ground():
    """Where the second account is: one Dovecot for the whole file, whatever the server that is tried."""
    if not _other:
        _other.append(DovecotGround(tap.keep(Dovecot())))
    return _other[0]


# --- decisions -----------------------------------------------------------------------------------------------------

class Scenario:
    def __init__(self, name, *commands, account="", keywords=False, drafts=False, done=(), undo=False, other=False):
        """done: commands that had reached the server before; undo: they are taken back; other: a second account is part of it."""
        self.name, self.commands, self.account = name, commands, account
        self.needs_more = keywords or drafts      # than the bare server has
        self.done, self.undo, self.other = done, undo, other


def on(pattern, *commands, mailbox="INBOX"):
    return ("change-mailbox " + mailbox, "tag-pattern ~s 'Kill %s'" % pattern) + commands


SCENARIOS = [
    Scenario("flags", *on("[12]", "set-flag flagged", "clear-flag read")),
    Scenario("keywords", *on("[12]", "set-flag work"), keywords=True),
    Scenario("move", *on("[123]", "move-message Plans")),
    Scenario("copy", *on("[123]", "copy-message Plans")),
    Scenario("delete", *on("[12]", "delete-message")),
    Scenario("delete for good", *on("[12]", "delete-message"), account="delete = expunge"),
    Scenario("expunge", *on("[12]", "set-flag deleted"), "expunge"),
    Scenario("archive", *on("2", "archive-message")),
    Scenario("junk", *on("[12]", "junk-message"), keywords=True),
    Scenario("append", "append-file letter.eml Plans"),
    Scenario("draft", "save-draft letter.eml", drafts=True),
    Scenario("create mailbox", "create-mailbox Garden"),
    Scenario("rename mailbox", "change-mailbox Old", "rename-mailbox Older"),
    Scenario("delete mailbox", "delete-mailbox Old"),
    Scenario("subscribe", "subscribe Plans"),
    Scenario("unsubscribe", "unsubscribe Old"),
    # What had been done is taken back.
    Scenario("undo flags", done=on("[12]", "set-flag flagged", "clear-flag read"), undo=True),
    Scenario("undo a move", done=on("[12]", "move-message Plans"), undo=True),
    Scenario("undo a copy", done=on("[12]", "copy-message Plans"), undo=True),
    Scenario("undo a deletion", done=on("[12]", "delete-message"), undo=True),
    Scenario("undo a new mailbox", done=("create-mailbox Garden",), undo=True),
    # To and from another account.
    Scenario("move to another account", *on("[12]", "move-message other:Plans"), other=True),
    Scenario("copy to another account", *on("[12]", "copy-message other:Plans"), other=True),
    Scenario("move from another account", *on("far[12]", "move-message test:Plans", mailbox="other:INBOX"), other=True),
    Scenario("undo a move to another account", done=on("[12]", "move-message other:Plans"), undo=True, other=True),
    Scenario("move to another account, then a flag and a move there", *on("[12]", "move-message other:Plans"),
             *on("[12]", "set-flag flagged", "move-message other:Archive", mailbox="other:Plans"), other=True),
    # What is decided about messages that are not there yet.
    Scenario("move, then flags and a copy", *on("[12]", "move-message Plans"),
             *on("[12]", "set-flag flagged", "copy-message Archive", mailbox="Plans")),
    Scenario("copy, then delete the copy", *on("[12]", "copy-message Plans"), *on("1", "delete-message", mailbox="Plans")),
    Scenario("append, then flag", "append-file letter.eml Plans", *on("letter", "set-flag flagged", mailbox="Plans")),
    Scenario("a new mailbox, filled", "create-mailbox Garden", *on("[12]", "move-message Garden")),
]


def letter(name, size=200):
    return ("From: Anna <anna@example.org>\r\nTo: test@example.org\r\nSubject: Kill %s\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
            "Message-ID: <kill.%s@example.org>\r\n\r\n%s\r\n" % (name, name, "x" * size)).encode()


def mailboxes(link):
    return [re.search(rb'(?:"[^"]*"|NIL) "?([^"]*)"?$', line).group(1).decode() for line in link.list()[1] if line]


def lay_out(ground):
    ground.empty()
    link = ground.client()
    named = ground.server.mailbox
    for name in ("Plans", "Old", "Archive", "Trash"):
        link.create(named(name))
    link.subscribe(named("Old"))
    for number in range(5):
        tap.equal(link.append("INBOX", "\\Seen" if number % 2 else None, '"02-Nov-2026 1%d:00:00 +0000"' % number, letter(number))[0], "OK")
    link.append(named("Plans"), None, None, letter("plan"))
    link.append(named("Old"), None, None, letter("old"))
    link.logout()


def lay_out_other(ground, flags):
    ground.empty()
    link = ground.client()
    link.create("Plans")
    for number in range(3):
        tap.equal(link.append("INBOX", flags, '"03-Nov-2026 1%d:00:00 +0000"' % number, letter("far%d" % number))[0], "OK")
    link.logout()


# --- what there is in the end -------------------------------------------------------------------------------------

def on_server(ground):
    """Mailbox → sorted [(UID, Message-ID, flags)], and the names subscribed to."""
    link = ground.client()
    found = {}
    for name in mailboxes(link):
        status, count = link.select('"%s"' % name, readonly=True)
        tap.equal(status, "OK", name)
        rows = []
        for item in link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1] if int(count[0]) else []:
            if isinstance(item, tuple):
                head = item[0].decode()
                flags = set(re.search(r"FLAGS \(([^)]*)\)", head).group(1).split()) - {"\\Recent"}
                rows.append((int(re.search(r"UID (\d+)", head).group(1)), item[1].decode().partition(":")[2].strip(), tuple(sorted(flags))))
        found[ground.short(name)] = sorted(rows)
        link.close()
    subscribed = {re.search(rb'"?([^" ]*)"?$', line).group(1).decode() for line in link.lsub()[1] if line}
    link.logout()
    return found, sorted(subscribed)


def without_uids(found):
    return {name: sorted(row[1:] for row in rows) for name, rows in found.items()}


def in_store(bag, account):
    """Mailbox → sorted [(UID, subject, seen, flagged, keywords)]."""
    found = {}
    for row in bag.json("search", "--json", "~A"):
        if row["account"] != account:
            continue
        words = tuple(sorted((row["keywords"] or "").split()))
        found.setdefault(row["mailbox"], []).append((row["uid"], row["subject"], row["seen"], row["flagged"], words))
    return {name: sorted(rows) for name, rows in found.items()}


def agree(found, kept):
    """The store has what the server has, UID by UID; what it hides is marked \\Deleted there."""
    for name in set(found) | set(kept):
        there = {(uid, "\\Seen" in flags, "\\Flagged" in flags) for uid, _, flags in found.get(name, []) if "\\Deleted" not in flags}
        marked = {uid for uid, _, flags in found.get(name, []) if "\\Deleted" in flags}
        here = {row[:1] + row[2:4] for row in kept.get(name, []) if row[0] not in marked}
        tap.equal(here, there, "store and server, " + name)


class End:
    """What server and store hold when everything is done."""

    def __init__(self, grounds, bag):
        """grounds: account → Ground."""
        for _ in range(4):
            synced = bag.try_run("sync")
            left = bag.try_run("journal").out
            if synced.code == 0:
                break
        assert synced.code == 0, "%s\n%s" % (synced.err, left)
        self.server, self.store, self.subscribed = {}, {}, {}
        for account, one in grounds.items():
            server, self.subscribed[account] = on_server(one)
            store = in_store(bag, account)
            agree(server, store)
            self.server[account], self.store[account] = without_uids(server), without_uids(store)
        self.letters = [name for folder in (".letters", ".carry") if os.path.isdir(bag.store_path() + folder)
                        for name in os.listdir(bag.store_path() + folder)]

    def same(self, other, letters=True):
        tap.equal(self.server, other.server, "the server")
        tap.equal(self.subscribed, other.subscribed, "subscriptions")
        tap.equal(self.store, other.store, "the store")
        if letters:
            tap.equal(self.letters, other.letters, "letters left")


# --- one scenario, its points --------------------------------------------------------------------------------------

class Field:
    """A scenario on a ground: laid out and decided once, put back for each point."""

    def __init__(self, ground, scenario):
        self.ground, self.scenario = ground, scenario
        self.grounds = {"test": ground, "other": other_ground()} if scenario.other else {"test": ground}
        self.commands, self.done = list(scenario.commands), list(scenario.done)
        self.last = None        # the decision that is taken back
        self.bag = tap.keep(Bag(ground, account=self._more()))
        self.kept = tap.keep(tempfile.TemporaryDirectory(prefix="malle-kept-"))
        with open(os.path.join(self.bag.home, "letter.eml"), "wb") as file:
            file.write(letter("letter", 20000))
        lay_out(ground)
        ground.keep()
        if scenario.other:
            lay_out_other(self.grounds["other"], None if ground.lacks_keywords else "\\Flagged")  # it forgets some of two at times
            self.grounds["other"].keep()
        self._keep("empty")
        self._begin()
        for one in self.grounds.values():   # with what had been done before
            one.keep()
        self._keep("undecided")
        self._decide()
        self._keep("decided")
        with self.start("decided") as proxy:
            self.end = End(self.grounds, self.bag)
            self.points = proxy.points()

    def _more(self):
        """The rest of the accounts file."""
        if not self.scenario.other:
            return self.scenario.account
        other = self.grounds["other"]
        return self.scenario.account + "\n[account other]\nreceive = imap+insecure://%s@127.0.0.1:%d\naddress = other@example.org\n" \
            "password = %s\n" % (other.user, other.port, other.password)

    def _begin(self):
        self.bag.run("sync")
        if self.done:
            self.bag.run("do", "--offline", *self.done)
            self.bag.run("sync")

    def deciding(self):
        """The command line that decides. What is taken back is the last that was decided."""
        if not self.scenario.undo:
            return ["do", "--offline"] + self.commands
        if self.last is None:
            self.last = max(row["id"] for row in self.bag.json("journal", "--all", "--json"))
        return ["journal", "undo", str(self.last)]

    def _decide(self):
        self.bag.run(*self.deciding())
        assert self.bag.json("journal", "--json"), self.scenario.name + " decided nothing"

    def _decide_rest(self, kept):
        """Runs the commands without those that decided what is kept already."""
        if self.scenario.undo:
            if not kept:
                self._decide()
            return
        rest, decides = [], False
        for command in self.commands:
            decision = not command.startswith(("change-mailbox", "tag-pattern"))
            if decision and kept:
                kept -= 1
            else:
                rest.append(command)
                decides = decides or decision
        if decides:
            self.bag.run("do", "--offline", *rest)

    def _give_up(self):
        for row in self.bag.json("journal", "--json"):     # the newest first
            self.bag.run("journal", "cancel", str(row["id"]))

    def _keep(self, name):
        subprocess.run(["cp", "-a", self.bag.home, os.path.join(self.kept, name)], check=True)

    def start(self, name):
        """Everything as it was; a proxy between."""
        back = self.ground.goes_back
        shutil.rmtree(self.bag.home)
        subprocess.run(["cp", "-a", os.path.join(self.kept, name if back else "empty"), self.bag.home], check=True)
        for one in self.grounds.values():
            one.back()
        self.bag.more = self._more()
        if not back:
            self.bag.port = self.ground.port
            self.bag.write_accounts()
            self._begin()
            if name == "decided":
                self._decide()
        return _Between(self)

    def sync(self, *, arguments=("sync",), environment=None, go=lambda process: None):
        """malle sync, which begins only when go() has been told of the process."""
        child = process.start(["/bin/sh", "-c", "read go; exec \"$@\"", "sh", tap.program()] + list(arguments), cwd=self.bag.home,
                              env=dict(self.bag.environment(), **(environment or {})), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        go(child)
        child.stdin.write(b"go\n")
        try:
            said = child.communicate(timeout=tap.PATIENCE)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:       # a hang is a wrong point like others
            child.kill()
            raise AssertionError("it never ended: " + child.communicate()[0].decode(errors="replace"))
        assert "AddressSanitizer" not in said and "runtime error:" not in said, said
        return child.returncode, said

    # the exchange

    def strike_wire(self, number, step, kill, again=None):
        """again: (number, step) of a second blow, to the run that repairs the first."""
        with self.start("decided") as proxy:
            for point in [(number, step)] + ([again] if again else []):
                proxy.commands.clear()
                proxy.struck.clear()

                def go(child):
                    proxy.arm(*point, (lambda: (os.kill(child.pid, signal.SIGKILL), child.wait())) if kill else (lambda: None))
                self.sync(go=go)
                proxy.point = None
                proxy.settle()
            End(self.grounds, self.bag).same(self.end)

    # the store

    def count_writes(self, name, arguments):
        count = os.path.join(self.kept, "count")
        with self.start(name):
            self.sync(arguments=arguments or self.deciding(), environment=self._striker(STRIKE_COUNT=count))
        with open(count) as file:
            return int(file.read())

    def _striker(self, **more):
        folder = os.path.dirname(self.bag.store_path())
        return dict(more, LD_PRELOAD=os.path.join(tap.build_dir(), "tests", "support", "strike.so"),
                    STRIKE_UNDER=":".join([os.path.join(folder, "store.db"), os.path.join(folder, "journal.log")]),
                    ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))

    def strike_store(self, at, **how):
        with self.start("decided") as proxy:
            self.sync(environment=self._striker(STRIKE_AT=str(at), **how))
            proxy.settle()
            End(self.grounds, self.bag).same(self.end)

    def cut_power(self, strike, at):
        with tempfile.TemporaryDirectory(prefix="malle-durable-") as durable:
            strike(at, STRIKE_POWER=durable)

    def strike_decision(self, at, **how):
        """Killed while deciding: each decision is kept with its effect, or not at all, and is then made again."""
        with self.start("undecided"):
            self.sync(arguments=self.deciding(), environment=self._striker(STRIKE_AT=str(at), **how))
            if "STRIKE_ERRNO" in how:
                self._give_up()     # of two the first may have been refused
                self._decide()
            else:
                self._decide_rest(len(self.bag.json("journal", "--json")))
            # A file that was copied for a decision that was not kept is no letter.
            End(self.grounds, self.bag).same(self.end, letters=False)


class _Between:
    def __init__(self, field):
        self.field, self.proxy = field, StrikingProxy(*(ground.port for ground in field.grounds.values()))

    def __enter__(self):
        self.proxy.__enter__()
        self.field.bag.port = self.proxy.port
        if self.field.scenario.other:
            self.field.bag.more = self.field._more().replace(":%d\n" % self.field.grounds["other"].port, ":%d\n" % self.proxy.ports[1])
        self.field.bag.write_accounts()
        return self.proxy

    def __exit__(self, *rest):
        self.proxy.__exit__(*rest)


# --- the matrix ------------------------------------------------------------------------------------------------------

EXCHANGE_TRIED = 2      # of each scenario, in a short run
WRITES_TRIED = 1
WRITES_TRIED_LONG = 10
REFUSALS = (errno.EIO, "EIO"), (errno.ENOSPC, "disk full")
SCENARIOS_TRIED = 2     # of each part, on all servers but the first, which has them all
PARTS = 3               # test files for each server: one alone would run for too long
SEED = int(os.environ.get("MALLE_TEST_SEED", "1"))
ONLY = os.environ.get("MALLE_TEST_POINT", "")     # "KIND: WORDS", as a wrong one is printed, or the beginning of it


def points_of(field):
    """Every point: (words, function that tries it)."""
    found = []
    for number, verb, step in field.points:
        for kill in (True, False):
            words = "%s %d %s, %s" % (verb, number, step, "killed" if kill else "link cut")
            found.append(("exchange", words, lambda n=number, s=step, k=kill: field.strike_wire(n, s, k)))
    return found


def double_points(field, random):
    """The first blow where it can have been done, the second anywhere in the repair."""
    first = [(number, step) for number, _, step in field.points if step in ("sent", "executed", "reply")]
    found = []
    for number, step in first:
        again = (random.randrange(2), random.choice(("before", "sent", "executed", "reply")))
        kill = random.random() < 0.5
        found.append(("twice", "command %d %s, then command %d %s, %s" % (number, step, *again, "killed" if kill else "link cut"),
                      lambda n=number, s=step, a=again, k=kill: field.strike_wire(n, s, k, again=a)))
    return found


def write_points(field):
    syncing = field.count_writes("decided", ("sync",))
    deciding = field.count_writes("undecided", None)
    runs = ([("sync", at, field.strike_store) for at in range(1, syncing + 1)] +
            [("deciding", at, field.strike_decision) for at in range(1, deciding + 1)])
    found = []
    for run, at, strike in runs:
        found.append(("writes", "write %d of %s" % (at, run), lambda at=at, s=strike: s(at)))
        found.append(("writes", "power cut at write %d of %s" % (at, run), lambda at=at, s=strike: field.cut_power(s, at)))
        for number, words in REFUSALS:
            found.append(("writes", "%s at write %d of %s" % (words, at, run),
                          lambda at=at, s=strike, n=number: s(at, STRIKE_ERRNO=str(n))))
        found.append(("writes", "read-only from write %d of %s on" % (at, run),
                      lambda at=at, s=strike: s(at, STRIKE_ERRNO=str(errno.EROFS), STRIKE_REST="1")))
    return found


def choose(scenario, points, random):
    """Of the exchange some, or all in a long run; the store writes the same whatever the server, so all of its points are
    left to the test that is about them."""
    if ONLY:
        return [point for point in points if (scenario.name + ": " + point[1]).startswith(ONLY)]
    exchange = [point for point in points if point[0] == "exchange"]
    twice = [point for point in points if point[0] == "twice"]
    writes = [point for point in points if point[0] == "writes"]
    if tap.long_run():
        return exchange + twice + random.sample(writes, min(WRITES_TRIED_LONG, len(writes)))
    return random.sample(exchange, min(EXCHANGE_TRIED, len(exchange))) + random.sample(twice + writes, WRITES_TRIED)


def try_points(scenario, points, wrong):
    for _, words, attempt in points:
        try:
            attempt()
        except AssertionError as failure:
            wrong.append("%s: %s" % (scenario.name, words))
            tap.note("%s: %s\n%s" % (scenario.name, words, failure))


def conclude(tried, known, wrong):
    tap.note("kill matrix: %d of %d points tried, seed %d, %d wrong" % (tried, known, SEED, len(wrong)))
    tap.equal(wrong, [])


def scenarios(ground):
    return [scenario for scenario in SCENARIOS if not (ground.lacks_keywords and scenario.needs_more)
            and (scenario.name + ":").startswith(ONLY.partition(":")[0])]


def chosen_scenarios(ground, random, part, parts):
    if ONLY:
        return scenarios(ground)
    able = scenarios(ground)[part::parts]
    return able if tap.long_run() or isinstance(ground, DovecotGround) else random.sample(able, min(SCENARIOS_TRIED, len(able)))


def matrix(ground, part=0, parts=PARTS):
    """Tries the points of all scenarios (a seeded sample in a short run) and says how many there were. part of parts: of every so
    many scenarios one, for a file that would else run too long."""
    chance = random.Random(SEED)
    tried, known, wrong = 0, 0, []
    chosen = chosen_scenarios(ground, chance, part, parts)
    tap.note("%d of %d kinds: %s" % (len(chosen), len(scenarios(ground)), ", ".join(scenario.name for scenario in chosen)))
    for scenario in chosen:
        field = Field(ground, scenario)
        points = points_of(field) + double_points(field, chance) + write_points(field)
        some = choose(scenario, points, chance)
        known, tried = known + len(points), tried + len(some)
        try_points(scenario, some, wrong)
    conclude(tried, known, wrong)


def test_of(name, part):
    """The test of one part (from 1) on the server of this name."""
    def test():
        kind = next(kind for kind in table.ALL if kind.name == name)
        with kind.start() as server:
            matrix(ground_of(server), part - 1)
    test.__doc__ = "whatever the moment at which Malle is killed or cut off, server and store end the same (%d of %d)" % (part, PARTS)
    return test


def all_writes(ground):
    tried, wrong = 0, []
    for scenario in scenarios(ground):
        points = write_points(Field(ground, scenario))
        tried += len(points)
        try_points(scenario, points, wrong)
    conclude(tried, tried, wrong)
