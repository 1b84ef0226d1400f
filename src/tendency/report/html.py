"""The page as HTML: one file that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tendency.charts import DARK
from tendency.report.page import ReportPage


def render(page: ReportPage) -> str:
    """The page as a complete HTML document; every text in it is escaped."""
    style, script = _style(), _source("report.js")
    # Only this very style and this very script may run; nothing may be fetched.
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template("report.html.j2")
        .render(page=page, style=Markup(style), script=Markup(script), policy=policy, svg=Markup)
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tendency.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _source(name: str) -> str:
    return files("tendency.report").joinpath("templates", name).read_text(encoding="utf-8")


def _style() -> str:
    """The style sheet, with the colours of charts for a dark page matched by attribute."""
    rules = "\n".join(
        f'  .chart [{attribute}="{light}"] {{ {attribute}: {dark}; }}'
        for light, dark in DARK.items()
        for attribute in ("fill", "stroke")
    )
    return f"{_source('report.css')}\n@media screen and (prefers-color-scheme: dark) {{\n{rules}\n}}\n"


def _digest(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
