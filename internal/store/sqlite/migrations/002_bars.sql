-- What keeps a party from acts: blacklist, suspension, exclusion.

CREATE TABLE bars (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  party TEXT AS (doc->>'$.Party.Kind' || '/' || (doc->>'$.Party.Key')),
  decided TEXT AS (doc->>'$.Case'),
  region TEXT AS (doc->>'$.Region'),
  public INTEGER AS (doc->>'$.Public')
) STRICT;
CREATE INDEX bars_party ON bars (party, id);
CREATE INDEX bars_case ON bars (decided);
