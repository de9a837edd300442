"""Accessible PDF drawn directly, for documents made by the ten thousand (PDF/UA-1).

`passpro.kernel.pdf` draws any template in about half a second; a statement made of headings,
paragraphs and tables takes a twentieth of it here. Same look: sizes and colours of tokens.css.
"""

from passpro.kernel.paper.paper import Paper
from passpro.kernel.paper.tables import Column, Row

__all__ = ["Column", "Paper", "Row"]
