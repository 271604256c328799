-- Events as a log: each has a place in the order, and the id of the object that it is about. A node of the version before writes
-- events without either, and the default gives them a place: one after those of all events that are there, which get theirs in the
-- next step, while publishing goes on. A place is always above the sequence's value before it: the first is 2.
CREATE SEQUENCE event_positions;
ALTER TABLE events ADD COLUMN position BIGINT, ADD COLUMN object_id TEXT;
SELECT setval('event_positions', 1 + (SELECT count(*) FROM events));
ALTER TABLE events ALTER COLUMN position SET DEFAULT nextval('event_positions');

-- The last place of the log whose event was removed for its age.
ALTER TABLE workspaces ADD COLUMN log_start BIGINT NOT NULL DEFAULT 0;
