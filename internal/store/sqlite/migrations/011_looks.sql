-- What is asked for every second or minute is led by an index.

CREATE INDEX sittings_state ON sittings (state, id);
DROP INDEX sittings_central; -- its condition kept it from being used
CREATE INDEX sittings_central ON sittings (central, id);
CREATE INDEX mixes_busy ON mixes (year, id) WHERE busy = 1;
CREATE INDEX cases_waits ON cases (waits, rank);
