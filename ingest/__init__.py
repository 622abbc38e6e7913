"""The staff's door: from a file to a document in the exchange.

cli.py       python -m ingest: add, work, jobs, retry, withdraw
desk.py      how staff decide about documents: personal data, copies, translations
metadata.py  what members say of their files: a description beside each, or one table for a folder
progress.py  what a person, or a program, sees of a batch while it is worked on
worker.py    take the next job, run the pipeline, record how it ended
steps.py     how far each job is, noted now and then
log.py       how log lines name their job
pipeline.py  ingest(job, ...): the straight line from an original to the catalogue
enclosed.py  what becomes of the files in an archive or a mail
describe.py  what was read and what the member said -> Document; pure
extract/     from bytes to pages, in a limited child process
drawing/     pages of PDFs as pictures, in a limited child process
samples/     the sample library: invented organisations and documents, real files
"""
