"""A stand-in for the WeChat platform on loopback: it speaks the real protocol, counts what it is asked, can misbehave."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

APP_ID, SECRET = "wx0123456789abcdef", "0f" * 16


class Platform:
    """The platform's state: tokens it gave, messages it took, media it keeps, and what it shall do next."""

    def __init__(self):
        self.tokens, self.sent, self.templates, self.menus, self.asked = [], [], [], [], []
        self.media, self.codes, self.misdeeds = {}, [], []
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def _json(self, said, status=200):
                content = json.dumps(said, ensure_ascii=False).encode()
                self._bytes(content, "application/json; encoding=utf-8", status)

            def _bytes(self, content, kind, status=200):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _answer(self, body):
                address = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                platform.asked.append(address.path)
                if address.path == "/cgi-bin/stable_token":
                    return self._token(body)
                if not platform.tokens or query.get("access_token") != platform.tokens[-1]:
                    return self._json({"errcode": 40001, "errmsg": "invalid credential"})
                if platform.codes and (code := platform.codes.pop(0)):
                    return self._json({"errcode": code, "errmsg": "as told"})
                return self._serve(address.path, query, body)

            def _token(self, body):
                if (body.get("appid"), body.get("secret")) != (APP_ID, SECRET):
                    return self._json({"errcode": 40125, "errmsg": "invalid appsecret"})
                if body.get("force_refresh") or not platform.tokens:
                    platform.tokens.append(f"token-{len(platform.tokens) + 1}")
                return self._json({"access_token": platform.tokens[-1], "expires_in": 7200})

            def _serve(self, path, query, body):
                if path == "/cgi-bin/message/custom/send":
                    platform.sent.append(body)
                elif path == "/cgi-bin/message/template/send":
                    platform.templates.append(body)
                elif path == "/cgi-bin/menu/create":
                    platform.menus.append(body)
                elif path == "/cgi-bin/media/get":
                    content = platform.media.get(query["media_id"])
                    if content is None:
                        return self._json({"errcode": 40007, "errmsg": "invalid media_id"})
                    return self._bytes(content, "image/jpeg")
                else:
                    return self._json({"errcode": 404}, 404)
                if platform.misdeeds:
                    return self._misbehave(platform.misdeeds.pop(0))
                return self._json({"errcode": 0, "errmsg": "ok"})

            def _misbehave(self, how):
                if how == "hang up":
                    self.close_connection = True
                    return self.connection.close()
                return self._json({}, int(how))

            def do_GET(self):
                self._answer({})

            def do_POST(self):
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self):
        """Close the port."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
