"""The staff's door: from a file to a document in the exchange.

cli.py       python -m ingest: add, watch, work, jobs, report, retry, pause, reread, …
desk.py      how staff decide about documents: personal data, copies, translations
batch.py     which files were handed in, what was said of each, and how each ended
watch.py     a folder from which files are taken as they come
names.py     what a file is called, whatever the encoding of its name
metadata.py  what a member says of one file, in a description beside it
tables.py    what a table says of the files of a folder, and what in it cannot be used
progress.py  what a person, or a program, sees of a batch while it is worked on
worker.py    take the next job, run the pipeline, record how it ended
readers.py   which process reads the next file
keeping.py   when what was read goes into the catalogue: together with what is read a moment later
steps.py     how far each job is, noted now and then
spoken.py    in which language a command speaks
log.py       how log lines name their job
pipeline.py  ingest(job, ...): the straight line from an original to the catalogue
enclosed.py  what becomes of the files in an archive or a mail
rereading.py originals that are read again by better readers
describe.py  what was read and what the member said -> Document; pure
extract/     from bytes to pages, in a limited child process
drawing/     pages of PDFs as pictures, in a limited child process
samples/     the sample library: invented organisations and documents, real files
"""
