-- Applications of bodies to be filed, changed, renewed or withdrawn.

CREATE TABLE applications (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  body TEXT AS (doc->>'$.Body'),
  region TEXT AS (doc->>'$.Region'),
  state TEXT AS (doc->>'$.State')
) STRICT;
CREATE INDEX applications_body ON applications (body, id);
CREATE INDEX applications_state ON applications (state, id);
