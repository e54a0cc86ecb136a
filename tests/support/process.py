"""Child processes that cannot outlive the test: each leads a process group, and dies with its parent."""

import ctypes
import os
import signal
import socket
import subprocess
import time

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def _in_child(death_signal=signal.SIGTERM):
    # A test that is itself killed can clean nothing up; the kernel tells its servers then.
    _libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def start(arguments, death_signal=signal.SIGTERM, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(arguments, start_new_session=True, preexec_fn=lambda: _in_child(death_signal), **options)


def descendants(pid):
    """Every living process below pid, and pid itself, whoever they run as."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/stat" % entry, "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                parents[int(entry)] = int(fields[1])
            except (OSError, IndexError):
                continue
    found, wave = [pid], {pid}
    while wave:
        wave = {child for child, parent in parents.items() if parent in wave} - set(found)
        found.extend(sorted(wave))
    return found


def signal_all(pid, number):
    for one in descendants(pid):
        try:
            os.kill(one, number)
        except OSError:
            pass


def resident_kb(pid):
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def stop(process, first=signal.SIGTERM, patience=10):
    """Ends the process and all below it. The patience is for its own tidying; then it is killed."""
    if process.poll() is None:
        everyone = descendants(process.pid)
        signal_all(process.pid, signal.SIGCONT)
        try:
            os.kill(process.pid, first)
            process.wait(patience)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            pass
        for one in everyone:
            if one != process.pid:
                try:
                    os.kill(one, signal.SIGKILL)
                except OSError:
                    pass
        if process.poll() is None:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def free_ports(count):
    """Ports that nothing listens on; they are all held until all are found."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_for_greeting(port, process, log, prefix=b"* OK", seconds=60):
    """Waits until a server says its first line on port; its end is reported at once, with its log."""
    give_up = time.monotonic() + seconds
    said = b""
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise AssertionError("the server ended with %s:\n%s" % (process.returncode, log()))
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
                said = link.recv(512)
                if said.startswith(prefix):
                    return
        except OSError:
            pass
        time.sleep(0.01)
    raise AssertionError("no greeting on port %d (%r):\n%s" % (port, said, log()))


def wait_for_listener(port, process, log, seconds=60):
    """Waits until something takes connections on port, for servers that say nothing first."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise AssertionError("the server ended with %s:\n%s" % (process.returncode, log()))
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.01)
    raise AssertionError("nothing listens on port %d:\n%s" % (port, log()))
