"""Each way in which a connection, a certificate, a login, a capability or a mailbox can be wrong: malle doctor names it, says it
in plain words with what to do, and exits with the code of its class."""

import contextlib
import json
import os
import re
import select
import socket
import ssl
import tempfile

from support import netns, tap
from support.bag import Bag
from support.certificates import Authority
from support.process import free_ports
from support.scripted_server import Bare, ScriptedServer

OK, MAILBOX, NAME, SERVICE, CONNECTION, ENCRYPTION, LOGIN, CONFIG = 0, 65, 68, 69, 75, 76, 77, 78
SECRET = "a-password-that-must-not-be-said"
seen = set()        # the causes that a test of this file has brought about


class Plain(Bare):
    """What a good server says to the doctor, to be bent in one place."""
    listed = ('* LIST () "/" INBOX', '* LIST (\\Trash) "/" Trash', '* LIST (\\Sent) "/" Sent', '* LIST (\\Drafts) "/" Drafts',
              '* LIST (\\Archive) "/" Archive')
    selected = ("* 0 EXISTS", r"* OK [PERMANENTFLAGS (\Seen \Deleted \*)] ok", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNEXT 1] ok")
    login = "OK in"
    greeting = None

    def __call__(self, link):
        if self.greeting is None:
            super().__call__(link)
        link.send(self.greeting)
        link.nothing_more()

    def on_login(self, link, tag, _):
        link.send("%s %s" % (tag, self.login))

    def on_list(self, link, tag, _):
        link.send(*self.listed, tag + " OK done")

    def on_select(self, link, tag, _):
        link.send(*self.selected, tag + " OK [READ-WRITE] selected")

    def on_starttls(self, link, tag, _):
        link.send(tag + " OK go")
        link.starttls()


def bent(**what):
    return type("Bent", (Plain,), what)()


def examine(bag, cause, code, *words, timeout=None):
    """The doctor's verdict, as JSON and in words; gives the JSON."""
    limits = ["--timeout", str(timeout)] if timeout else []
    result = bag.try_run("doctor", "--json", *limits)
    tap.equal(result.code, code, "%s\n%s%s" % (cause, result.out, result.err))
    found = json.loads(result.out)[0]
    tap.equal(found["ok"], code == OK)
    if cause:
        seen.add(cause)
        causes = [found["cause"]] + [finding["cause"] for finding in found["findings"]]
        assert cause in causes, "%s expected: %r" % (cause, causes)
    if found["error"]:
        tap.equal(found["cause"], cause)
    if timeout and code != OK:
        told = found["error"] + (found["advice"] or "")
    else:
        spoken = bag.try_run("doctor", *limits)
        tap.equal(spoken.code, code)
        told = re.sub(r"\s+", " ", spoken.out + spoken.err)
    for one in words:
        assert one in told, "%r is not in: %s" % (one, told)
    assert SECRET not in result.out + result.err + told
    return found


@contextlib.contextmanager
def account(script, security="imap+insecure", account="", host=None, port=None, name="test", **how):
    """A person whose server follows the script."""
    with ScriptedServer(script, **how) as server:
        server.user, server.password, server.tls_port = "test", SECRET, server.port
        with Bag(server, security=security, account=account, host=host, port=port, name=name) as bag:
            bag.scripted = server
            yield bag


@contextlib.contextmanager
def authority():
    with tempfile.TemporaryDirectory() as folder:
        yield Authority(folder)


def case(cause, code, *words, script=None, **how):
    with account(script or Plain(), **how) as bag:
        return examine(bag, cause, code, *words)


# --- all is well

def test_nothing_wrong():
    """where nothing is wrong nothing is found, and the code is 0"""
    found = case(None, OK)
    tap.equal((found["class"], found["cause"], found["findings"]), (None, None, []))


# --- names and connections

