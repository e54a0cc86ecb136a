"""Leaving and coming back on the screen: what is kept of a mailbox, preparing, reading without a network, and a network that goes
by itself."""

import re

from support import mailsets, netns, tap
from support.bag import Bag
from support.proxy import Proxy
from support.servers.dovecot import Dovecot


def test_prepare_and_leave():
    """a mailbox is chosen in the sidebar, everything of it is fetched with a progress bar, and read offline; what is not here says so"""
    with Dovecot(home_source=mailsets.home(1000)) as server, Proxy(server.port) as link, Bag(server, port=link.port) as bag:
        with bag.screen(rows=50, columns=160) as screen:
            screen.until("INBOX")
            screen.until(lambda s: "online" in s.text() and "1000" in s.text())
            screen.type(":mailboxes\n")
            screen.type("o")
            screen.until("Keep for offline use: nothing")
            screen.keys("^U")
            screen.type("txts\n")
            screen.until("not “txts”")
            screen.type("o")
            screen.keys("^U")
            screen.type("texts 20000 days\n")
            screen.until("To be kept of INBOX for offline use: texts, of the last 20000 days")
            screen.until("◐")
            link.rate(300_000)
            screen.type(":prepare-to-leave\n")
            screen.until(re.compile("preparing [█░]{8} [0-9]+ %, .* left"))
            link.rate(0)
            screen.until(re.compile("ready to leave; "))
            screen.type(":offline\n")
            screen.until("offline by choice, as of")
            link.refuse()
            link.reset()
            screen.type(":switch-pane\n")
            screen.keys("Enter")
            screen.until(re.compile("(?m)^.*Date:"))
            screen.until_gone("ot on this machine")
            assert link.stats()["up"] == 0
            screen.type(":change-mailbox Attachments\n")
            screen.until("as of")
            screen.type(":quit\n")
            screen.until_end()
        assert bag.query("SELECT keep_here FROM mailbox WHERE name = 'INBOX'") == [("texts 20000 days",)]


def test_not_here():
    """offline, a message whose text was never fetched says in plain words that it is not here, and comes when the link is back"""
    with Dovecot(home_source=mailsets.home(100)) as server, Bag(server) as bag:
        with bag.screen() as screen:
            screen.until(lambda s: "online" in s.text())
            screen.until(re.compile(r"100"))
            screen.settle()
            screen.type(":toggle-online\n")
            screen.until("offline by choice")
            screen.type(":first-entry\n")
            screen.keys("Enter")
            screen.until("Not on this machine, and you are offline. It comes when you are online.")
            screen.type(":toggle-online\n")
            screen.until_gone("Not on this machine")
            screen.type(":quit\n")
            screen.until_end()


def without_a_network():
    with Dovecot(home_source=mailsets.home(100)) as server, Bag(server) as bag:
        netns.outside()
        with bag.screen(rows=24, columns=80) as screen:
            screen.until(lambda s: "online" in s.text())
            netns.network("link", "set", "away", "down")
            netns.network("link", "set", "lo", "down")
            screen.until("offline by itself as of")
            netns.network("link", "set", "lo", "up")
            netns.network("link", "set", "away", "up")
            screen.until_gone("offline by itself")
            screen.until("online")
            screen.type(":quit\n")
            screen.until_end()


def test_by_itself():
    """the network goes: the screen says since when, and everything goes on by itself when it is back"""
    netns.apart(without_a_network)


if __name__ == "__main__":
    tap.main()
