-- When a document left the public's eyes, so that harvesters are told; null while it is public, and where it never was.
ALTER TABLE documents ADD COLUMN unpublished TEXT;