def test_names():
    """a name without an address: 68"""
    def unknown():
        netns.outside()
        with account(Plain(), host="imap.nowhere.test") as bag:
            examine(bag, "no-such-host", NAME, "imap.nowhere.test", "Check the host name")
    netns.apart(unknown)
    seen.add("no-such-host")


def test_no_name_server():
    """no name server answers: 75"""
    def alone():
        netns.outside()
        with Bag(Nobody(), security="imaps", host="imap.nowhere.test") as bag:
            examine(bag, "no-name-server", CONNECTION, "imap.nowhere.test")
    netns.apart(alone, dns=True)
    seen.add("no-name-server")


def test_no_network():
    """no network at all: 75, and not said to be a wrong name"""
    def alone():
        with Bag(Nobody(), security="imaps", host="imap.nowhere.test") as bag:
            examine(bag, "unreachable", CONNECTION, "This machine has no network")
    for dns in (False, True):
        netns.apart(alone, dns=dns)


class Nobody:
    """Nothing listens there."""
    user, password, port, tls_port, ca_file = "test", SECRET, 9, 9, None


def test_refused():
    """nothing listens on the port: 75, with the port named"""
    port = free_ports(1)[0]
    with Bag(Nobody(), port=port) as bag:
        examine(bag, "refused", CONNECTION, str(port), "nothing listens on that port")


def test_unreachable():
    """no way to the host: 75, and said to be the network's"""
    def alone():
        with Bag(Nobody(), host="192.0.2.7") as bag:
            examine(bag, "unreachable", CONNECTION, "There is no way to it from this network")
    netns.apart(alone)
    seen.add("unreachable")


def test_black_hole():
    """an address that swallows everything: 75 when the deadline of connecting is over"""
    def alone():
        netns.swallow("192.0.2.7")
        with Bag(Nobody(), host="192.0.2.7") as bag:
            found = examine(bag, "timed-out", CONNECTION, "did not accept the connection within 1 seconds", timeout=1)
            tap.equal(found["stage"], "connection")
    netns.apart(alone)
    seen.add("timed-out")


def test_ipv6():
    """an IPv6 server is reached by its address and by name"""
    with account(Plain(), host="[::1]", address="::1") as bag:
        found = examine(bag, None, OK)
        tap.equal((found["peer"], found["addresses"]), ("[::1]:%d" % bag.port, ["::1"]))


def test_dead_ipv6():
    """an IPv6 address that swallows everything does not keep anybody from the IPv4 one behind it"""
    def alone():
        netns.swallow("2001:db8::1")
        with account(Plain(), host="mail.test") as bag:
            found = examine(bag, None, OK)
            tap.equal(sorted(found["addresses"]), ["127.0.0.1", "2001:db8::1"])
            tap.equal(found["peer"], "127.0.0.1:%d" % bag.port)
    netns.apart(alone, hosts="2001:db8::1 mail.test\n127.0.0.1 mail.test")


def test_silence():
    """a server that takes the connection and says nothing: the deadline of the greeting, with its words"""
    with account(lambda link: link.hang()) as bag:
        found = examine(bag, "timed-out", CONNECTION, "waiting for", "greeting", timeout=1)
        tap.equal(found["stage"], "greeting")


def test_silent_handshake():
    """a server that never answers the TLS handshake: the deadline of the handshake"""
    with account(lambda link: link.hang(), security="imaps") as bag:
        examine(bag, "timed-out", CONNECTION, "TLS handshake within 1 seconds", timeout=1)


def test_silent_answer():
    """a server that stops answering in the middle: the deadline of an answer"""
    def fall_silent(self, link, tag, _):
        link.hang()
    with account(bent(on_login=fall_silent)) as bag:
        found = examine(bag, "timed-out", CONNECTION, "waiting for the server's answer", timeout=1)
        tap.equal(found["stage"], "login")


