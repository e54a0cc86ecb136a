"""What POP3 costs: flights after the log-in, and that no letter travels twice."""

from support import mailsets, tap
from support.popbag import PopBag, letter
from support.proxy import Proxy
from support.servers.dovecot import Dovecot
from engine.poppy import Poppy

COUNT = 10000


def after_login(stats):
    return stats["flights"] - stats["login"]["flights"]


def test_ten_thousand():
    """10,000 letters with PIPELINING: at most 10 flights after the log-in; nothing new: at most 4, and no letter; all deleted: at most 10"""
    with Dovecot(home_source=mailsets.home(COUNT)) as server, Proxy(server.pop_port) as link, \
            PopBag(server, policy="leave", port=link.port) as bag:
        link.rtt(20)
        bag.sync()
        stats = link.stats()
        tap.equal(stats["logins"], 1)
        assert after_login(stats) <= 10, stats
        tap.equal(len(bag.paths()), COUNT)

        link.reset()
        bag.sync()
        stats = link.stats()
        assert after_login(stats) <= 4, stats
        assert stats["commands"] <= 7, stats    # CAPA, USER, PASS, UIDL, LIST, QUIT: no RETR, no TOP
        tap.equal(len(bag.paths()), COUNT)

        link.reset()
        bag.more = "pop-policy = delete\npoll = 0\n"
        bag.write_accounts()
        bag.sync()
        stats = link.stats()
        assert after_login(stats) <= 10, stats
        tap.equal(bag.states(), {"whole/deleted": COUNT})
        client = server.client()
        tap.equal(client.select("INBOX"), ("OK", [b"0"]))


def test_without_pipelining():
    """without PIPELINING: one flight for each RETR, one for each DELE, plus ten"""
    names = ["m%d" % number for number in range(60)]
    server = Poppy([("u" + name, letter(name)) for name in names], without={"PIPELINING"})
    with server.listen() as address, Proxy(address.port) as link, PopBag(address, policy="delete", port=link.port) as bag:
        bag.sync()
        stats = link.stats()
        tap.equal(server.letters, [])
        assert after_login(stats) <= 2 * len(names) + 10, stats
        tap.equal((server.count("RETR"), server.count("DELE"), server.count("TOP")), (len(names), len(names), 0))


if __name__ == "__main__":
    tap.main()
