"""Servers that Debian installs only in one another's place, each run in a root of its own.

    root = Root("courier")              # a fresh copy: hard links to what unpack has fetched
    root.start(["/usr/sbin/couriertcpd", ...], environment)
    root.path("run")                    # the same file, seen from outside
    root.remove()

All that runs in it runs as one user without rights: by chroot for root, and in a user namespace for anyone else.
What it says to syslog is kept (root.log()), and nothing of the machine's own configuration is seen.
"""

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading

from support import process, tap

UID, GID, USER = 65534, 65534, "mail-test"


def _directory():
    return os.environ.get("MALLE_SERVER_ROOTS") or os.path.join(tap.build_dir(), "server-roots")


def unpacked(name):
    """The root as it was unpacked, never changed; fetched now where everything is insisted on."""
    path = os.path.join(_directory(), name)
    if not os.path.isdir(path) and tap.insist():
        unpack = os.path.join(tap.source_dir(), "tests", "support", "servers", "unpack")
        subprocess.run([unpack, _directory(), name], check=True, stdin=subprocess.DEVNULL)
    tap.need(os.path.isdir(path), "%s is not unpacked (./dev check does it)" % name)
    return path


class _Syslog:
    """Takes what programs in a root say to /dev/log."""

    def __init__(self, directory, file):
        self.file = file
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # By its descriptor: the whole path may be longer than a socket's may be.
        descriptor = os.open(directory, os.O_PATH)
        try:
            self.socket.bind("/proc/self/fd/%d/log" % descriptor)
        finally:
            os.close(descriptor)
        os.chmod(os.path.join(directory, "log"), 0o666)
        self.thread = threading.Thread(target=self._take, daemon=True)
        self.thread.start()

    def _take(self):
        while True:
            line = self.socket.recv(65536)
            if line == b"end":
                return
            self.file.write(line.rstrip(b"\n\0") + b"\n")
            self.file.flush()

    def close(self, path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            descriptor = os.open(path, os.O_PATH)
            try:
                last.sendto(b"end", "/proc/self/fd/%d/log" % descriptor)
            finally:
                os.close(descriptor)
        self.thread.join()
        self.socket.close()


class Root:
    def __init__(self, name, preload=()):
        """preload: libraries of tests/support/ that come before all others in each program of it ("only-user")."""
        source = unpacked(name)
        as_root = os.getuid() == 0
        self.prefix = ["chroot", "--userspec=%d:%d" % (UID, GID)] if as_root else \
            ["unshare", "--user", "--map-user=%d" % UID, "--map-group=%d" % GID, "--root"]
        tap.need_program(self.prefix[0])
        # Beside its source: hard links do not leave a file system.
        running = os.path.join(_directory(), "running")
        os.makedirs(running, exist_ok=True)
        self.directory = tempfile.mkdtemp(prefix="%s-" % name, dir=running)
        self.log_file = os.path.join(self.directory, "log")
        self._log = open(self.log_file, "ab")
        self.processes = []
        self.root = os.path.join(self.directory, "root")
        subprocess.run(["cp", "-al", source, self.root], check=True)
        for name in ("run", "tmp", "home", "etc/tls", "dev"):
            self.make_directory(name)
        self._devices()
        self.write("etc/passwd", "root:x:0:0::/:/bin/sh\n%s:x:%d:%d::/home:/bin/sh\n" % (USER, UID, GID))
        self.write("etc/group", "root:x:0:\n%s:x:%d:\n" % (USER, GID))
        self.write("etc/hosts", "127.0.0.1 localhost\n")
        self.syslog = _Syslog(self.path("dev"), self._log)
        for library in preload:
            path = os.path.join(tap.build_dir(), "tests", "support", library + ".so")
            tap.need(os.path.exists(path), path + " is not built")
            shutil.copy(path, self.path(library + ".so"))
        if preload:
            self.write("etc/ld.so.preload", "".join("/%s.so\n" % library for library in preload))

    def _devices(self):
        for name, minor in (("null", 3), ("zero", 5), ("urandom", 9), ("random", 8)):
            path = self.path("dev", name)
            try:
                os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, minor))
                os.chmod(path, 0o666)
                open(path, "rb").close()
            except OSError:
                # Without the right to make one: a file will do for what a test needs of it.
                if os.path.lexists(path):
                    os.unlink(path)
                with open(path, "wb") as file:
                    file.write(os.urandom(4096) if "random" in name else b"")
                os.chmod(path, 0o666)

    def path(self, *names):
        return os.path.join(self.root, *(name.lstrip("/") for name in names))

    def make_directory(self, *names):
        """A directory that the servers in the root may write to."""
        path, made = self.path(*names), []
        while not os.path.isdir(path):
            made.append(path)
            path = os.path.dirname(path)
        path = self.path(*names)
        os.makedirs(path, exist_ok=True)
        if os.getuid() == 0:
            for one in made + [path]:
                os.chown(one, UID, GID)
        return path

    def write(self, name, text, mode=0o644):
        """A new file: never the one that other roots share by a hard link."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
        if os.getuid() == 0:
            os.chown(path, UID, GID)
        return path

    def copy(self, source, name, mode=0o640):
        with open(source) as file:
            return self.write(name, file.read(), mode)

    def _environment(self, more):
        return dict({"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/home"}, **(more or {}))

    def run(self, arguments, environment=None, **options):
        """Runs a program in the root to its end; its failure is the test's."""
        result = subprocess.run(self.prefix + [self.root] + arguments, env=self._environment(environment), cwd="/",
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        if result.returncode != 0:
            raise AssertionError("%s: %s\n%s" % (" ".join(arguments), result.stdout.decode(errors="replace"), self.log()))
        return result.stdout

    def start(self, arguments, environment=None):
        started = process.start(self.prefix + [self.root] + arguments, env=self._environment(environment), cwd="/",
                                stdout=self._log, stderr=self._log)
        self.processes.append(started)
        return started

    def stop(self, first=signal.SIGTERM, patience=20):
        """Ends all that was started, the last one first."""
        while self.processes:
            process.stop(self.processes.pop(), first, patience)

    def signal_all(self, number):
        for one in self.processes:
            process.signal_all(one.pid, number)

    def kill(self):
        self.signal_all(signal.SIGKILL)
        self.stop()

    def freeze(self):
        self.signal_all(signal.SIGSTOP)
        self.signal_all(signal.SIGSTOP)     # one that was just being born

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def kill_programs(self, *names):
        """Ends each process of these names, as a server does that loses its sessions and goes on."""
        for leader in self.processes:
            for pid in process.descendants(leader.pid):
                try:
                    with open("/proc/%d/comm" % pid) as file:
                        if pid != leader.pid and file.read().strip() in names:
                            os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass

    def log(self):
        with open(self.log_file, errors="replace") as file:
            return file.read()

    def remove(self):
        self.stop()
        self.syslog.close(self.path("dev"))
        self._log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class Rooted:
    """A server in a root of its own: `unpacked` names the root, _configure() writes into self.root, start() begins it."""

    unpacked, preload = None, ()
    root = None

    def __enter__(self):
        for attempt in range(5):
            self.root = Root(self.unpacked, preload=self.preload)
            try:
                self._configure()
                self.start()
                break
            except BaseException:
                # Another test may have taken the port between its choice and its use.
                again = attempt < 4 and "in use" in self.root.log()
                self.root.remove()
                if not again:
                    raise
        return self

    def __exit__(self, *_):
        self.root.remove()

    def log(self):
        return self.root.log()

    def stop(self):
        """Ends it as a machine that is switched off would: every connection breaks."""
        self.root.stop()

    def kill(self):
        self.root.kill()

    def freeze(self):
        """Connections stay, nothing answers (SIGSTOP to every process of it)."""
        self.root.freeze()

    def thaw(self):
        self.root.thaw()
