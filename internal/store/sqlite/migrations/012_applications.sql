-- A body has one application at a time that is not decided.

ALTER TABLE applications ADD COLUMN undecided TEXT AS (CASE WHEN doc->>'$.Body' <> '' AND doc->>'$.State' IN ('handed_in', 'sent_back', 'examined') THEN doc->>'$.Body' END);
CREATE UNIQUE INDEX applications_undecided ON applications (undecided);
