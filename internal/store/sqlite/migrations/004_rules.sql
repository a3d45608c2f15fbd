-- Changes of rules, added years of the calendar, and the editions of the
-- rulebook that decisions were made by.

CREATE TABLE rule_changes (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE calendar_years (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE rule_editions (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
