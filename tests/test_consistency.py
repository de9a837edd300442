"""The mechanical rules of docs/rules.md, checked on the files."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parents[1]
APPS = ["venues", "offers", "bookings", "collective", "finance"]
PACKAGES = [*APPS, "passpro"]
MAX_LINES = 500

# Set-based writers of a state that belong to their app's transitions or state machine on purpose.
STATUS_WRITERS = {
    "transitions.py",
    "passpro/kernel/outbox.py",  # the outbox is its own small state machine
    "passpro/portal/management/commands/demo.py",  # past messages of the demo never leave
}


def python_files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_follow_the_layers():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:]


def test_a_status_is_written_by_its_transitions_only():
    assignment = re.compile(
        r"^\s*\w+\.(status|validation)\s*=(?!=)|\.update\([^)]*\b(status|validation)="
    )
    found = []
    for path in python_files():
        name = relative(path)
        if path.name in STATUS_WRITERS or name in STATUS_WRITERS:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if assignment.search(line) and "request." not in line and "self." not in line:
                found.append(f"{name}:{number}: {line.strip()}")

    assert not found, "\n".join(found)


def test_files_stay_short():
    long = {
        relative(path): count
        for path in python_files()
        if "reference" not in path.parts
        and (count := len(path.read_text("utf-8").splitlines())) > MAX_LINES
    }

    assert not long


def test_views_read_through_scoped_querysets():
    unscoped = re.compile(r"get_object_or_404\([A-Z]\w+,|\b[A-Z]\w+\.objects\.get\(")
    found = [
        f"{relative(path)}: {line.strip()}"
        for path in python_files()
        if {"views", "api"} & set(path.parts)
        for line in path.read_text("utf-8").splitlines()
        if unscoped.search(line)
    ]

    assert not found


def test_the_clock_is_the_only_source_of_now():
    asked = re.compile(r"datetime\.now\(|timezone\.now\(|date\.today\(|datetime\.utcnow\(")
    found = [
        relative(path)
        for path in python_files()
        # The sandbox's clock is set against the real one.
        if path.name not in {"clock.py", "move_clock.py"}
        and not {"smoke", "embedded"} & set(path.parts)
        and asked.search(path.read_text("utf-8"))
    ]

    assert not found


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html")) + sorted(
        (ROOT / "templates").rglob("*.txt")
    )


def test_templates_hold_no_inline_script_or_style():
    """The content policy refuses them; e-mails and papers carry their own style."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|<[^>%]*\sstyle=|<[^>%]*\son[a-z]+=\"")
    allowed = (
        "email/",
        "ui/email/",
        "layout/email",
        "layout/pdf",
        "errors/500",
        "500.html",
    )
    found = [
        path.relative_to(ROOT / "templates").as_posix()
        for path in templates()
        if not path.relative_to(ROOT / "templates").as_posix().startswith(allowed)
        and inline.search(path.read_text("utf-8"))
    ]

    assert not found


def test_a_comment_of_a_template_stays_on_its_line():
    """Over two lines `{# #}` is no comment: visitors would read it."""
    open_comment = re.compile(r"\{#(?!.*#\})")
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]

    shown = [relative(path) for path in templates if open_comment.search(path.read_text("utf-8"))]

    assert templates
    assert not shown


def test_every_template_compiles_and_is_used():
    sources = "\n".join(
        path.read_text("utf-8")
        for path in [*python_files(), *templates(), *(ROOT / "tests").rglob("*.py")]
    )
    special = re.compile(r"^(\d{3}(_csrf)?\.html|admin/|email/|unfold/|registration/)")
    unused = []
    for path in templates():
        name = path.relative_to(ROOT / "templates").as_posix()
        get_template(name)
        if not special.match(name) and name not in sources:
            unused.append(name)

    assert not unused


def test_every_email_has_its_three_parts():
    folders = ROOT / "templates" / "email"
    events = {
        re.sub(r"\.(subject\.txt|txt|html)$", "", path.relative_to(folders).as_posix())
        for path in folders.rglob("*.*")
        if "parts" not in path.parts
    }
    missing = [
        f"{event}.{part}"
        for event in events
        for part in ("subject.txt", "txt", "html")
        if not (folders / f"{event}.{part}").exists()
    ]

    assert events
    assert not missing


@pytest.mark.parametrize("app", [*APPS, "passpro/kernel", "passpro/accounts"])
def test_every_app_introduces_itself(app):
    assert (ROOT / app / "README.md").exists()


def test_every_url_is_named():
    unnamed = [
        str(entry.pattern)
        for entry in get_resolver().url_patterns
        if hasattr(entry, "name") and not entry.name
    ]

    assert not unnamed


def test_lock_files_name_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    resolved = [name for name, facts in lock["packages"].items() if "resolved" in facts]
    requirements = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "requirements").glob("*.txt")
    )

    assert not resolved
    assert "http" not in requirements
    assert "index-url" not in requirements
    assert "--hash=sha256:" in requirements


def test_the_papers_point_at_files_that_exist():
    missing = []
    for paper in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", paper.read_text("utf-8")):
            if not (paper.parent / target).exists():
                missing.append(f"{relative(paper)} → {target}")
    rules = (ROOT / "docs" / "rules.md").read_text("utf-8")
    for target in re.findall(r"`([a-z_/]+\.py)`", rules):
        if not any((base / target).exists() for base in (ROOT, ROOT / "passpro")):
            missing.append(f"docs/rules.md → {target}")

    assert not missing


def test_french_signs_never_start_a_line():
    """Texts of templates tie « : ; ? ! » and quotation marks to their words, as `|french` does."""
    marks = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{|\}\}|<!--.*?-->|<[^>]*>", re.DOTALL)
    loose = re.compile(r"[^\s!] [»:;!?](?!\S)|« \S")
    found = [
        f"{relative(path)}: …{text[max(0, hit.start() - 20) : hit.end()]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "gallery" not in path.parts
        for text in [marks.sub("x", path.read_text("utf-8"))]
        if (hit := loose.search(text))
    ]

    assert found == []
