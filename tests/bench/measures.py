"""What is measured, for one client at a time. Each gives a dictionary, or None where the client has no way."""

import select
import shutil
import tempfile
import time

from support.proxy import Proxy

LETTER = "The plans, as promised"
LETTER_TEXT = "Here are the plans."
FROZEN_SECONDS = 3          # a key that is not answered for so long is said to be unanswered


class Place:
    """A client of one kind, with a home of its own and the counting proxy between it and the server."""

    def __init__(self, kind, server, newest, **options):
        self.kind, self.server, self.newest, self.options = kind, server, newest, options

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="malle-bench-")
        self.proxy = Proxy(self.server.port)
        self.link = self.proxy.__enter__()
        return self

    def __exit__(self, *_):
        self.proxy.__exit__()
        shutil.rmtree(self.home, ignore_errors=True)

    def client(self):
        return self.kind(self.home, self.link.port, self.newest, **self.options)


def newest_subject(server, mailbox="INBOX"):
    """What stands at the end of the newest message's subject: its number, which no other row has."""
    link = server.client()
    exists = link.select(mailbox, readonly=True)[1][0].decode()
    from email.header import decode_header, make_header
    from email.parser import BytesParser
    head = link.fetch(exists, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1]
    link.logout()
    return str(make_header(decode_header(BytesParser().parsebytes(head)["Subject"])))[:28]


def since_login(stats):
    return {"flights": stats["flights"] - stats["login"]["flights"], "down": stats["down"] - stats["login"]["down"],
            "up": stats["up"] - stats["login"]["up"]}


def needed_for_first_screen(kind, server, newest):
    """For a client that goes on fetching behind its first screen: with how few flights that screen comes."""
    for flights in range(1, 10):
        with Place(kind, server, newest) as place:
            place.link.hold_after(flights)
            client = place.client()
            with client.screen() as screen:
                try:
                    screen.until(newest, seconds=6)
                except AssertionError:
                    continue
                cost = since_login(place.link.stats())
                place.link.hold_after(None)
                return {"flights": flights, "down": cost["down"]}
    return {}


def cold_and_warm(kind, server, newest, rtt=0):
    """Opens the mailbox as never seen, lets it settle, closes, and opens it again."""
    with Place(kind, server, newest) as place:
        place.link.rtt(rtt)
        client = place.client()
        if kind.asks_at_first_start:
            with client.screen() as screen:
                client.opened(screen)
        result = {}
        for way in ("cold", "warm"):
            place.link.reset()
            start = time.monotonic()
            with client.screen() as screen:
                client.opened(screen)
                seconds = time.monotonic() - start
                stats = place.link.stats()
                result[way] = dict(since_login(stats), seconds=seconds)
                if way == "cold" and kind.goes_on_behind:
                    result[way].update(needed_for_first_screen(kind, server, newest))
                client.all_known(screen, place.link)
                stats = place.link.stats()
                result[way]["settled"] = dict(since_login(stats), seconds=time.monotonic() - start,
                                              resident_kb=screen.resident_kb())
        return result


def all_summaries(kind, server, newest, count, compress, rtt=20, rate=25_000_000):
    """The summaries of every message, over a line of 200 Mbit/s and 20 ms, where what overlaps is seen."""
    if not kind.keeps_summaries or (compress and not kind.compresses):
        return None
    with Place(kind, server, newest, compress=compress) as place:
        place.link.rtt(rtt)
        place.link.rate(rate)
        start = time.monotonic()
        client = place.client()
        with client.screen() as screen:
            client.opened(screen)
            client.all_known(screen, place.link)
            stats = since_login(place.link.stats())
        return dict(stats, each=stats["down"] / count, seconds=time.monotonic() - start)


