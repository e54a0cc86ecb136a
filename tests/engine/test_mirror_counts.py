"""A mirror: everything of 10,000 messages, 100 ms away. What it costs, the first time and the second."""

import tempfile

from driver import Driver
from support import mailsets, tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

COUNT = 10_000


def mirror(compress):
    """The cost of the first run and of the second, beyond the login."""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-mirror-"))
    with Dovecot(mechanisms="plain", home_source=mailsets.home(COUNT), compress=compress) as dovecot, Proxy(dovecot.port) as link:
        # Slower than a client on a busy machine takes it: what is counted is what it waits for, not how soon it wakes.
        link.rtt(100)
        link.rate(500_000 if compress else 2_000_000)
        found = []
        for _ in range(2):
            link.reset()
            with Driver(link.port, directory=directory, settings="offline INBOX = everything\n") as engine:
                engine("listed")
                engine("mirror", "chosen")
                engine("mirrored")
                seen = link.stats()
                tap.note("compress %s: %s" % (compress, seen))
                tap.equal(engine.mailbox("INBOX")["total"], COUNT)
                lacking = [line for line in engine("lacking", "INBOX") if line.startswith("lacking")][0]
                assert "messages=0 " in lacking, lacking
                found.append((seen["flights"] - seen["login"]["flights"], seen["down"]))
        return found


def test_mirror():
    """everything of 10,000 messages: 6 flights after the login, under a third of the bytes with COMPRESS; again: 2 flights and 4 kB"""
    (flights, plain), (again, little) = mirror(False)
    tap.at_most(flights, 6, "flights after the login")
    tap.at_most(again, 2, "flights after the login, the second time")
    tap.at_most(little, 4000, "bytes received, the second time")
    (flights, packed), (again, little) = mirror(True)
    tap.at_most(flights, 6, "flights after the login, compressed")
    tap.at_most(packed, plain / 3, "bytes received, compressed")
    tap.at_most(again, 2, "flights after the login, the second time, compressed")
    tap.at_most(little, 4000, "bytes received, the second time, compressed")


if __name__ == "__main__":
    tap.main()
