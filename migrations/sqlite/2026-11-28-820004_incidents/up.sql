-- The addresses that the first tokens of a family and the present ones were given to; NULL where they are older than these columns.
ALTER TABLE token_families ADD COLUMN created_ip TEXT;
ALTER TABLE token_families ADD COLUMN rotated_ip TEXT;

-- An incident, a family that ended because something was used twice: the first use of that, and what the two uses look like. NULL where
-- it is not known.
ALTER TABLE token_families ADD COLUMN first_used_at BIGINT;
ALTER TABLE token_families ADD COLUMN first_used_ip TEXT;
ALTER TABLE token_families ADD COLUMN likely TEXT;
-- The admin who acknowledged the incident; NULL until then.
ALTER TABLE token_families ADD COLUMN acknowledged_at BIGINT;
ALTER TABLE token_families ADD COLUMN acknowledged_by TEXT REFERENCES members (id);
ALTER TABLE token_families ADD COLUMN acknowledged_note TEXT;

-- The live families of an app in a workspace, newest first.
CREATE INDEX token_families_live ON token_families (app_id, workspace_id, id) WHERE revoked_at IS NULL;
