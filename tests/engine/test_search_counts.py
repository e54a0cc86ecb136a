"""What a search on the server costs, counted by the proxy between the engine and a real Dovecot."""

from driver import Driver
from support import mailsets, tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

COUNT = 100_000 if tap.long_run() else 10_000
SCREEN = 50


def ready(link, dovecot):
    engine = tap.keep(Driver(link.port))
    engine("look", "INBOX")
    engine("listed")
    engine("synced", "INBOX")
    engine("quiet")
    link.rtt(300)   # so that the answer to what is sent next is not here before it is asked for
    link.reset()
    return engine


def hits(lines):
    return sum(line.startswith("hit ") for line in lines)


def test_first_screen_of_a_body_search():
    """a word that stands in most texts: the first screen of what was found, the summaries being here"""
    with Dovecot(mechanisms="plain", home_source=mailsets.home(COUNT)) as dovecot, Proxy(dovecot.port) as link:
        engine = ready(link, dovecot)
        found = hits(engine("search", "body:people", "auto", "open", SCREEN))
        seen = link.stats()
        tap.note("first screen, %d found so far: %s" % (found, seen))
        assert found >= SCREEN, found
        tap.at_most(seen["flights"], 2, "flights")
        tap.at_most(seen["down"], 10_000, "bytes received")


def test_whole_body_search():
    """a word of few texts, looked for in all of them"""
    with Dovecot(mechanisms="plain", home_source=mailsets.home(COUNT)) as dovecot, Proxy(dovecot.port) as link:
        engine = ready(link, dovecot)
        lines = engine("search", "body:person1@host1", "auto", "open")
        seen = link.stats()
        tap.note("whole, %d found: %s" % (hits(lines), seen))
        tap.at_most(seen["flights"], 2 + COUNT // 40_000, "flights")
        tap.at_most(seen["down"], 10_000, "bytes received")


if __name__ == "__main__":
    tap.main()
