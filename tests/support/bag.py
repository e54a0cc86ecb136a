"""A person with Malle: a home of their own, an accounts file, the program as command and as screen.

    with Bag(server) as bag:
        bag.run("sync")                     # a headless command that has to succeed; gives what it printed
        bag.do("flag", "tag-pattern ~A")    # malle do: commands of the screen without a screen
        with bag.screen() as screen: ...

server is a Dovecot, a Mailutils, or anything with port, user and password; port= puts a proxy between.
"""

import collections
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile

from support import tap
from support.screen import Screen

Result = collections.namedtuple("Result", "code out err")
QUOTED = {"@": "%40"}


class Bag:
    def __init__(self, server=None, port=None, security="imap+insecure", account="", options="", name="test",
                 password="password", host=None):
        """security: the URL's scheme; account: further lines of the account; options: the config file.
        password: "password" writes it into the file, "command" has a command print it, None leaves it out.
        host: where the account says the server is, as in a URL ("[::1]"), if not localhost."""
        self.server, self.security, self.more, self.options, self.name = server, security, account, options, name
        self.how, self.host = password, host
        if server is not None:
            self.port = port or (server.tls_port if security == "imaps" else server.port)

    def __enter__(self):
        tap.need(os.access(tap.program(), os.X_OK), tap.program() + " is not built")
        self.home = tempfile.mkdtemp(prefix="malle-bag-")
        self.config = os.path.join(self.home, ".config", "malle")
        os.makedirs(self.config)
        os.mkdir(os.path.join(self.home, ".run"), 0o700)
        if self.server is not None:
            self.write_accounts()
        if self.options:
            with open(os.path.join(self.config, "config"), "w") as file:
                file.write(self.options)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home, ignore_errors=True)

    def write_accounts(self, password=None):
        password = password or self.server.password
        host = self.host or ("localhost" if self.security != "imap+insecure" else "127.0.0.1")
        lines = ["[account %s]" % self.name, "receive = %s://%s@%s:%d" %
                 (self.security, self.server.user.replace("@", "%40"), host, self.port), "address = test@example.org"]
        if self.how == "password":
            lines.append("password = " + password)
        elif self.how == "command":
            lines.append("password-command = printf %s" % password)
        if self.security != "imap+insecure" and getattr(self.server, "ca_file", None):
            lines.append("ca-file = " + self.server.ca_file)
        self.accounts_file = os.path.join(self.config, "accounts")
        descriptor = os.open(self.accounts_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n" + self.more + "\n")

    def environment(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "XDG_"))}
        environment.update({"HOME": self.home, "XDG_CONFIG_HOME": self.home + "/.config",
                            "XDG_DATA_HOME": self.home + "/.local/share", "XDG_STATE_HOME": self.home + "/.local/state",
                            "XDG_CACHE_HOME": self.home + "/.cache", "XDG_RUNTIME_DIR": self.home + "/.run",
                            "LC_ALL": "C.UTF-8"})
        return environment

    def start(self, *arguments, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen([tap.program()] + list(arguments), env=self.environment(), cwd=self.home,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def try_run(self, *arguments, input=None):
        """Result(code, out, err) of a command, whatever comes of it. input: octets on its standard input."""
        process = self.start(*arguments, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE)
        out, err = process.communicate(input)
        result = Result(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))
        if "AddressSanitizer" in result.err or "LeakSanitizer" in result.err or "runtime error:" in result.err:
            raise AssertionError("malle %s:\n%s" % (" ".join(arguments), result.err))
        return result

    def run(self, *arguments, input=None):
        result = self.try_run(*arguments, input=input)
        assert result.code == 0, "malle %s ended with %d:\n%s%s" % (" ".join(arguments), *result)
        return result.out

    def json(self, *arguments):
        return json.loads(self.run(*arguments))

    def do(self, *commands):
        return self.run("do", *commands)

    def screen(self, *arguments, **options):
        return Screen([tap.program()] + list(arguments), home=self.home, cwd=self.home, **options)

    def store_path(self):
        found = []
        for folder, _, names in os.walk(self.home):
            found += [os.path.join(folder, name) for name in names if name.endswith((".db", ".sqlite", ".sqlite3", ".store"))]
        assert len(found) == 1, "one store expected: %r" % found
        return found[0]

    def query(self, sql, *parameters):
        """Reads the store, as anybody with sqlite3 might."""
        with sqlite3.connect("file:%s?mode=ro" % self.store_path(), uri=True) as link:
            return link.execute(sql, parameters).fetchall()
