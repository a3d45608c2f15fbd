-- An officer of one county is shown that county's, without a look at all others.

ALTER TABLE sittings ADD COLUMN region TEXT AS (doc->>'$.Region');
ALTER TABLE sittings ADD COLUMN host TEXT AS (nullif(doc->>'$.Host', ''));
CREATE INDEX sittings_region ON sittings (region, id);
CREATE INDEX sittings_host ON sittings (host, id);
ALTER TABLE certificates ADD COLUMN region TEXT AS (doc->>'$.Region');
CREATE INDEX certificates_region ON certificates (region, id);
