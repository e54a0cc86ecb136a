"""Drives tests/support/counting-proxy: a network that counts, and that can be slow, frozen or cut."""

import json
import os
import subprocess

from support import process, tap


class Proxy:
    """with Proxy(server.port) as link: ... connect to link.port."""

    def __init__(self, target_port):
        self.program = os.path.join(tap.build_dir(), "tests", "support", "counting-proxy")
        tap.need(os.access(self.program, os.X_OK), self.program + " is not built")
        self.target_port = target_port

    def __enter__(self):
        self.process = process.start([self.program, str(self.target_port)], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        process.stop(self.process)
        self.process.stdout.close()

    def order(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, "%s: %s" % (text, answer["error"])
        return answer

    def stats(self):
        return self.order("stats")

    def reset(self):
        self.order("reset")

    def rtt(self, milliseconds):
        self.order("rtt %d" % milliseconds)

    def rate(self, bytes_a_second):
        self.order("rate %d" % bytes_a_second)

    def freeze(self):
        self.order("freeze")

    def thaw(self):
        self.order("thaw")

    def refuse(self):
        self.order("refuse")

    def accept(self):
        self.order("accept")

    def cut(self):
        self.order("cut")

    def cut_after_down(self, count):
        self.order("cut-down %d" % count)

    def cut_after_up(self, count):
        self.order("cut-up %d" % count)

    def hold_after(self, flights):
        """Keeps back what the client sends beyond so many flights after the login; None lets everything pass."""
        self.order("hold-after %d" % (-1 if flights is None else flights))

    def forward_to(self, port):
        self.order("to %d" % port)

    def transcript(self, path):
        self.order("transcript " + path)

    def until(self, condition, what):
        """Waits until condition(stats) holds."""
        found = []

        def look():
            found[:] = [self.stats()]
            return condition(found[0])
        tap.wait_until(look, "%s (last seen: %s)" % (what, found))
        return found[0]

    def until_quiet(self, milliseconds=1000):
        """Waits until every reply has come and nothing has passed for so long: for clients of other people,
        whose own state cannot be asked."""
        return self.until(lambda s: s["outstanding"] == 0 and s["quiet_ms"] >= milliseconds, "the line is quiet")
