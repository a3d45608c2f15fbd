-- Certificates counted by city and year (R06), and who waits for the cap.

CREATE TABLE mixes (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  city TEXT AS (doc->>'$.City'),
  year INTEGER AS (doc->>'$.Year'),
  busy INTEGER AS (doc->>'$.Head' < doc->>'$.Tail' OR coalesce(json_array_length(doc, '$.Pending'), 0) > 0)
) STRICT;
CREATE INDEX mixes_city ON mixes (city, year);

CREATE TABLE waitings (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  city TEXT AS (doc->>'$.City'),
  place INTEGER AS (doc->>'$.Place'),
  sitting TEXT AS (doc->>'$.Sitting'),
  body TEXT AS (doc->>'$.Body'),
  state TEXT AS (doc->>'$.State')
) STRICT;
CREATE INDEX waitings_place ON waitings (city, place);
CREATE INDEX waitings_sitting ON waitings (sitting, place);

ALTER TABLE certificates ADD COLUMN person TEXT AS (doc->>'$.Person');
ALTER TABLE certificates ADD COLUMN early INTEGER AS (coalesce(doc->>'$.Counted.Mix', '') = '');
CREATE INDEX certificates_person ON certificates (person) WHERE person IS NOT NULL;
CREATE INDEX certificates_early ON certificates (id) WHERE early = 1;