def test_drip():
    """a server that sends single drops is not taken for one that works"""
    def drip(link):
        for byte in b"* OK [CAPABILITY IMAP4rev1] " + b"x" * 400:
            link.raw(bytes([byte]))
            if link.server.stopping.wait(0.2):      # the drops are far apart, and nearer than the deadline of silence
                break
        link.hang()
    with account(drip) as bag:
        examine(bag, "timed-out", CONNECTION, "single drops", timeout=1)


def test_half_open():
    """the link goes down in the middle, and nobody says so"""
    def alone():
        def go_down(self, link, tag, _):
            netns.network("link", "set", "lo", "down")
            link.hang()
        with account(bent(on_login=go_down)) as bag:
            examine(bag, "timed-out", CONNECTION, "Nothing came from the server for 1 seconds", timeout=1)
    netns.apart(alone)


def test_proxy():
    """a proxy that is not there: 75; one whose address makes no sense: 78; both named, neither gone around"""
    port = free_ports(1)[0]
    with account(Plain(), account="proxy = socks5://127.0.0.1:%d" % port) as bag:
        examine(bag, "proxy", CONNECTION, "socks5://127.0.0.1:%d" % port)
        tap.equal(bag.scripted.links, [])
    with account(Plain(), account="proxy = http://user:%s@127.0.0.1:%d" % (SECRET, port)) as bag:
        examine(bag, "proxy", CONNECTION, "proxy")
    with account(Plain(), account="proxy = gopher://127.0.0.1:70") as bag:
        result = bag.try_run("doctor", "--json")
        tap.equal(result.code, CONFIG, result.out + result.err)
        tap.equal(bag.scripted.links, [])


def relay(link, port):
    """Both ways between the client and the server behind the proxy, until one of them ends."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.sendall(link.buffer)
        while True:
            for one in select.select([server, link.socket], [], [])[0]:
                data = one.recv(65536)
                if not data:
                    return
                (link.socket if one is server else server).sendall(data)


def http_proxy(port, asked):
    def script(link):
        asked.append(link.line())
        while link.line():
            pass
        link.raw(b"HTTP/1.1 200 go on\r\n\r\n")
        relay(link, port)
    return script


def socks_proxy(port, asked):
    """SOCKS5 (RFC 1928), without a password."""
    def script(link):
        link.octets(link.octets(2)[1])
        link.raw(b"\x05\x00")
        kind = link.octets(4)[3]
        name = link.octets(link.octets(1)[0] if kind == 3 else 4)
        asked.append("%s:%d" % (name.decode(errors="replace"), int.from_bytes(link.octets(2), "big")))
        link.raw(b"\x05\x00\x00\x01" + bytes(6))
        relay(link, port)
    return script


def test_proxies_work():
    """through HTTP CONNECT and SOCKS5, to a host that only the proxy knows: the name goes to the proxy and to nobody else"""
    for scheme, make in (("http", http_proxy), ("socks5", socks_proxy)):
        asked = []
        with ScriptedServer(Plain()) as server, ScriptedServer(make(server.port, asked)) as proxy:
            server.user, server.password = "test", SECRET
            with Bag(server, host="only-the-proxy-knows.test", account="proxy = %s://127.0.0.1:%d" % (scheme, proxy.port)) as bag:
                found = examine(bag, None, OK)
                tap.equal((found["peer"], found["addresses"]), ("127.0.0.1:%d" % proxy.port, []))
                bag.run("sync")
            assert len(asked) == 3 and all("only-the-proxy-knows.test:%d" % server.port in one for one in asked), asked


def refusing_proxy(answer):
    def script(link):
        link.line()
        link.raw(answer)
        link.hang()
    return script


def test_proxy_refuses():
    """a proxy that refuses: 75, in its words"""
    with ScriptedServer(refusing_proxy(b"HTTP/1.1 403 Not to that host\r\n\r\n")) as proxy:
        with account(Plain(), account="proxy = http://127.0.0.1:%d" % proxy.port) as bag:
            examine(bag, "proxy", CONNECTION, "The proxy did not connect")
            tap.equal(bag.scripted.links, [])


def test_cut():
    """a connection that ends at once, or is reset: 75"""
    for how in (lambda link: link.close(), lambda link: link.reset()):
        with account(how) as bag:
            examine(bag, "cut", CONNECTION)


def test_sent_away():
    """BYE as a greeting: 75, with the server's words"""
    case("sent-away", CONNECTION, "come back tomorrow", script=bent(greeting="* BYE come back tomorrow"))