def read_letter(kind, server):
    """The text of a letter with 5 MB attached, from the list."""
    with Place(kind, server, LETTER, mailbox="Attachments") as place:
        client = place.client()
        with client.screen() as screen:
            client.opened(screen)
            client.all_known(screen, place.link)
            client.select(screen, LETTER)
            place.link.until_quiet(1500)
            place.link.reset()
            screen.keys("Enter")
            screen.until(LETTER_TEXT)
            at_text = place.link.stats()
            place.link.until_quiet(1500)
            return {"flights": at_text["flights"], "down": at_text["down"], "settled": place.link.stats()["down"]}


def meant(server, way):
    """How many messages are flagged: all, or those of four senders."""
    link = server.client()
    exists = int(link.select("INBOX", readonly=True)[1][0])
    found = set()
    for number in range(1, 5):
        found |= set(link.search(None, "FROM", '"person%d@"' % number)[1][0].split())
    link.logout()
    return exists if way == "flag_contiguous" else len(found)


def flag(kind, server, newest, way):
    function = getattr(kind, way)
    if function is None:
        return None
    count = meant(server, way)
    with Place(kind, server, newest) as place:
        client = place.client()
        with client.screen() as screen:
            client.opened(screen)
            client.all_known(screen, place.link)
            stats = function(client, screen, place.link, count)
            return {"flights": stats["flights"], "up": stats["up"], "down": stats["down"]}


def search_body(kind, server, newest, word="person1@host1"):
    """A word that stands in few of the texts, which are not here."""
    if kind.search_body is None:
        return None
    link = server.client()
    link.select("INBOX", readonly=True)
    count = len(link.search(None, "BODY", '"%s"' % word)[1][0].split())
    link.logout()
    with Place(kind, server, newest) as place:
        client = place.client()
        with client.screen() as screen:
            client.opened(screen)
            client.all_known(screen, place.link)
            place.link.reset()
            start = time.monotonic()
            client.search_body(screen, place.link, word, count)
            stats = place.link.stats()
            return {"flights": stats["flights"], "up": stats["up"], "down": stats["down"], "seconds": time.monotonic() - start, "count": count}


def press(screen, key, patience=FROZEN_SECONDS):
    """Seconds until the program has painted, None if it has not within the patience. What counts is the last byte
    of what it writes at once: the frame, not its beginning."""
    screen.settle()
    terminal = screen.terminal
    start = time.perf_counter()
    screen.keys(key)
    if not select.select([terminal], [], [], patience)[0]:
        return None
    done = time.perf_counter()
    while screen._read(0):
        pass
    return done - start


def percentiles(times):
    answered = sorted(t for t in times if t is not None)
    if len(answered) < len(times):
        return {"unanswered": len(times) - len(answered), "of": len(times)}
    return {"p50": answered[len(answered) // 2] * 1000, "p99": answered[int(len(answered) * 0.99)] * 1000}


def walk(client, screen, presses):
    """Up and down the list, which is what a person does; from the bottom of it, so that both have room."""
    times = []
    for number in range(presses):
        # A key held down: some thirty a second.
        time.sleep(0.033)
        times.append(press(screen, client.up if (number // 10) % 2 == 0 else client.down))
        if times[-1] is None and times.count(None) >= 3:
            break
    return percentiles(times)


def keys_at_rest(kind, server, newest, presses=300):
    with Place(kind, server, newest) as place:
        client = place.client()
        with client.screen() as screen:
            client.opened(screen)
            client.all_known(screen, place.link)
            walk(client, screen, 20)
            result = {"rest": walk(client, screen, presses)}
            place.link.freeze()
            result["frozen"] = walk(client, screen, presses)
            place.link.thaw()
            return result


def keys_while_fetching(kind, server, newest, presses=300):
    """Key presses from the first screen on, while the summaries of the whole mailbox come in."""
    if kind.name != "malle":
        return None             # the others show no list, or fetch nothing behind it
    with Place(kind, server, newest) as place:
        place.link.rate(4_000_000)      # so that it takes long enough to measure in
        client = place.client()
        with client.screen() as screen:
            client.opened(screen)
            before = place.link.stats()["down"]
            result = walk(client, screen, presses)
            result["fetched"] = place.link.stats()["down"] - before
            return result
