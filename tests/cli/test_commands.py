"""The commands without a screen, on real servers: what they say, what they leave on the server, and their exit codes."""

import json
import os
import subprocess
import tempfile

from support import tap
from support.certificates import Authority
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils

PROGRAM = os.environ["MALLE_PROGRAM"]


class Home:
    """A person's files, and the program run on them."""

    def __init__(self, accounts=None, mode=0o600):
        self.folder = tap.keep(tempfile.TemporaryDirectory(prefix="malle-cli-"))
        self.environment = dict(os.environ, HOME=self.folder, LC_ALL="C.UTF-8", LANGUAGE="", TZ="UTC")
        for variable in ("CONFIG", "STATE", "DATA", "CACHE"):
            self.environment["XDG_%s_HOME" % variable] = os.path.join(self.folder, variable.lower())
        self.environment.pop("XDG_RUNTIME_DIR", None)
        if accounts is not None:
            self.write("accounts", accounts, mode)

    def write(self, name, text, mode=0o600):
        folder = os.path.join(self.folder, "config", "malle")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def run(self, *arguments):
        # A session of its own: no terminal, so a question cannot be put to whoever runs the tests.
        return subprocess.run([PROGRAM, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)

    def start(self, *arguments):
        return subprocess.Popen([PROGRAM, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)

    def until_locked(self, process):
        """Waits until the process holds a lock on a file beside the store, as the kernel sees it."""
        while True:
            assert process.poll() is None, process.communicate()
            with open("/proc/locks", encoding="utf-8") as file:
                held = [line.split() for line in file]
            if any(lock[1:5] == ["FLOCK", "ADVISORY", "WRITE", str(process.pid)] for lock in held):
                return

    def expect(self, code, *arguments):
        result = self.run(*arguments)
        assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
        return result


def account(server, name="home", scheme="imaps", port=None, password=None, more=""):
    user = server.user.replace("@", "%40")
    if port is None:
        port = server.tls_port if scheme == "imaps" else server.port
    secured = "" if scheme.endswith("+insecure") else "ca-file = %s\n" % server.ca_file
    return "[account %s]\nreceive = %s://%s@localhost:%d\npassword = %s\n%s%s" % (
        name, scheme, user, port, server.password if password is None else password, secured, more)


def letter(number, sender="Alice"):
    return ("From: %s <%s@example.org>\r\nSubject: letter %d\r\nMessage-ID: <%d@test>\r\nDate: Mon, 02 Nov 2026 10:00:%02d +0000\r\n"
            "\r\ntext\r\n" % (sender, sender.lower(), number, number, number)).encode()


def test_use():
    """a wrong command line is told with what was meant, and is 64"""
    home = Home()
    for arguments, words in ((["docter"], "did you mean “doctor”?"), (["--ofline"], "did you mean “--offline”?"),
                             (["-a"], "needs something behind it"), (["doctor", "a", "b"], "malle doctor"),
                             (["journal", "retry"], "malle journal"), (["search"], "malle search"), (["do"], "malle do")):
        assert words in home.expect(64, *arguments).stderr, arguments
    assert home.expect(0, "--version").stdout.startswith("malle ")
    usage = home.expect(0, "--help").stdout
    for command in ("doctor", "sync", "search", "do", "journal"):
        assert "\n  %s " % command in usage, command


def test_configuration():
    """what is wrong in the accounts file is told with file and line, and is 78"""
    home = Home()
    assert "no such file" in home.expect(78, "doctor").stderr
    home.write("accounts", "[account x]\nrecieve = imaps://a@h\n")
    stderr = home.expect(78, "doctor").stderr
    assert "accounts:2: an account has no “recieve”; did you mean “receive”?" in stderr, stderr
    home.write("accounts", "[account x]\nreceive = imaps://a@h\npassword = s\n", 0o644)
    stderr = home.expect(78, "sync").stderr
    assert "chmod 600" in stderr, stderr
    home.write("accounts", "[account x]\nreceive = imaps://a@h\n")
    assert "there is no account “y”" in home.expect(78, "doctor", "y").stderr


def test_doctor():
    """doctor tells every step of TLS and of STARTTLS, in words and as JSON"""
    with Dovecot() as server:
        home = Home(account(server, "tls") + account(server, "start", "imap") + account(server, "clear", "imap+insecure"))
        told = home.expect(0, "doctor", "tls").stdout
        for words in ("addresses", "answers (", "TLSv1.3", "valid until", "issued by CN=", "SHA-256", "as test, by SCRAM-SHA-256",
                      "extensions that Malle uses", "no UTF8=ACCEPT", "the best of three", "levels separated by “/”", "Trash"):
            assert words in told, (words, told)
        assert "NONE" in home.expect(0, "doctor", "clear").stdout
        found = json.loads(home.expect(0, "doctor", "--json").stdout)
        tap.equal([(one["account"], one["ok"], one["stage"]) for one in found],
                  [("tls", True, "done"), ("start", True, "done"), ("clear", True, "done")])
        tap.equal([one["encrypted"] for one in found], [True, True, False])
        assert found[1]["certificate"]["sha256"] == found[0]["certificate"]["sha256"]
        assert found[0]["extensions"]["IDLE"] and len(found[0]["round_trip_us"]) == 3
        tap.equal({one["name"]: one["role"] for one in found[0]["mailboxes"]},
                  {"INBOX": "inbox", "Drafts": "drafts", "Sent": "sent", "Trash": "trash", "Junk": "junk", "Archive": "archive"})


def test_doctor_on_a_bare_server():
    """doctor works on a server with almost no extension, and says what each costs"""
    with Mailutils() as server:
        home = Home(account(server, scheme="imap+insecure"))
        told = home.expect(0, "doctor").stdout
        for words in ("by LOGIN", "no MOVE", "moving is copying and deleting", "no UIDPLUS", "INBOX"):
            assert words in told, (words, told)


def test_doctor_refuses():
    """doctor's exit codes tell a refused login, certificate and connection apart"""
    with Dovecot() as server:
        home = Home(account(server, "wrong", password="wrong"))
        assert "the server refuses the login" in home.expect(77, "doctor").stdout

        other = Authority(server.path("other"), "Somebody else")
        home = Home(account(server, "stranger").replace(server.ca_file, other.certificate))
        told = home.expect(76, "doctor").stdout
        assert "is not trusted" in told and "SHA-256" in told, told

        home = Home(account(server, "plain", scheme="imaps", port=server.port))
        home.expect(69, "doctor")
        port = server.port
    home = Home("[account gone]\nreceive = imap+insecure://a@127.0.0.1:%d\npassword = b\n" % port)
    assert "cannot be reached" in home.expect(75, "doctor").stdout


def test_day():
    """sync, search, do and journal: what is decided offline reaches the server, and nothing else changes there"""
    with Dovecot() as server:
        client = server.client()
        for number in range(12):
            tap.equal(client.append("INBOX", "" if number % 3 == 0 else "\\Seen", None, letter(number, "Alice" if number < 6 else "Bob"))[0], "OK")
        home = Home(account(server))
        log = os.path.join(home.folder, "wire")
        assert "home  INBOX  12 messages, 4 unread\n" in home.expect(0, "--wire-log", log, "sync").stdout
        with open(log, encoding="utf-8") as file:
            costs = [json.loads(line) for line in file]
        tap.equal({tuple(one) for one in costs}, {("account", "action", "flights", "up", "down", "wait_ms", "rows")})
        assert all(isinstance(one[key], int) and one[key] >= 0 for one in costs for key in list(one)[2:]), costs
        tap.equal({one["account"] for one in costs}, {"home"})
        assert sum(one["flights"] for one in costs) >= 2 and sum(one["rows"] for one in costs) >= 12, costs
        assert sum(one["up"] for one in costs) > 100 and sum(one["down"] for one in costs) > 12 * 100, costs
        tap.equal(os.stat(log).st_mode & 0o077, 0)
        with open(os.path.join(home.folder, "state", "malle", "log"), encoding="utf-8") as file:
            said = file.read()
        assert "account home: online" in said and server.password not in said, said
        assert "reached the servers" in home.expect(0, "journal").stdout

        found = home.expect(0, "search", "from:alice", "is:unread").stdout.splitlines()
        tap.equal([line.split("letter ")[1] for line in found], ["3  [home/INBOX]", "0  [home/INBOX]"])
        found = json.loads(home.expect(0, "search", "--json", "--in", "INBOX", '~s "letter 1$"').stdout)
        tap.equal([(one["subject"], one["seen"], one["flagged"], one["message_id"] != "") for one in found], [("letter 1", True, False, True)])
        result = home.expect(0, "search", "--here", "body:nowhere")
        tap.equal(result.stdout, "")
        assert "12 messages were not searched whole" in result.stderr, result.stderr
        assert "^" in home.expect(64, "search", "~d <<").stderr
        home.expect(65, "search", "--in", "Nowhere", "~A")

        home.expect(0, "do", "change-mailbox INBOX", "tag-pattern from:bob", "move-message Archive")
        tap.equal(client.select("INBOX"), ("OK", [b"6"]))
        tap.equal(client.select("Archive"), ("OK", [b"6"]))

        home.expect(0, "do", "--offline", "change-mailbox INBOX", "tag-pattern is:unread", "set-flag flagged", "delete-message")
        tap.equal(client.select("INBOX"), ("OK", [b"6"]))
        waiting = json.loads(home.expect(0, "journal", "--json").stdout)
        tap.equal([(one["kind"], one["state"], one["mailbox"]) for one in waiting],
                  [("delete", "pending", "INBOX"), ("flags", "pending", "INBOX")])

        # One is taken back, the other is sent.
        assert "was taken back" in home.expect(0, "journal", "cancel", str(waiting[0]["id"])).stdout
        home.expect(0, "sync")
        assert "reached the servers" in home.expect(0, "journal").stdout
        tap.equal(client.select("INBOX"), ("OK", [b"6"]))
        tap.equal(client.search(None, "FLAGGED")[1][0].split(), [b"1", b"4"])
        tap.equal(client.select("Trash"), ("OK", [b"0"]))

        # A slip ends the run before what stands behind it.
        home.expect(64, "do", "chang-mailbox INBOX", "tag-pattern ~A", "delete-message")
        home.expect(65, "do", "change-mailbox INBX", "tag-pattern ~A", "delete-message")
        home.expect(65, "do", "delete-message")
        tap.equal(client.select("INBOX"), ("OK", [b"6"]))
        home.expect(65, "sync", "Nowhere")


def test_sync_keeps():
    """sync fetches what the accounts file says is kept, sends what was decided, and says both in words and as JSON"""
    with Dovecot() as server:
        client = server.client()
        for number in range(7):
            client.append("INBOX", "", None, letter(number))
            client.append("Archive", "", None, letter(number + 100))
        home = Home(account(server) + "offline INBOX = everything\noffline Archive = nothing\n")
        first = home.expect(0, "sync").stdout
        assert "home  INBOX  7 messages, 7 unread\n" in first and "home: 7 messages fetched for offline use\n" in first, first
        assert "Archive" not in first, first
        home.expect(0, "do", "--offline", "change-mailbox INBOX", "tag-pattern ~A", "set-flag read")
        said = json.loads(home.expect(0, "sync", "--json").stdout)
        tap.equal(said[0]["ok"], True)
        tap.equal((said[0]["fetched"], said[0]["sent"], said[0]["unfinished"]), (0, 1, 0))
        tap.equal([(one["messages"], one["unread"], one["offline"]) for one in said[0]["mailboxes"] if one["mailbox"] == "INBOX"],
                  [(7, 0, "everything")])
        # Without a network every text is here, and the other mailbox, asked for by name, comes as well.
        tap.equal(home.expect(0, "sync", "--account", "home", "--mailbox", "Archive").stdout, "home  Archive  7 messages, 7 unread\n")
        assert "letter 103" in home.expect(0, "search", "--in", "Archive", "~A").stdout
        home.expect(64, "sync", "--mailbox")
        home.expect(78, "sync", "--account", "nobody")
        server.kill()
        said = json.loads(home.expect(75, "sync", "--json").stdout)
        tap.equal(said[0]["ok"], False)
        assert said[0]["error"], said


def test_unreachable():
    """without the server decisions are kept, and the code says that it may work later"""
    with Dovecot() as server:
        client = server.client()
        client.append("INBOX", "", None, letter(1))
        home = Home(account(server))
        home.expect(0, "sync")
        server.kill()
        home.expect(75, "sync")
        assert "is kept" in home.expect(75, "do", "change-mailbox INBOX", "tag-pattern ~A", "set-flag read").stderr
        assert "waits for the connection" in home.expect(0, "journal").stdout
        server.start()
        home.expect(0, "sync")
        client = server.client()
        client.select("INBOX")
        tap.equal(client.search(None, "SEEN")[1], [b"1"])


def test_beside_a_running_malle():
    """while another Malle writes the store, reading works and writing says to try later"""
    with Dovecot() as server:
        server.client().append("INBOX", "", None, letter(1))
        home = Home(account(server))
        home.expect(0, "sync")
        server.freeze()
        running = home.start("sync")
        # It holds the store from before it has connected until it ends, and the server is frozen.
        home.until_locked(running)
        assert "letter 1" in home.expect(0, "search", "~A").stdout
        home.expect(0, "journal")
        assert "Another Malle" in home.expect(75, "sync").stderr
        running.kill()
        running.communicate()
        server.thaw()
        home.expect(0, "sync")


def test_no_terminal():
    """without a password and without a terminal a command ends with a code, and does not hang"""
    with Dovecot() as server:
        home = Home(account(server).replace("password = %s\n" % server.password, ""))
        assert "password-command" in home.expect(77, "sync").stderr
        home.write("accounts", account(server).replace("password = ", "password-command = echo "))
        home.expect(0, "sync")
        home.write("accounts", account(server).replace("password = %s" % server.password, "password-command = echo no >&2; exit 3"))
        assert "no" in home.expect(77, "sync").stderr


def test_local_mail():
    """reading a Maildir changes nothing in it, deciding does; a POP3 server that cannot be reached harms no other account"""
    home = Home()
    maildir = os.path.join(home.folder, "Maildir")
    for folder in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(maildir, folder))
    with open(os.path.join(maildir, "new", "1.x.y"), "wb") as file:
        file.write(letter(7))
    home.write("accounts", "[account here]\nreceive = maildir://%s\n[account pop]\nreceive = pop3s://a@127.0.0.1\npassword = x\n" % maildir)
    home.expect(0, "doctor", "here")
    result = home.expect(75, "sync")
    assert "here  INBOX  1 message" in result.stdout and "cannot be reached" in result.stderr, (result.stdout, result.stderr)
    assert "letter 7" in home.expect(0, "search", "~A").stdout
    tap.equal(os.listdir(os.path.join(maildir, "new")), ["1.x.y"])
    home.expect(0, "-a", "here", "do", "change-mailbox INBOX", "tag-pattern ~A", "set-flag flagged")
    tap.equal(os.listdir(os.path.join(maildir, "cur")), ["1.x.y:2,F"])
    home.expect(0, "-a", "here", "do", "change-mailbox INBOX", "tag-pattern ~A", "delete-message")
    tap.equal(os.listdir(os.path.join(maildir, "cur")), [])


def test_demo():
    """the demonstration can be searched without a network"""
    home = Home()
    assert "INBOX" in home.expect(0, "--demo", "sync").stdout
    assert len(home.expect(0, "--demo", "search", "~A").stdout.splitlines()) > 100
    found = home.expect(0, "--demo", "search", "trunk", "in:sent").stdout.splitlines()
    assert len(found) > 1 and all("[demo/Sent]" in line for line in found), found
    one = home.expect(0, "--demo", "search", 'body:"the trunk"', "in:sent", "from:camille").stdout.splitlines()
    tap.equal(len(one), 1)
    tap.equal(home.expect(0, "--demo", "search", "runk").stdout, "")


if __name__ == "__main__":
    tap.main()