# --- what answers is something else

def test_web_server():
    """a captive portal: HTTP on the port, in clear and in place of TLS: 69, and what to do about it"""
    page = b"HTTP/1.1 302 Found\r\nLocation: http://portal.test/\r\nConnection: close\r\n\r\n"

    def portal(link):
        link.raw(page)
        link.close()
    for security in ("imap+insecure", "imap", "imaps"):
        case("web-server", SERVICE, "web server", "Sign in to the network with a browser", script=portal, security=security)


def test_other_servers():
    """POP3, SMTP and SSH on the port are named"""
    for line, word in (("+OK ready", "POP3"), ("220 mx.test ESMTP", "SMTP"), ("SSH-2.0-OpenSSH_9.2", "SSH")):
        case("other-server", SERVICE, word, "993", script=bent(greeting=line))


def test_not_imap():
    """garbage: 69"""
    case("not-imap", SERVICE, script=bent(greeting="hello, this is the coffee machine"))


def test_too_much():
    """a greeting without end is left before it fills the memory: 69"""
    def flood(link):
        while True:
            link.raw(b"* OK " + b"x" * 1000000)
    with account(flood) as bag:
        result = bag.try_run("doctor", "--json")
        tap.equal((result.code, json.loads(result.out)[0]["cause"]), (SERVICE, "too-much"))
    seen.add("too-much")


def test_no_tls():
    """imaps:// to a port that begins in clear: 69, and to write imap://"""
    case("no-tls", SERVICE, "imap://", security="imaps")


def test_tls_expected():
    """imap:// to a port that begins with TLS: both would wait; asked, it is told for certain"""
    with authority() as one:
        with account(Plain(), security="imap", certificate=one.server(), tls=True) as bag:
            result = examine(bag, "tls-expected", SERVICE, "from the first byte", "imaps://", timeout=2)
            tap.equal(result["stage"], "greeting")
            assert all(not link.heard for link in bag.scripted.links)


def test_no_imap4():
    """a server of neither IMAP4rev1 nor rev2: 69"""
    case("no-imap4", SERVICE, "IMAP4rev1", script=bent(capability="IMAP2bis"))


def no(words):
    def answer(self, link, tag, _):
        link.send("%s NO %s" % (tag, words))
    return answer


def test_commands_refused():
    """CAPABILITY and NOOP are refused: 69, with the server's words"""
    def no_capability(self, link):
        link.send("* OK hello")
        tag = link.command("CAPABILITY")
        link.send(tag + " NO not for you")
        link.nothing_more()
    case("no-capabilities", SERVICE, "not for you", script=bent(__call__=no_capability))
    case("command-refused", SERVICE, "no rest", script=bent(on_noop=no("no rest")))


def test_lacking_extensions():
    """what a server lacks is listed with what it costs, and is no fault: 0"""
    with account(Plain()) as bag:
        told = bag.run("doctor")
        for name, cost in (("no IDLE", "only when"), ("no UIDPLUS", "found by searching"), ("no MOVE", "copying and deleting"),
                           ("no COMPRESS=DEFLATE", "uncompressed"), ("no CONDSTORE", "flags of all messages"), ("no SPECIAL-USE", "guessed")):
            assert name in told and cost in told, (name, told)


# --- encryption

