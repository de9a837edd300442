"""Feeds of stocks over HTTP: pages, the token, what the software does badly (PRV-05, PRV-10)."""

import pytest

from passpro.registers import feeds
from passpro.registers.exceptions import FeedDown, UnknownAccount

ASKED = {"name": "1", "token": "jeton", "account": "30000000700015"}


@pytest.fixture(autouse=True)
def _real_feed(settings, register, monkeypatch):
    settings.STOCK_FEEDS = "http"
    monkeypatch.setattr(feeds, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(feeds, "DEADLINE_SECONDS", 1.0)
    monkeypatch.setattr(feeds, "PAGE", 2)


def pages(register):
    return list(feeds.pages_of(url=f"{register.url}/stocks", **ASKED))


def test_pages_are_read_one_after_the_other_with_the_token(register):
    lines = [{"ref": str(n)} for n in range(1, 6)]
    register.answers["/stocks/30000000700015"] = lambda asked: (
        200,
        {"stocks": [one for one in lines if one["ref"] > asked.get("after", "")][:2]},
    )

    assert [line for page in pages(register) for line in page] == lines
    assert [asked.get("after") for _, asked, _ in register.calls] == [None, "2", "4"]
    assert {headers["Authorization"] for _, _, headers in register.calls} == {"Bearer jeton"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((404, {}), UnknownAccount),
        ((200, {"stocks": "rien"}), FeedDown),
        ((503, {}), FeedDown),
        ((200, {"stocks": [{"ref": "1"}, {"ref": "1"}]}), FeedDown),  # the same page for ever
    ],
)
def test_a_software_that_answers_badly(register, answer, error):
    register.answers["/stocks/30000000700015"] = answer
    with pytest.raises(error):
        pages(register)
