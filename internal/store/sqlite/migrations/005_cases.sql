-- Violations and what is decided about them.

CREATE TABLE cases (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  rank TEXT AS (doc->>'$.Rank'),
  state TEXT AS (doc->>'$.State'),
  waits TEXT AS (doc->>'$.Waits'),
  kind TEXT AS (doc->>'$.Kind'),
  source TEXT AS (doc->>'$.Source'),
  party TEXT AS (doc->>'$.Party.Kind' || '/' || (doc->>'$.Party.Key')),
  reporter TEXT AS (doc->>'$.Reporter'),
  title TEXT AS (doc->>'$.Title'),
  name TEXT AS (doc->>'$.Name')
) STRICT;
CREATE INDEX cases_rank ON cases (rank);
CREATE INDEX cases_party ON cases (party, rank);
CREATE INDEX cases_reporter ON cases (reporter, rank);
