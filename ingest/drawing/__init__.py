"""From a PDF to pictures of its pages, for whoever shows them.

drawer.py    Drawer: one limited child process for a few pages of one file
child.py     what runs in that process
page.py      a page -> its picture, and where its words stand
wire.py      what the two say to each other
"""

from ingest.drawing.drawer import ChildDrawer

__all__ = ["ChildDrawer"]
