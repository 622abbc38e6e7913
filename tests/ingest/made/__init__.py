"""Files of every kind, made from texts that are known, so that what is read can be held against them.

known.py   the texts: Czech, Ukrainian and Vietnamese, with every letter of each
office.py  Word, PowerPoint, Excel and OpenDocument, as parts of XML in a zip file
paper.py   PDF: in one column and in two, with running heads, page numbers and divided words
old.py     RTF and the Word documents of before 2007
plain.py   text in old and new encodings, Markdown, HTML, CSV, EPUB, e-mail
"""
