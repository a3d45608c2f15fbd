-- Inspections of bodies: plans, visits, credit grades.

CREATE TABLE plans (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  region TEXT AS (doc->>'$.Region')
) STRICT;

CREATE TABLE visits (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  plan TEXT AS (doc->>'$.Plan'),
  kind TEXT AS (doc->>'$.Kind'),
  body TEXT AS (doc->>'$.Body'),
  region TEXT AS (doc->>'$.Region'),
  state TEXT AS (doc->>'$.State'),
  day TEXT AS (doc->>'$.On')
) STRICT;
CREATE INDEX visits_plan ON visits (plan, id);
CREATE INDEX visits_body ON visits (body, id);
CREATE INDEX visits_state ON visits (state, id);

CREATE TABLE credits (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  body TEXT AS (doc->>'$.Body')
) STRICT;
CREATE INDEX credits_body ON credits (body, id);
