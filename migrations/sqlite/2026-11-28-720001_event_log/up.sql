-- Events as a log: each has a place in its workspace's order, and the id of the object that it is about.
ALTER TABLE events ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN object_id TEXT;

-- The last place of the log whose event was removed for its age.
ALTER TABLE workspaces ADD COLUMN log_start BIGINT NOT NULL DEFAULT 0;
