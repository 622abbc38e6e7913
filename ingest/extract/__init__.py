"""From the bytes of a file to the pages of its text.

contract.py  what goes into an extractor and what comes out: Source, Limits, Extract
formats.py   which extractor reads which format; `extract`, which reads any file
sniff.py     what a file is, by its content
pdf.py docx.py doc.py rtf.py odt.py pptx.py odp.py xlsx.py ods.py csv_text.py epub.py html.py markdown.py plain.py
mail.py packed.py pictures.py   one extractor a format
ooxml.py drawingml.py opendocument.py sheets.py   what several of them have in common
numbering.py  which number Word writes before a paragraph; list_styles.py  OpenDocument, before an item
pdf_layout.py  in which order the pieces of a PDF page are read
pdf_text.py  what is wrong with the text of PDF pages, and its repair
pdf_pictures.py  which pages of a PDF are read by their picture; legible.py  whether its text is none
ocr.py       from the picture of a page to its text, and how sure that is
charset.py   which letters the bytes of a text stand for
archive.py   the members of a zip file, and the XML in them, within limits
pages.py     how text becomes numbered pages, within limits
clues.py     from what a file says of itself to clues; text_clues.py  what its text tells
titles.py    whether what a file says of itself can be believed
reader.py    Reader: one limited child process that reads file after file, and how it is watched
child.py     the loop that runs in that process
sandbox.py   what that process may still do
wire.py      what the two say to each other
"""

from ingest.extract.contract import READERS, Extract, Limits, best
from ingest.extract.formats import extract
from ingest.extract.reader import Reader, TakeEnclosed, sweep_folders

__all__ = ["READERS", "Extract", "Limits", "Reader", "TakeEnclosed", "best", "extract", "sweep_folders"]
