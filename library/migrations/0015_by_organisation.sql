-- Staff look at the documents of their own organisation, the last changed first.

CREATE INDEX documents_by_organisation ON documents (organisation, revision) WHERE withdrawn IS NULL;
