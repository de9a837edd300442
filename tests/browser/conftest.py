"""Browser tests: Chromium of the machine, French, the product on a real port."""

import io
import os
import shutil
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from bookings.countermarks import qr_content
from passpro.embedded.installation import CHROMIUM, MAC_CHROME

# Playwright runs its own event loop in this thread; the ORM is only used between its calls.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SCANNED_CODE = "K7M2QX"
# What a person does, told to the console.
TELL = """
for (const kind of ["mousedown", "mouseup", "click", "submit", "beforeunload", "pageshow"]) {
  addEventListener(kind, ({ target }) => console.log(kind, target.tagName ?? "", target.id), true);
}
"""


@pytest.fixture(scope="session")
def qr_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera of the browser films: the QR code of a phone, as JPEG pictures in a row."""
    code = io.BytesIO()
    segno.make(qr_content(SCANNED_CODE), error="m").save(code, kind="png", scale=8, border=4)
    scene = Image.new("RGB", (640, 480), "white")
    scene.paste(Image.open(code).convert("RGB"), (120, 60))
    path = tmp_path_factory.mktemp("camera") / "phone.mjpeg"
    with path.open("wb") as video:
        for _ in range(3):
            scene.save(video, "JPEG", quality=90)
    return path


def chromium() -> str | None:
    """The machine's Chromium; None lets Playwright use the one it downloaded."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    return found or (str(MAC_CHROME) if MAC_CHROME.exists() else None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, qr_video: Path) -> dict:
    executable = chromium()
    return {
        **browser_type_launch_args,
        **({"executable_path": executable} if executable else {}),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            # Containers give /dev/shm 64 MB.
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            # The camera shows SCANNED_CODE for ever.
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={qr_video}",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture(autouse=True)
def heard(context: BrowserContext) -> deque[str]:
    """The last requests of the test, their answers, presses and submissions, for its report."""
    lines: deque[str] = deque(maxlen=40)
    context.add_init_script(TELL)
    context.on("console", lambda told: lines.append(told.text))
    context.on("request", lambda one: lines.append(f"→ {one.method} {one.url}"))
    context.on("requestfailed", lambda one: lines.append(f"✗ {one.url} {one.failure}"))
    context.on("response", lambda one: lines.append(f"← {one.status} {one.url}"))
    return lines


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails the test when its console complains or a script breaks."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield page
    assert real_complaints(complaints) == []


def real_complaints(complaints: list[str]) -> list[str]:
    """What is left without answers of 4xx, which the browser itself writes to the console, and
    without the two lines htmx writes when a newer request takes the place of one under way
    (`hx-sync="this:replace"`: a scanner that is quicker than the desk)."""
    left = [text for text in complaints if "the server responded with a status of 4" not in text]
    for replaced in [text for text in left if text.startswith("htmx:sendAbort")]:
        left.remove(replaced)
        left.remove(replaced.replace("htmx:sendAbort", "htmx:afterRequest"))
    return left


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test also shows what its pages showed."""
    report = yield
    context = item.funcargs.get("context") if hasattr(item, "funcargs") else None
    if report.when == "call" and report.failed and context:
        for page in context.pages:
            shown = page.evaluate("document.body.innerText")[:3000]
            report.sections.append((f"Page {page.url}", shown))
        report.sections.append(("What happened last", "\n".join(item.funcargs["heard"])))
    return report


@pytest.fixture
def sign_in(live_server, context: BrowserContext):
    """sign_in(user): open the session without the form, which has its own tests."""

    def sign_in(user) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in
