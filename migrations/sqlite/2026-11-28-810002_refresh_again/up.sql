-- The newest generation whose refresh token or access token was used, and until when the refresh token before it gives its successor
-- again; NULL where that was never said.
ALTER TABLE token_families ADD COLUMN used_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE token_families ADD COLUMN again_until BIGINT;

-- The generation of the refresh token that was given with it; NULL where that is not known.
ALTER TABLE access_tokens ADD COLUMN generation BIGINT;
