"""Fetching letters by POP3, 100 ms away: Malle beside the programs that do nothing else. All keep what is on the server, and store a Maildir
(fetchmail, getmail: hand each letter to cat). What waits for each letter would take an hour for ten thousand: it is given fewer, as said."""

import os
import re
import resource
import subprocess
import tempfile
import time

from support import mailsets, tap
from support.proxy import Proxy
from support.servers.dovecot import Dovecot

COUNT, FEW, RTT = 10000, 500, 100


class Fetcher:
    name, program, count = None, None, COUNT
    version_arguments, needs = ("--version",), ()

    def version(self):
        done = subprocess.run([self.path()] + list(self.version_arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        words = re.search(r"\d+\.\d[\w.]*", done.stdout.decode(errors="replace"))
        return "%s %s" % (self.name, words.group() if words else "?")

    def path(self):
        return tap.need_program(self.program)

    def write(self, home, name, text):
        path = os.path.join(home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def maildir(self, home):
        for folder in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(home, "Mail", folder), exist_ok=True)
        return os.path.join(home, "Mail")

    def stored(self, home):
        return len(os.listdir(os.path.join(home, "Mail", "new")))

    def command(self, home):
        return [self.path()]


class Malle(Fetcher):
    name = "malle"

    def path(self):
        return tap.program()

    def set_up(self, home, server, port):
        self.write(home, ".config/malle/accounts", "[account bench]\nreceive = pop3+insecure://%s@127.0.0.1:%d\npassword = %s\naddress = me@example.org\n"
                   "pop-policy = leave\n" % (server.user, port, server.password))

    def command(self, home):
        return [self.path(), "sync"]

    def stored(self, home):
        return len(os.listdir(os.path.join(home, ".local", "share", "malle", "mail", "bench", "new")))


class Mpop(Fetcher):
    name, program = "mpop", "mpop"

    def set_up(self, home, server, port):
        self.write(home, ".mpoprc", "account default\nhost 127.0.0.1\nport %d\nuser %s\npassword %s\ntls off\nauth user\nkeep on\nreceived_header off\n"
                   "uidls_file %s/uidls\ndelivery maildir %s\n" % (port, server.user, server.password, home, self.maildir(home)))

    def command(self, home):
        return [self.path(), "-q", "-C", os.path.join(home, ".mpoprc")]


class Fetchmail(Fetcher):
    name, program, count = "fetchmail", "fetchmail", FEW

    def set_up(self, home, server, port):
        self.maildir(home)
        self.write(home, ".fetchmailrc", "poll 127.0.0.1 protocol pop3 port %d auth password uidl\n  user \"%s\" password \"%s\" sslproto '' keep\n"
                   "  mda \"cat > %s/Mail/new/$$\"\n" % (port, server.user, server.password, home))

    def command(self, home):
        return [self.path(), "-s", "-f", os.path.join(home, ".fetchmailrc"), "-i", os.path.join(home, "uids"), "--pidfile", os.path.join(home, "pid")]


class Getmail(Fetcher):
    name, program, count = "getmail6", "getmail", FEW

    def set_up(self, home, server, port):
        self.maildir(home)
        # Its own Maildir refuses to be root's.
        self.write(home, ".getmail/getmailrc", "[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = %d\nusername = %s\npassword = %s\n"
                   "[destination]\ntype = MDA_external\npath = /bin/sh\narguments = (\"-c\", \"cat > %s/Mail/new/$$\")\nallow_root_commands = true\n"
                   "[options]\nread_all = false\ndelete = false\nverbose = 0\n" % (port, server.user, server.password, home))

    def command(self, home):
        return [self.path(), "--getmaildir", os.path.join(home, ".getmail")]


FETCHERS = (Malle(), Mpop(), Fetchmail(), Getmail())


def run(fetcher, home, link):
    link.reset()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(fetcher.command(home), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env={"HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"})
    seconds, after, stats = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN), link.stats()
    assert done.returncode in (0, 1), done.stderr.decode(errors="replace")[-400:]     # fetchmail: 1 for nothing new
    return {"seconds": seconds, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "flights": stats["flights"] - stats["login"]["flights"], "down": stats["down"]}


def measure(fetcher, rtt=RTT):
    with Dovecot(home_source=mailsets.home(fetcher.count)) as server, Proxy(server.pop_port) as link, tempfile.TemporaryDirectory() as home:
        link.rtt(rtt)
        fetcher.set_up(home, server, link.port)
        result = {"count": fetcher.count, "version": fetcher.version(), "first": run(fetcher, home, link)}
        result["stored"] = fetcher.stored(home)
        result["again"] = run(fetcher, home, link)
        return result


def table(results):
    """Markdown: a row for each program."""
    lines = ["| | letters | the first time | CPU | a second time, nothing new |", "|---|---|---|---|---|"]
    for name, one in results.items():
        if "error" in one:
            lines.append("| %s | – | %s | | |" % (name, one["error"]))
            continue
        first, again = one["first"], one["again"]
        lines.append("| %s | {:,} | %.1f s, {:,} flights | %.1f s | %.1f s, {:,} flights |".format(one["count"], first["flights"], again["flights"])
                     % (one["version"], first["seconds"], first["cpu"], again["seconds"]))
    return "\n".join(lines) + "\n"


def section(results):
    return "\n## Letters by POP3, 100 ms away\n\nAll are kept on the server, and a Maildir here (fetchmail, getmail: each letter is handed to cat). What waits for each letter gets fewer of them.\n\n" + table(results)


if __name__ == "__main__":
    import sys
    chosen = sys.argv[1:]
    found = {}
    for each in FETCHERS:
        if not chosen or each.name in chosen:
            found[each.name] = measure(each)
            print(found[each.name], file=sys.stderr, flush=True)
    print(table(found))
