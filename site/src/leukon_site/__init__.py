"""The public site: the page about a low white blood cell count, and everything it opens.

leukon informs; it does not diagnose or treat. Nothing imports this distribution; every clinical
number on its pages comes from `leukon`, never from prose.
"""

__version__ = "0.1.0"
