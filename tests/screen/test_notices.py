"""New mail told outside of the screen: the bell, OSC 777, the desktop over a real session bus; by mailbox, in quiet hours; from IMAP, Maildir and POP3."""

import os
import re
import shutil
import subprocess
import time

from support import process, tap
from support.bag import Bag
from support.popbag import PopBag, put
from support.servers.dovecot import Dovecot
from test_layout import command, with_maildir

# Stands for a desktop: owns the name of the notification service on the bus, and writes down what it is asked to show.
SERVICE = r"""
import sys
from gi.repository import Gio, GLib
out = sys.argv[1]
xml = '''<node><interface name="org.freedesktop.Notifications"><method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method></interface></node>'''
def call(bus, sender, path, interface, method, arguments, invocation):
    with open(out, "a") as file:
        file.write(repr(arguments.unpack()) + "\n")
    invocation.return_value(GLib.Variant("(u)", (7,)))
def have(bus, name):
    bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], call, None, None)
def own(bus, name):
    open(out + ".ready", "w").close()
Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, have, own, None)
GLib.MainLoop().run()
"""


class Desktop:
    """a session bus of the test's own, with somebody who shows notices"""

    def __enter__(self):
        tap.need(shutil.which("dbus-daemon"), "dbus is not installed")
        probe = subprocess.run(["/usr/bin/python3", "-c", "import gi"], capture_output=True)
        tap.need(probe.returncode == 0, "python3-gi is not installed")
        self.bag = Bag().__enter__()
        self.out = os.path.join(self.bag.home, "notices")
        self.bus = process.start(["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"], stdout=subprocess.PIPE, text=True)
        self.address = self.bus.stdout.readline().strip()
        self.service = process.start(["/usr/bin/python3", "-c", SERVICE, self.out],
                                     env=dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.address))
        tap.wait_until(lambda: os.path.exists(self.out + ".ready"), "the notification service")
        return self

    def shown(self):
        if not os.path.exists(self.out):
            return []
        with open(self.out) as file:
            return [eval(line) for line in file]     # noqa: S307: what the service above wrote

    def __exit__(self, *error):
        for child in (self.service, self.bus):
            process.stop(child)
        self.bus.stdout.close()
        self.bag.__exit__(*error)


def letter(folder, number, subject, sender="Eve <eve@example.org>"):
    """delivered as a mail transport does it: written in tmp, renamed into new"""
    text = "From: %s\nTo: me@example.org\nSubject: %s\nMessage-ID: <n%d@example.org>\nDate: Tue, 3 Nov 2026 10:00:00 +0000\n\nText.\n" % (sender, subject, number)
    name = "%d.n%d.host" % (1790000000 + number, number)
    with open(os.path.join(folder, "tmp", name), "w") as file:
        file.write(text)
    os.rename(os.path.join(folder, "tmp", name), os.path.join(folder, "new", name))


def options(bag, text):
    with open(os.path.join(bag.config, "config"), "w") as file:
        file.write(text)


def test_desktop():
    """over D-Bus: program, icon, title and text, which is text and no markup whatever the sender wrote"""
    with Desktop() as desktop:
        with_maildir(desktop.bag, 2)
        options(desktop.bag, "notify = desktop\nnotify-mailboxes = *\n")
        folder = os.path.join(desktop.bag.home, "Mail")
        with desktop.bag.screen(environment={"DBUS_SESSION_BUS_ADDRESS": desktop.address}) as screen:
            screen.until("letter 1")
            letter(folder, 1, "<b>bold</b> & more", "Eve <img src=x> <eve@example.org>")
            screen.until("bold")
            tap.wait_until(lambda: desktop.shown(), "a notice")
            [(program, replaces, icon, title, body, actions, hints, timeout)] = desktop.shown()
            tap.equal((program, replaces, icon, actions, timeout), ("Malle", 0, "mail-unread", [], -1))
            assert re.fullmatch(r"1 new message in \S.*", title), title
            assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in body and "<" not in body, body
            tap.equal(hints["category"], "email.arrived")


