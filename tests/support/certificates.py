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
               signed=True):
        """days may be negative: the certificate is then expired."""
        certificate = os.path.join(self.directory, name + ".pem")
        key = os.path.join(self.directory, name + ".key")
        request = os.path.join(self.directory, name + ".csr")
        extensions = os.path.join(self.directory, name + ".ext")
        with open(extensions, "w") as file:
            if alternatives:
                file.write("subjectAltName=%s\n" % alternatives)
            file.write("basicConstraints=CA:FALSE\n")
        _run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject,
             "-keyout", key, "-out", request)
        signer = ["-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial"] if signed else ["-signkey", key]
        _run("x509", "-req", "-in", request, "-days", str(days), "-extfile", extensions, "-out", certificate, *signer)
        return certificate, key
