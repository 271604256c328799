ALTER TABLE events ALTER COLUMN position SET NOT NULL;
CREATE INDEX events_by_position ON events (workspace_id, position, type);
CREATE INDEX events_of_object ON events (workspace_id, object_id, position) WHERE object_id IS NOT NULL;
