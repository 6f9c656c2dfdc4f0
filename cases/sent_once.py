"""A form counts once: sent again it is what it was, gone back to and filled in anew it is another matter.

A browser keeps a page as it was left. Who goes back to a form that was taken, and reports the next thing with it, sends
the key of the first one again; by the key alone the second thing would be answered as taken, and be lost.
"""
import hashlib
import json
import re
from typing import Any

KEY = re.compile(r"^[0-9a-f-]{32,40}$")  # what the phone marks a form with
INCOMPLETE = "这张表单不完整。请刷新页面后重新填写。"  # what a form is told that came without its hidden part
NO_CONTENT = frozenset({"csrfmiddlewaretoken", "sure"})


def sent_mark(form: Any) -> str:
    """SHA-256 (hex) over the key of a bound form, its words and its files; the key is random, so it tells no words."""
    whole = hashlib.sha256()
    for name in sorted(set(form.data) - NO_CONTENT):
        whole.update(json.dumps([name, *form.data.getlist(name)]).encode())
    for name in sorted(form.files):
        for file in form.files.getlist(name):
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            whole.update(content.digest())
    return whole.hexdigest()


def delivery_key(form: Any, *, queued: bool) -> str:
    """The key under which a form of the phone is taken: the queue's own, which is one unit however often it comes; a
    plain form's mark.
    """
    return form.cleaned_data["key"] if queued else sent_mark(form)[:32]
