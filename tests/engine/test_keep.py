"""What is kept for offline use: fetched from a real Dovecot through the counting proxy, and read without a network."""

import os
import tempfile

from driver import Driver, Refused
from support import mailsets, tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

RTT = 100


def lacking(engine, mailbox="INBOX"):
    line = [l for l in engine("lacking", mailbox) if l.startswith("lacking")][0]
    words = line[len("lacking "):].split(" rule=")
    found = {key: int(value) for key, value in (word.split("=") for word in words[0].split())}
    found["rule"] = words[1]
    return found


def mirror(engine, what="chosen"):
    engine("mirror", what)
    return [fact for fact in engine("mirrored") if fact.startswith("mirror ")][-1]


def keeping(rule, run, count=1000, directory=None, **server):
    """run(engine, link, dovecot) with an account that says `rule`."""
    with Dovecot(mechanisms="plain", home_source=mailsets.home(count), **server) as dovecot, Proxy(dovecot.port) as link:
        link.rtt(RTT)
        with Driver(link.port, directory=directory, settings=rule) as engine:
            return run(engine, link, dovecot)


def test_texts_and_reading_offline():
    def run(engine, link, dovecot):
        engine("listed")
        said = mirror(engine)
        found = lacking(engine)
        tap.note("%s; %s; %s" % (said, found, link.stats()))
        assert said.split()[1] == "count=1000", said
        assert found["messages"] == 0 and found["kept"] > 0, found
        # Cache is made empty: what is kept stays.
        engine("cache", 1)
        engine("go", "offline")
        engine("state", 0)
        link.reset()
        engine("look", "INBOX")
        for number in (0, 1, 17, 500, 998):
            engine("read", number)
        assert lacking(engine)["kept"] == found["kept"]
        seen = link.stats()
        assert seen["up"] == 0 and seen["down"] == 0, seen
    keeping("offline INBOX = texts\n", run)


def test_texts_cost():
    def run(engine, link, dovecot):
        engine("listed")
        engine("quiet")
        link.reset()
        mirror(engine)
        seen = link.stats()
        tap.note("texts of 1000 messages: %s" % seen)
        tap.at_most(seen["flights"], 12, "flights")
        tap.at_most(seen["down"], 2_500_000, "bytes received")
        link.reset()
        said = mirror(engine)
        again = link.stats()
        tap.note("again: %s %s" % (again, said))
        assert said.split()[1] == "count=0", said
        tap.at_most(again["down"], 6_000, "bytes received when nothing is new")
    keeping("offline = nothing\noffline INBOX = texts\n", run)


def test_everything_and_saving_offline():
    def run(engine, link, dovecot):
        engine("listed")
        said = mirror(engine)
        tap.note("%s %s" % (said, link.stats()))
        assert lacking(engine, "Attachments")["messages"] == 0
        engine("go", "offline")
        engine("state", 0)
        link.reset()
        engine("look", "Attachments")
        large = [i for i, row in enumerate(engine.rows("Attachments"))]
        assert len(large) == 10, large
        saved = os.path.join(tap.keep(tempfile.TemporaryDirectory()), "saved")
        sizes = []
        for number in large:
            engine("read", number)
            try:
                engine("save", number, "2", saved)
            except Refused:
                continue
            sizes.append(os.path.getsize(saved))
            os.unlink(saved)
        assert max(sizes) >= 3_750_000, sizes
        assert link.stats()["up"] == 0
    keeping("offline Attachments = everything\n", run)


def test_cut_in_the_middle():
    """The link goes while bodies come: what is here is here, the rest follows on the next link, nothing comes twice but what
    was on its way."""
    def run(engine, link, dovecot):
        engine("listed")
        engine("quiet")
        link.reset()
        link.cut_after_down(300_000)
        engine("mirror", "chosen")
        engine("state", 3)
        half = lacking(engine)
        assert 0 < half["messages"] < 1000, half
        engine("check")
        engine("mirrored")
        assert lacking(engine)["messages"] == 0
        seen = link.stats()
        tap.note("cut with %d lacking: %s" % (half["messages"], seen))
        tap.at_most(seen["down"], 4_500_000, "bytes received over both links")
    keeping("offline INBOX = everything\n", run)


def test_what_the_person_wants_goes_first():
    """A slow line is busy with what is kept for later; a message of another mailbox is read meanwhile."""
    def run(engine, link, dovecot):
        engine("listed")
        engine("look", "Attachments")
        engine("synced", "Attachments")
        link.rate(400_000)
        engine("mirror", "chosen")
        while not engine.mailbox("INBOX")["complete"] or lacking(engine)["messages"] == 1000:
            engine("turn")
        before = lacking(engine)["messages"]
        engine("read", 0)
        after = lacking(engine)["messages"]
        tap.note("lacking before %d, after %d" % (before, after))
        assert after > 200, "the person waited for the mirror: %d" % after
        link.rate(0)
        engine("mirrored")
        assert lacking(engine)["messages"] == 0
    keeping("offline INBOX = everything\n", run)


def test_rule_chosen_here():
    """What is chosen in Malle counts before the file, is kept over a restart, and begins by itself."""
    directory = tap.keep(tempfile.TemporaryDirectory())

    def run(engine, link, dovecot):
        engine("listed")
        engine("whole", "INBOX")
        assert lacking(engine)["rule"] == "summaries", lacking(engine)
        engine("keep", "INBOX", "texts 20000 days")
        engine("quiet")
        assert lacking(engine)["rule"] == "texts 20000 days"
        engine("whole", "INBOX")
        assert lacking(engine)["kept"] > 0

    def later(engine, link, dovecot):
        engine("listed")
        assert lacking(engine)["rule"] == "texts 20000 days"
    keeping("offline = summaries\n", run, count=100, directory=directory)
    keeping("offline = summaries\n", later, count=100, directory=directory)


if __name__ == "__main__":
    tap.main()