def test_no_desktop():
    """a bus that is not there costs nothing but a line in the log"""
    with Bag() as bag:
        with_maildir(bag, 2)
        options(bag, "notify = desktop\nnotify-mailboxes = *\n")
        with bag.screen(environment={"DBUS_SESSION_BUS_ADDRESS": "unix:path=%s/nowhere" % bag.home}) as screen:
            screen.until("letter 1")
            letter(os.path.join(bag.home, "Mail"), 1, "arrived all the same")
            screen.until("arrived all the same")
            screen.keys("k")
            command(screen, "quit")
            tap.equal(screen.until_end(), 0)


def test_bell_and_777():
    """the bell where it is asked for; OSC 777 on the terminals that know it, made harmless"""
    with Bag() as bag:
        with_maildir(bag, 2)
        folder = os.path.join(bag.home, "Mail")
        options(bag, "notify = bell\nnotify-mailboxes = *\n")
        with bag.screen() as screen:
            screen.until("letter 1")
            before = len(screen.written)
            letter(folder, 1, "ring")
            screen.until("ring")
            screen.until(lambda s: b"\x07" in re.sub(rb"\x1b\][^\x07\x1b]*(\x07|\x1b\\)", b"", bytes(s.written[before:])))
            command(screen, "quit")
            screen.until_end()
        options(bag, "notify = terminal\nnotify-mailboxes = *\n")
        with bag.screen(environment={"VTE_VERSION": "7200"}) as screen:
            screen.until("ring")
            letter(folder, 2, "semi; colon \x07 bell")
            screen.until(lambda s: re.search(rb"\x1b\]777;notify;1 new message in [^;\x07\x1b]*;Eve: semi, colon [^;\x07\x1b]*\x1b\\", bytes(s.written)))
            assert b"\x1b]9;" not in bytes(screen.written)


def test_quiet_hours():
    """nothing is told in the quiet hours, and again after them"""
    now = time.localtime()
    around = "%02d:00-%02d:00" % ((now.tm_hour + 23) % 24, (now.tm_hour + 2) % 24)
    elsewhere = "%02d:00-%02d:00" % ((now.tm_hour + 12) % 24, (now.tm_hour + 13) % 24)
    with Bag() as bag:
        with_maildir(bag, 2)
        folder = os.path.join(bag.home, "Mail")
        told = os.path.join(bag.home, "told")
        options(bag, "notify = terminal\nnotify-mailboxes = *\nquiet-hours = %s\nnew-mail-command = echo \"$MALLE_SUBJECT\" >> %s\n" % (around, told))
        with bag.screen() as screen:
            screen.until("letter 1")
            letter(folder, 1, "in the night")
            screen.until("in the night")
            command(screen, "set quiet-hours " + elsewhere)
            screen.until("quiet-hours = " + elsewhere)
            letter(folder, 2, "in the day")
            screen.until("in the day")
            screen.until(lambda s: os.path.exists(told) and b"\x1b]9;" in bytes(s.written))
            with open(told) as file:
                tap.equal(file.read(), "in the day\n")      # what came first has not been told
            tap.equal(bytes(screen.written).count(b"\x1b]9;"), 1)


def test_pop():
    """letters that a visit to a POP3 server brings"""
    server = tap.keep(Dovecot())
    with PopBag(server) as bag:
        options(bag, "notify = terminal\nnotify-mailboxes = *\n")
        put(server, "first")
        with bag.screen() as screen:
            screen.until("Letter first")
            put(server, "by pop")
            command(screen, "check-mail")
            screen.until("Letter by pop")
            screen.until(lambda s: re.search(rb"\x1b\]9;1 new message in [^\x1b]*Letter by pop\x1b\\", bytes(s.written)))


if __name__ == "__main__":
    tap.main()
