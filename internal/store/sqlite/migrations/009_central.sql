-- Papers that a bureau sets (R05): their content is sealed inside the document.

CREATE TABLE central_papers (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  region TEXT AS (doc->>'$.Region'),
  track TEXT AS (doc->>'$.Track'),
  trade TEXT AS (doc->>'$.Trade'),
  state TEXT AS (doc->>'$.State')
) STRICT;
CREATE INDEX central_papers_region ON central_papers (region, id);

ALTER TABLE sittings ADD COLUMN central TEXT AS (doc->>'$.Central');
CREATE INDEX sittings_central ON sittings (central, id) WHERE central <> '';
