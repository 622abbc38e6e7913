"""A document as other programs read it: reference managers, library catalogues, spreadsheets, search machines.

    work.py         Work: what a record says of a document, whatever its format
    csl.py          CSL-JSON, what citation processors take
    bibtex.py       BibTeX
    ris.py          RIS
    jsonld.py       schema.org in JSON-LD
    dublin_core.py  Dublin Core in XML, as OAI-PMH wants it
    table.py        a row of a spreadsheet
    xml.py          how XML is written

Each is a pure function from a Work to a record. A Work is made of a document as its audience may read it, so a record
says nothing that the audience may not know.
"""
