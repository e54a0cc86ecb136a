"""A network of one's own, for what the machine's must not suffer: no way out, addresses that swallow, a link that goes down.

    def alone():
        network("link", "set", "lo", "down")
        ...
    apart(alone, hosts="192.0.2.1 mail.test")

The function runs in a child process with its own network (loopback only, up) and its own view of /etc, where names come from
/etc/hosts, and with dns=True from a name server that is not there. What it starts lives there too; what it raises is raised here.
"""

import ctypes
import os
import subprocess
import tempfile
import traceback

from support import tap

NEW_NS, NEW_USER, NEW_NET = 0x00020000, 0x10000000, 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def network(*arguments):
    """ip(8), which must succeed."""
    subprocess.run([tap.need_program("ip")] + list(arguments), check=True)


def outside():
    """A way out, which nobody is at the other end of: what is sent there is lost."""
    made = subprocess.run([tap.need_program("ip"), "link", "add", "away", "type", "veth", "peer", "name", "lost"], capture_output=True)
    if made.returncode != 0:
        tap.skip("this machine's kernel has no veth")
    for name in ("away", "lost"):
        network("link", "set", name, "up")
    network("address", "add", "198.51.100.1/24", "dev", "away")
    network("-6", "address", "add", "2001:db8:1::1/64", "dev", "away", "nodad")


def swallow(address):
    """From now on this address takes every packet and answers none."""
    six = ":" in address
    outside()
    network("-6" if six else "-4", "route", "add", address + ("/128" if six else "/32"), "dev", "away")
    network("neighbor", "add", address, "lladdr", "02:00:00:00:00:99", "dev", "away")


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def _enter():
    uid, gid = os.getuid(), os.getgid()
    flags = NEW_NS | NEW_NET | (NEW_USER if uid != 0 else 0)
    if _libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    if uid != 0:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", "0 %d 1" % uid)
        _write("/proc/self/gid_map", "0 %d 1" % gid)


def possible():
    """Whether this machine lets us; asked in a child, since there is no way back."""
    pid = os.fork()
    if pid == 0:
        try:
            _enter()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def _prepare(hosts, dns, folder):
    _enter()
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for name, text in (("hosts", "127.0.0.1 localhost\n::1 localhost\n" + hosts + "\n"),
                       ("nsswitch.conf", "hosts: files%s\n" % (" dns" if dns else "")), ("resolv.conf", "nameserver 127.0.0.1\n")):
        _write(os.path.join(folder, name), text)
        subprocess.run(["mount", "--bind", os.path.join(folder, name), "/etc/" + name], check=True)
    network("link", "set", "lo", "up")


def apart(function, hosts="", dns=False):
    tap.need_program("ip")
    if not possible():
        tap.skip("this machine does not let us have a network of our own (unshare)")
    with tempfile.TemporaryDirectory(prefix="malle-net-") as folder:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(reading)
                _prepare(hosts, dns, folder)
                function()
            except tap.Skip as reason:
                os.write(writing, b"SKIP" + str(reason).encode())
            except BaseException:
                os.write(writing, traceback.format_exc().encode()[-60000:])
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            said = file.read().decode(errors="replace")
        os.waitpid(pid, 0)
    if said.startswith("SKIP"):
        tap.skip(said[4:])
    if said:
        raise AssertionError("in a network of its own:\n" + said)
