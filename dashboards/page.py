"""HTML pages from the templates of this package; every value is escaped unless a template says otherwise."""

from __future__ import annotations

from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup


def resource(name: str) -> str:
    """Text of a file in ``templates/``, from the source tree or an installed wheel."""
    return (resources.files("stridelab.dashboards") / "templates" / name).read_text("utf-8")


def render(template: str, **values: Any) -> str:
    """A template filled in; ``include_raw`` puts a stylesheet or script of this package in as it is."""
    environment = Environment(
        loader=FunctionLoader(resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["include_raw"] = lambda name: Markup(resource(name))
    return environment.get_template(template).render(**values)
