-- Counts that end by themselves: wrong tries of a name, complaints of an hour.
-- Like sessions they stay behind when an installation moves.

CREATE TABLE tallies (
  name TEXT PRIMARY KEY,
  n INTEGER NOT NULL,
  ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tallies_ends ON tallies (ends);