def test_certificates():
    """a certificate for another name, expired, not valid yet, self-signed, of an unknown authority: 76, each by its name"""
    with authority() as one:
        ours = {"security": "imaps", "tls": True, "account": "ca-file = " + one.certificate}
        for cause, words, how in (
                ("certificate-wrong-name", "it is not for localhost", {"alternatives": "DNS:elsewhere.test"}),
                ("certificate-wrong-name", "it is not for localhost", {"alternatives": None}),      # a CN is no name
                ("certificate-expired", "has expired", {"days": "-1"}),
                ("certificate-not-yet-valid", "clock", {"begins": "20991231"}),
                ("certificate-self-signed", "self-signed", {"signed": False})):
            found = case(cause, ENCRYPTION, words, certificate=one.server(cause, **how), **ours)
            assert found["certificate"]["sha256"] and found["certificate"]["problem"], found
        case("certificate-expired", ENCRYPTION, "This machine's clock says", certificate=one.server("again", days="-1"), **ours)
        case("certificate-unknown-issuer", ENCRYPTION, "ca-file", certificate=one.server("other"), security="imaps", tls=True)


def test_pin_changed():
    """another certificate than the pinned one: 76, though the system would trust it"""
    with authority() as one:
        with account(Plain(), security="imaps", certificate=one.server(), tls=True, account="ca-file = " + one.certificate) as bag:
            examine(bag, None, OK)
            folder = os.path.join(bag.home, ".local", "state", "malle")
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "pins"), "w") as file:
                file.write("test localhost %d %s\n" % (bag.port, "ab" * 32))
            examine(bag, "pin-changed", ENCRYPTION, "not the one that was pinned")


def test_old_tls():
    """a server of TLS 1.1 and older: 76, and no way around it"""
    with authority() as one:
        versions = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
        case("old-tls", ENCRYPTION, "TLS 1.2", certificate=one.server(), tls=True, versions=versions, security="imaps")


def test_broken_tls():
    """a handshake that fails for another reason: 76"""
    def alert(link):
        link._more()
        link.raw(b"\x15\x03\x03\x00\x02\x02\x28")      # fatal, handshake_failure
        link.hang()
    case("tls", ENCRYPTION, "could not be set up", script=alert, security="imaps")


def test_starttls():
    """STARTTLS that is missing, refused, or followed by bytes in clear; PREAUTH before it: 76, and no password said"""
    with authority() as one:
        def tail(self, link, tag, _):
            link.send(tag + " OK go", "* OK [ALERT] pay here", "a9 OK in")
            link.hang()
        for cause, script in (("starttls-missing", bent()), ("starttls-refused", bent(capability="IMAP4rev1 STARTTLS", on_starttls=no("never"))),
                              ("starttls-injected", bent(capability="IMAP4rev1 STARTTLS", on_starttls=tail)),
                              ("preauth", bent(greeting="* PREAUTH welcome"))):
            with account(script, security="imap", certificate=one.server(), account="ca-file = " + one.certificate) as bag:
                found = examine(bag, cause, ENCRYPTION)
                assert "pay here" not in json.dumps(found)
                heard = [line for link in bag.scripted.links for line in link.heard]
                assert not any(SECRET.encode() in line or b"LOGIN" in line.upper() for line in heard), heard

        def no_tls(self, link, tag, _):
            link.send(tag + " OK go")
            link._more()
            link.raw(b"getpwnam: Success\n")      # what Courier's side says when it cannot
            link.hang()
        case("tls", ENCRYPTION, "agreed to begin TLS", script=bent(capability="IMAP4rev1 STARTTLS", on_starttls=no_tls), security="imap")
        case(None, OK, script=bent(capability="IMAP4rev1 STARTTLS"), security="imap", certificate=one.server("good"),
             account="ca-file = " + one.certificate)


# --- logging in

