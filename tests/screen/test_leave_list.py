"""Leaving a mailing list: by one HTTPS request (RFC 8058) or by a letter, never without the person's word."""

import http.server
import re
import ssl
import tempfile
import threading

from support import certificates, tap
from support.bag import Bag
from support.servers.dovecot import Dovecot

LETTER = """From: News <news@lists.example>
To: test@example.org
Subject: This week
Message-ID: <week@lists.example>
Date: Tue, 3 Mar 2026 14:32:00 +0000
{fields}
Nothing happened.
"""


class Website:
    """A real HTTPS server that notes what is asked of it."""

    def __init__(self, status=200, location=None, host="localhost"):
        site = self
        self.requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.requests.append((self.command, self.path, dict(self.headers), body))
                self.send_response(status)
                if location:
                    self.send_header("Location", location(site))
                self.end_headers()

            def do_GET(self):
                site.requests.append((self.command, self.path, dict(self.headers), b""))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        authority = certificates.Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-web-")))
        self.ca_file = authority.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.server(alternatives="DNS:" + host))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path="/leave?who=17"):
        return "https://localhost:%d%s" % (self.port, path)


class Desk:
    def __init__(self, fields, site=None):
        self.fields, self.site = fields, site

    def __enter__(self):
        self.server = tap.keep(Dovecot())
        link = self.server.client()
        link.create("Drafts")
        text = LETTER.format(fields=self.fields).replace("\n", "\r\n").encode()
        assert link.append("INBOX", None, None, text)[0] == "OK"
        more = "send = smtp+insecure://test@127.0.0.1:9\n" + ("ca-file = %s\n" % self.site.ca_file if self.site else "")
        self.bag = tap.keep(Bag(self.server, account=more))
        return self

    def __exit__(self, *_):
        pass

    def asked(self, screen):
        screen.until("This week")
        screen.until("online")
        screen.keys("=")
        screen.type(":leave-list\n")


ONE_CLICK = "List-Unsubscribe: <mailto:leave@lists.example?subject=leave>,\n <%s>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"


def end(screen):
    screen.type(":quit\n")
    screen.until_end()


def test_one_click():
    """where it goes is shown and asked; yes sends one POST that tells nothing but itself"""
    site = Website()
    with Desk(ONE_CLICK % site.url(), site) as desk, desk.bag.screen() as screen:
        desk.asked(screen)
        screen.until("Leave the list by one request to localhost?")
        screen.until("/leave?who=17")
        tap.equal(site.requests, [], "before the word")
        screen.keys("y")
        screen.until("taken off the list, says localhost")
        [(verb, path, fields, body)] = site.requests
        tap.equal((verb, path, body), ("POST", "/leave?who=17", b"List-Unsubscribe=One-Click"))
        tap.equal(sorted(fields), ["Connection", "Content-Length", "Content-Type", "Host"], "and nothing else is told")
        end(screen)


def test_only_on_request():
    """reading the message asks for nothing, and Esc sends nothing"""
    site = Website()
    with Desk(ONE_CLICK % site.url(), site) as desk, desk.bag.screen() as screen:
        screen.until("This week")
        screen.until("online")
        screen.keys("=", "Enter")
        screen.until("Nothing happened.")
        screen.type(":leave-list\n")
        screen.until("Leave the list by one request")
        screen.keys("Esc")
        screen.until_gone("Leave the list by one request")
        end(screen)
        tap.equal(site.requests, [])


def test_redirections_are_not_followed():
    """an answer that sends elsewhere is told, and not followed, whatever host it names"""
    other = Website()
    site = Website(307, lambda _: other.url("/elsewhere"))
    with Desk(ONE_CLICK % site.url(), site) as desk, desk.bag.screen() as screen:
        desk.asked(screen)
        screen.until("Leave the list by one request")
        screen.keys("y")
        screen.until("was not left: it sends on elsewhere")
        tap.equal(len(site.requests), 1)
        tap.equal(other.requests, [])
        end(screen)


def test_untrusted():
    """a certificate that is not trusted, or for another host: nothing is sent, and nobody is asked to trust it"""
    for site, trusted in ((Website(), None), (Website(host="other.example"), True)):
        with Desk(ONE_CLICK % site.url(), site if trusted else None) as desk, desk.bag.screen() as screen:
            desk.asked(screen)
            screen.until("Leave the list by one request")
            screen.keys("y")
            screen.until("The list at localhost was not left")
            tap.equal(site.requests, [])
            end(screen)


def test_refused():
    """a refusal is told with the server's line"""
    site = Website(410)
    with Desk(ONE_CLICK % site.url(), site) as desk, desk.bag.screen() as screen:
        desk.asked(screen)
        screen.until("Leave the list by one request")
        screen.keys("y")
        screen.until("410 Gone")
        end(screen)


def test_by_letter():
    """by mail: the letter is shown, and sent only by the person"""
    fields = "List-Unsubscribe: <mailto:leave@lists.example?subject=leave%20now>\n"
    with Desk(fields) as desk, desk.bag.screen() as screen:
        desk.asked(screen)
        screen.until("Letter: leave now")
        screen.until(re.compile("To +leave@lists.example"))
        screen.until("takes you off the list when it is sent")
        tap.equal(desk.bag.query("SELECT count(*) FROM sending"), [(0,)])
        end(screen)


def test_no_way_out():
    """without https there is no request; without the field that is said; an author's tricks do nothing"""
    post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
    for fields, words in (("", "does not say how one leaves its list"),
                          ("List-Unsubscribe: <http://lists.example/x>\n" + post, "left on a page of the web"),
                          ("List-Unsubscribe: <https://lists.example/x>\n", "left on a page of the web"),
                          ("List-Unsubscribe: <file:///etc/passwd>, <javascript:x>\n" + post, "does not say how"),
                          ("List-Unsubscribe: <https://a@lists.example/x>\n" + post, "does not say how")):
        with Desk(fields) as desk, desk.bag.screen() as screen:
            desk.asked(screen)
            screen.until(words)
            end(screen)


if __name__ == "__main__":
    tap.main()
