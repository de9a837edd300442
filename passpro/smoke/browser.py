"""A person's browser in a few lines: pages, forms as they stand, cookies; standard library."""

import http.cookiejar
import mimetypes
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form of a page: where it goes and what it would send as it stands."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea: list[str] | None = None
        self._textarea_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(facts.get("action", ""), facts.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name = facts.get("name", "")
        if name and tag in {"input", "select", "textarea", "button"}:
            self._form.names.add(name)
        if tag == "input" and name:
            self._input(name, facts)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in facts:
            self._form.fields.append((self._select, facts.get("value", "")))
        elif tag == "textarea":
            self._textarea, self._textarea_name = [], name

    def _input(self, name: str, facts: dict[str, str]) -> None:
        kind = facts.get("type", "text")
        if kind in {"submit", "button", "file", "image"} or self._form is None:
            return
        if kind in {"checkbox", "radio"}:
            if "checked" in facts:
                self._form.fields.append((name, facts.get("value", "on")))
        else:
            self._form.fields.append((name, facts.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea is not None and self._form:
            self._form.fields.append((self._textarea_name, "".join(self._textarea).lstrip("\n")))
            self._textarea = None
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


@dataclass
class Page:
    """An answer: final address, status, body."""

    url: str
    status: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def form_with(self, *names: str, action: str | None = None) -> Form:
        """The form that holds all these field names, and has that action when it is given."""
        parser = _Forms()
        parser.feed(self.text)
        for form in parser.forms:
            if set(names) <= form.names and action in {None, form.action}:
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form with {names} {action}")

    def find(self, pattern: str) -> str:
        """First group of a pattern of the page."""
        found = re.search(pattern, self.text, re.DOTALL)
        if not found:
            raise AssertionError(f"{self.url} ({self.status}) does not show {pattern}")
        return found.group(1)


class Browser:
    """One person; follows redirects, keeps cookies; any status of 400 or more is an error."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.origin, path)))

    def submit(
        self,
        page: Page,
        *needs: str,
        form_action: str | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        **values: str | list[str],
    ) -> Page:
        """Send the form that has the fields `needs` and those given, the others as they stand."""
        form = page.form_with(*needs, *values, *(files or {}), action=form_action)
        fields = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            fields += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        target = urllib.parse.urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self.get(f"{target.split('?')[0]}?{urllib.parse.urlencode(fields)}")
        body, kind = (
            _multipart(fields, files)
            if files
            else (
                urllib.parse.urlencode(fields).encode(),
                "application/x-www-form-urlencoded",
            )
        )
        request = urllib.request.Request(target, data=body)
        request.add_header("Content-Type", kind)
        request.add_header("Referer", page.url)
        return self._open(request)

    def call(self, method: str, path: str, key: str) -> Page:
        """One call of an API with a Bearer key."""
        request = urllib.request.Request(
            urllib.parse.urljoin(self.origin, path),
            method=method,
            headers={"Authorization": f"Bearer {key}"},
        )
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Page(answer.url, answer.status, answer.read())
        except urllib.error.HTTPError as error:
            body = error.read().decode(errors="replace")
            shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))[-1500:]
            raise AssertionError(f"{request.full_url}: {error.code} {shown}") from None


def _multipart(
    fields: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]
) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, (filename, content) in files.items():
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(
        parts
    ) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
