-- A job is claimed under a number, keeps its last failure, and can be dead.

ALTER TABLE jobs ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN failed INTEGER NOT NULL DEFAULT 0; -- when the last try failed
ALTER TABLE jobs ADD COLUMN failure TEXT NOT NULL DEFAULT '';  -- format of its sentence
ALTER TABLE jobs ADD COLUMN dead INTEGER NOT NULL DEFAULT 0;   -- due is 0 then

-- A job's id is part of addresses now.
UPDATE jobs SET id = replace(id, '/', ':');

DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (due, id) WHERE dead = 0;
CREATE INDEX jobs_dead ON jobs (kind, id) WHERE dead = 1;
