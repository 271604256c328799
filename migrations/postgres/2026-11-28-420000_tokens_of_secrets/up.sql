-- The client secret by which an app got these tokens last; unknown for those that are older than this column, and for public apps.
ALTER TABLE token_families ADD COLUMN secret_id TEXT;
ALTER TABLE access_tokens ADD COLUMN secret_id TEXT;
