"""As much of S3 as backups need, on this machine: objects, lists and uploads in parts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class _Storage(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    parts: dict[str, dict[int, bytes]]
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def _key(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path), parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        key, query = self._key()
        content = self._body()
        if "partNumber" in query:
            self.parts[query["uploadId"][0]][int(query["partNumber"][0])] = content
        else:
            self.objects[key] = content
        self._answer(200, ETag=f'"{md5(content, usedforsecurity=False).hexdigest()}"')

    def do_POST(self) -> None:
        key, query = self._key()
        body = self._body().decode()
        if "uploads" in query:
            self.parts["one"] = {}
            self._answer(200, _xml("InitiateMultipartUploadResult", "<UploadId>one</UploadId>"))
        elif "uploadId" in query:
            sent = self.parts[query["uploadId"][0]]
            self.objects[key] = b"".join(sent[number] for number in sorted(sent))
            self._answer(200, _xml("CompleteMultipartUploadResult", '<ETag>"x"</ETag>'))
        else:  # a list of objects to delete
            names = re.findall("<Key>(.*?)</Key>", body)
            for name in names:
                self.objects.pop(f"{key.rstrip('/')}/{name}", None)
            gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
            self._answer(200, _xml("DeleteResult", gone))

    def do_DELETE(self) -> None:
        self.objects.pop(self._key()[0], None)
        self._answer(204)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        key, query = self._key()
        if "list-type" in query:
            prefix = f"{key.rstrip('/')}/"
            rows = "".join(
                f"<Contents><Key>{name.removeprefix(prefix)}</Key><Size>{len(content)}</Size>"
                "<LastModified>2026-11-24T00:00:00.000Z</LastModified></Contents>"
                for name, content in sorted(self.objects.items())
                if name.startswith(prefix + query.get("prefix", [""])[0])
            )
            self._answer(200, _xml("ListBucketResult", rows))
        elif (content := self.objects.get(key)) is not None:
            day = "Tue, 24 Nov 2026 00:00:00 GMT"
            self._answer(200, content, ETag='"x"', Last_Modified=day)
        else:
            self._answer(404, _xml("Error", "<Code>NoSuchKey</Code>"))


def _xml(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0"?><{name}>{inside}</{name}>'.encode()


@contextmanager
def storage() -> Iterator[tuple[str, dict[str, bytes]]]:
    """(its address for BACKUP_TO, what it holds)."""
    handler = type("Storage", (_Storage,), {"objects": {}, "parts": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"s3+http://khoa:mat%2Fkhau@127.0.0.1:{server.server_port}/kho/cong"
        yield address, handler.objects
    finally:
        server.shutdown()
        server.server_close()
