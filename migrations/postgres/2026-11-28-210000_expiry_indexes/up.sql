-- What expires is removed in short steps; each finds its rows without reading the others.
CREATE INDEX sessions_seen ON sessions (last_seen_at);
CREATE INDEX sessions_begun ON sessions (created_at);
CREATE INDEX issued_tokens_counted ON issued_tokens (minute);
CREATE INDEX revoked_tokens_ending ON revoked_tokens (expires_at);
CREATE INDEX token_families_ending ON token_families (ends_at);
CREATE INDEX token_families_revoked ON token_families (revoked_at) WHERE revoked_at IS NOT NULL;
DROP INDEX idempotency_keys_sealed;
CREATE INDEX idempotency_keys_sealed ON idempotency_keys (sealed_until) WHERE sealed_until IS NOT NULL AND body <> '';
