"""Sphinx: the pages in Markdown, the reference from the docstrings, every warning an error."""

import salesproc

project = "salesproc"
author = "the salesproc maintainers"
copyright = "2026, the salesproc maintainers"
version = release = salesproc.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "examples/sample/*"]
html_theme = "furo"
html_title = f"salesproc {release}"

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # else attributes are described twice
napoleon_custom_sections = [("Source", "returns_style")]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "undoc-members": False, "inherited-members": "tuple,str"}
autodoc_preserve_defaults = True

default_role = "py:obj"
# Type variables, aliases and names of the standard library have no page here.
nitpick_ignore_regex = [("py:.*", r".*")]
