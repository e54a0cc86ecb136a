"""A private Kerberos realm: a key distribution centre on loopback, one person, and a server's key.

    with Kerberos() as realm:
        realm.keytab                  # of imap/localhost
        realm.environment()           # for whoever is to know the realm, and has a ticket after realm.log_in()
"""

import os
import shutil
import subprocess
import tempfile

from support import process, tap

REALM = "MALLE.TEST"

_CLIENTS = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
"""

_CENTRE = """\
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {directory}/principal
    key_stash_file = {directory}/stash
    acl_file = {directory}/acl
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:{port}
  }}
[logging]
  kdc = FILE:{directory}/log
"""


class Kerberos:
    def __init__(self, user="test", password="secret", service="imap/localhost"):
        self.programs = {name: tap.need_program(name, "/usr/sbin/" + name)
                         for name in ("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kdestroy")}
        self.user, self.password, self.service = user, password, service

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="malle-kerberos-")
        os.chmod(self.directory, 0o755)
        self.port = process.free_ports(1)[0]
        for name, text in (("krb5.conf", _CLIENTS), ("kdc.conf", _CENTRE)):
            with open(self.path(name), "w") as file:
                file.write(text.format(realm=REALM, port=self.port, directory=self.directory))
        self.keytab = self.path("keytab")
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", "of the test")
        self._run("kadmin.local", "-r", REALM, "-q", "addprinc -pw %s %s" % (self.password, self.user))
        self._run("kadmin.local", "-r", REALM, "-q", "addprinc -randkey " + self.service)
        self._run("kadmin.local", "-r", REALM, "-q", "ktadd -k %s %s" % (self.keytab, self.service))
        os.chmod(self.keytab, 0o644)    # the server that reads it has a user of its own
        self.process = None
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def environment(self):
        return {"KRB5_CONFIG": self.path("krb5.conf"), "KRB5_KDC_PROFILE": self.path("kdc.conf"),
                "KRB5CCNAME": "FILE:" + self.path("tickets"), "KRB5RCACHENAME": "none:"}

    def _run(self, name, *arguments, told=b""):
        result = subprocess.run([self.programs[name]] + list(arguments), env={**os.environ, **self.environment()}, input=told,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert result.returncode == 0, "%s: %s" % (name, result.stdout.decode(errors="replace"))

    def start(self):
        self.process = process.start([self.programs["krb5kdc"], "-n", "-r", REALM], env={**os.environ, **self.environment()},
                                     stdout=open(self.path("out"), "ab"), stderr=subprocess.STDOUT)
        process.wait_for_listener(self.port, self.process, lambda: open(self.path("log")).read())

    def stop(self):
        if self.process is not None:
            process.stop(self.process)
            self.process = None

    def log_in(self):
        self._run("kinit", self.user, told=self.password.encode() + b"\n")

    def log_out(self):
        self._run("kdestroy")
