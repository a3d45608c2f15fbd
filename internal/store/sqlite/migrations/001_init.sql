-- An aggregate is a document, the JSON of its domain type, with its version.
-- Columns that are looked up are generated from the document.

CREATE TABLE sittings (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  body TEXT AS (doc->>'$.Body'),
  state TEXT AS (doc->>'$.State'),
  title TEXT AS (doc->>'$.Title')
) STRICT;
CREATE INDEX sittings_body ON sittings (body, id);

CREATE TABLE enrolments (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  sitting TEXT AS (doc->>'$.Sitting'),
  ticket TEXT AS (doc->>'$.Ticket'),
  id_hash TEXT AS (doc->>'$.IDHash'),
  room TEXT AS (doc->>'$.Room'),
  name TEXT AS (doc->>'$.Name')
) STRICT;
CREATE UNIQUE INDEX enrolments_ticket ON enrolments (ticket);
CREATE UNIQUE INDEX enrolments_person ON enrolments (sitting, id_hash);
CREATE INDEX enrolments_sitting ON enrolments (sitting, ticket);

CREATE TABLE attempts (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  sitting TEXT AS (doc->>'$.Sitting')
) STRICT;
CREATE INDEX attempts_sitting ON attempts (sitting, id);

CREATE TABLE certificates (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  enrolment TEXT AS (doc->>'$.Enrolment'),
  sitting TEXT AS (doc->>'$.Sitting'),
  body TEXT AS (doc->>'$.Body'),
  name TEXT AS (doc->>'$.Name')
) STRICT;
CREATE UNIQUE INDEX certificates_enrolment ON certificates (enrolment);
CREATE INDEX certificates_sitting ON certificates (sitting, id);
CREATE INDEX certificates_body ON certificates (body, id);

CREATE TABLE bodies (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  name TEXT AS (doc->>'$.Name')
) STRICT;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  login TEXT AS (doc->>'$.Login')
) STRICT;
CREATE UNIQUE INDEX accounts_login ON accounts (login);

CREATE TABLE items (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  owner TEXT AS (doc->>'$.Owner'),
  trade TEXT AS (doc->>'$.Trade'),
  type TEXT AS (doc->>'$.Type'),
  topic TEXT AS (doc->>'$.Topic'),
  stem TEXT AS (doc->>'$.Stem')
) STRICT;
CREATE INDEX items_owner ON items (owner, id);
CREATE INDEX items_trade ON items (owner, trade, id);

CREATE TABLE blueprints (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  owner TEXT AS (doc->>'$.Owner')
) STRICT;
CREATE INDEX blueprints_owner ON blueprints (owner, id);

CREATE TABLE papers (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL,
  owner TEXT AS (doc->>'$.Owner')
) STRICT;
CREATE INDEX papers_owner ON papers (owner, id);

-- The hot path. Times are nanoseconds since 1970, 0 for none.

-- The part of an attempt that a save reads and writes; due is when the sweeper
-- must look at the attempt, NULL for never.
CREATE TABLE leases (
  attempt TEXT PRIMARY KEY,
  lease TEXT NOT NULL,
  open INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  due INTEGER,
  seq INTEGER NOT NULL,
  digest TEXT NOT NULL, -- of the save with seq
  saved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_due ON leases (due) WHERE due IS NOT NULL;

CREATE TABLE answers (
  attempt TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL, -- JSON
  flagged INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  saved INTEGER NOT NULL,
  late INTEGER NOT NULL,
  PRIMARY KEY (attempt, question)
) STRICT, WITHOUT ROWID;

-- The rest.

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  expires INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  due INTEGER NOT NULL,
  tries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (due);

CREATE TABLE audit (
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  entry TEXT NOT NULL, -- JSON
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