def test_logins_refused():
    """each response code of a refused login by its meaning: 77, with the server's words and what to do"""
    for cause, answer, words in (
            ("wrong-credentials", "NO [AUTHENTICATIONFAILED] who are you", "app password"),
            ("not-authorized", "NO [AUTHORIZATIONFAILED] not as them", "may not use this mailbox by IMAP"),
            ("credentials-expired", "NO [EXPIRED] too old", "set a new one"),
            ("privacy-required", "NO [PRIVACYREQUIRED] not in clear", "encrypted connection"),
            ("contact-admin", "NO [CONTACTADMIN] see us", "only its operator can help"),
            ("login-refused", "NO no", "Check user name and password"),
            ("login-refused", "BAD what", "Check user name and password")):
        found = case(cause, LOGIN, words, answer.rpartition("] ")[2].split(" ", 1)[-1], script=bent(login=answer))
        tap.equal((found["class"], found["stage"]), ("login", "login"))


def test_busy():
    """a server that cannot log anybody in now says nothing about the password: 75"""
    for code in ("UNAVAILABLE", "INUSE", "LIMIT", "THROTTLED"):
        case("busy", CONNECTION, "Nothing is wrong with your password", script=bent(login="NO [%s] not now" % code))


def test_no_way_to_log_in():
    """no mechanism in common, and LOGINDISABLED: 77, and what the server offers"""
    case("login-disabled", LOGIN, "LOGINDISABLED", script=bent(capability="IMAP4rev1 LOGINDISABLED"))
    found = case("no-mechanism", LOGIN, "ways to log in", script=bent(capability="IMAP4rev1 LOGINDISABLED AUTH=GSSAPI-OF-TOMORROW"))
    tap.equal(found["mechanisms"], "GSSAPI-OF-TOMORROW")


def test_mechanism_fails():
    """a server that says yes without having proved that it knows the password: 77, and nothing more is said to it"""
    def impostor(self, link, tag, _):
        link.send(tag + " OK believe me")
    case("mechanism", LOGIN, script=bent(capability="IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR", on_authenticate=impostor))


def test_what_the_account_lacks():
    """no user, no password, a password command that fails, files that are not there: 78"""
    with account(Plain()) as bag:
        with open(bag.accounts_file) as file:
            text = file.read()

        def with_account(cause, code, changed, *words):
            with open(bag.accounts_file, "w") as file:
                file.write(changed)
            return examine(bag, cause, code, *words)
        with_account("no-user", CONFIG, text.replace("test@127", "127"), "USER@HOST")
        with_account("no-password", CONFIG, text.replace("password = " + SECRET, ""), "password-command")
        with_account("no-password", CONFIG, text.replace("password = " + SECRET, "password-command = exit 3"), "the command failed")
        with_account("no-password", CONFIG, text.replace("password = " + SECRET, "password-command = true"), "no password was given")
        with_account("no-token", CONFIG, text.replace("password = " + SECRET, "token-command = exit 3"), "the command failed", "token-command")
        with open(bag.accounts_file, "w") as file:
            file.write(text.replace("password = " + SECRET, "password-command = sleep 1000"))
        hung = bag.try_run("doctor", "--timeout", "1")
        assert hung.code == CONFIG and "it took too long and was ended" in hung.out, hung
    for key, cause in (("ca-file", "ca-file"), ("client-certificate", "client-certificate")):
        case(cause, CONFIG, key, security="imaps", account="%s = /nowhere/at-all.pem" % key)


# --- mailboxes

def test_inbox():
    """no INBOX, one that cannot be opened or only be read, one whose numbers do not last: 65"""
    case("no-inbox", MAILBOX, "not here", script=bent(on_select=no("[NONEXISTENT] not here")))
    case("inbox-refused", MAILBOX, "broken index", script=bent(on_select=no("[SERVERBUG] broken index")))
    case("inbox-refused", MAILBOX, "can hold no messages", script=bent(listed=('* LIST (\\Noselect) "/" INBOX',)))
    case("list-refused", MAILBOX, "no list today", script=bent(on_list=no("no list today")))

    def read_only(self, link, tag, _):
        link.send(*self.selected, tag + " OK [READ-ONLY] selected")
    found = case("inbox-read-only", MAILBOX, "INBOX can only be read", script=bent(on_select=read_only))
    tap.equal((found["stage"], found["class"], found["error"]), ("done", "mailbox", None))
    case("uids-not-kept", MAILBOX, "fetched anew", script=bent(selected=("* 0 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNOTSTICKY] ok")))
    case("uids-not-kept", MAILBOX, "fetched anew", script=bent(selected=("* 0 EXISTS",)))
    case("busy", CONNECTION, script=bent(on_select=no("[INUSE] locked")))


