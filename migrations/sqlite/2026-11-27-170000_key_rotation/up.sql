-- Whether a key may replace itself.
ALTER TABLE api_keys ADD COLUMN rotatable BOOLEAN NOT NULL DEFAULT FALSE;
-- The key that a key was made to replace, and the one that was made to replace it last.
ALTER TABLE api_keys ADD COLUMN replaces TEXT;
ALTER TABLE api_keys ADD COLUMN replaced_by TEXT;
-- The first key of the line; NULL where it is this one.
ALTER TABLE api_keys ADD COLUMN first_key TEXT;
-- When a key that is being replaced stops working.
ALTER TABLE api_keys ADD COLUMN ends_at BIGINT;
-- When a key was first used and so ended the one that it replaces.
ALTER TABLE api_keys ADD COLUMN took_over_at BIGINT;
