"""A certificate authority of the test's own, and certificates of every kind that a client must judge."""

import os
import subprocess


def _run(*arguments):
    subprocess.run(["openssl"] + list(arguments), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Authority:
    """ca.pem in a directory; each server() gives the paths of a certificate and its key."""

    def __init__(self, directory, name="Malle test authority"):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.certificate = os.path.join(directory, "ca.pem")
        self.key = os.path.join(directory, "ca.key")
        _run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", "/CN=" + name, "-addext", "basicConstraints=critical,CA:TRUE",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.key, "-out", self.certificate)

    def server(self, name="server", alternatives="DNS:localhost,IP:127.0.0.1", days="20", subject="/CN=localhost",
               signed=True, begins=None, rsa=False):
        """days may be negative: the certificate is then expired. begins: the day of its first validity, "20991231"."""
        new_key = ["rsa:2048"] if rsa else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        certificate = os.path.join(self.directory, name + ".pem")
        key = os.path.join(self.directory, name + ".key")
        request = os.path.join(self.directory, name + ".csr")
        extensions = os.path.join(self.directory, name + ".ext")
        with open(extensions, "w") as file:
            if alternatives:
                file.write("subjectAltName=%s\n" % alternatives)
            file.write("basicConstraints=CA:FALSE\n")
        _run("req", "-newkey", *new_key, "-nodes", "-subj", subject, "-keyout", key, "-out", request)
        if begins:
            return self._from(begins, request, extensions, certificate), key
        signer = ["-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial"] if signed else ["-signkey", key]
        _run("x509", "-req", "-in", request, "-days", str(days), "-extfile", extensions, "-out", certificate, *signer)
        return certificate, key

    def _from(self, begins, request, extensions, certificate):
        """openssl x509 knows only today; openssl ca knows other days, and wants a whole house for it."""
        configuration = os.path.join(self.directory, "ca.conf")
        for name, text in (("index.txt", ""), ("serial", "1000"), ("ca.conf", """[ca]
default_ca = here
[here]
database = %(folder)s/index.txt
serial = %(folder)s/serial
new_certs_dir = %(folder)s
certificate = %(folder)s/ca.pem
private_key = %(folder)s/ca.key
default_md = sha256
policy = any
[any]
commonName = supplied
""" % {"folder": self.directory})):
            with open(os.path.join(self.directory, name), "w") as file:
                file.write(text)
        _run("ca", "-batch", "-notext", "-config", configuration, "-startdate", begins + "000000Z", "-enddate",
             "%d%s000000Z" % (int(begins[:4]) + 1, begins[4:]), "-in", request, "-extfile", extensions, "-out", certificate)
        return certificate