def test_configured_mailboxes():
    """mailboxes that the accounts file names: missing, with what was meant, or without messages: 78"""
    for key in ("trash", "sent", "drafts", "archive"):
        case("mailbox-missing", CONFIG, "%s = Corbeile" % key, "Corbeille",
             script=bent(listed=Plain.listed + ('* LIST () "/" Corbeille',)), account=key + " = Corbeile")
        case("mailbox-holds-none", CONFIG, "no messages", script=bent(listed=Plain.listed + ('* LIST (\\Noselect) "/" Box',)),
             account=key + " = Box")
        case(None, OK, account=key + " = Archive")


def test_notes():
    """roles that nobody has, no keywords, a flat or a contradictory tree: said, and no fault: 0"""
    inbox = ('* LIST () "/" INBOX',)
    found = case("role-missing", OK, "trash", "drafts", script=bent(listed=inbox))
    tap.equal(len([one for one in found["findings"] if one["cause"] == "role-missing"]), 4)
    case("no-new-keywords", OK, "keywords", script=bent(selected=(r"* OK [PERMANENTFLAGS (\Seen)] ok", "* OK [UIDVALIDITY 7] ok")))
    case("no-levels", OK, "one another", script=bent(listed=("* LIST () NIL INBOX", "* LIST (\\Trash) NIL Trash")))

    def namespace(prefix, delimiter):
        def answer(self, link, tag, _):
            link.send('* NAMESPACE (("%s" "%s")) NIL NIL' % (prefix, delimiter), tag + " OK done")
        return answer
    case("below-inbox", OK, "INBOX.", script=bent(capability="IMAP4rev1 NAMESPACE", on_namespace=namespace("INBOX.", ".")))
    case("delimiters-differ", OK, "contradicts itself", script=bent(capability="IMAP4rev1 NAMESPACE", on_namespace=namespace("", ".")))
    many = tuple('* LIST () "/" "list/%d"' % number for number in range(2000))
    case("many-mailboxes", OK, "2005 mailboxes", script=bent(listed=Plain.listed + many))


def test_alert():
    """what the server's operator has to say is shown, without its escape sequences"""
    found = case("alert", OK, "down at noon", script=bent(login="OK [ALERT] down at noon\x1b]0;PWNED\x07"))
    tap.equal(found["findings"][0]["cause"], "alert")


# --- all of them

def test_every_cause():
    """every cause that the program knows was brought about here"""
    with open(os.path.join(tap.source_dir(), "src", "engine", "probe_cause.h")) as file:
        known = set(re.findall(r'X\(\w+, "([a-z0-9-]+)"', file.read()))
    elsewhere = {
        "certificate": "what OpenSSL may find beyond the usual; tests/net/test-tls.c",
        "certificate-revoked": "needs a revocation list, which no account can name",
        "not-connected": "what the kernel may say beyond refused and unreachable",
        "proxy-address": "the accounts file is refused before",
        "not-pop": "of POP3, as the next two; tests/interop/test_doctor_pop.py",
        "login-delay": "as above",
        "expires": "as above",
        "not-submission": "of the submission server; tests/interop/test_doctor_send.py",
    }
    assert len(known) > 50
    tap.equal(sorted(known - seen - set(elsewhere)), [])


def test_timeout_option():
    """--timeout wants a number of seconds"""
    with account(Plain()) as bag:
        for wrong in ([], ["0"], ["x"], ["-1"], ["1e3"], ["99999"]):
            tap.equal(bag.try_run("doctor", "--timeout", *wrong).code, 64)


if __name__ == "__main__":
    tap.main()
