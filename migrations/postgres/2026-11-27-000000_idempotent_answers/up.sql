-- Answers that an idempotency key keeps: their headers, the object that they are about, and, where they hold a secret, the
-- time from which the sealed body is no longer given.
ALTER TABLE idempotency_keys ADD COLUMN headers TEXT;
ALTER TABLE idempotency_keys ADD COLUMN object_id TEXT;
ALTER TABLE idempotency_keys ADD COLUMN sealed_until BIGINT;
CREATE INDEX idempotency_keys_sealed ON idempotency_keys (sealed_until) WHERE sealed_until IS NOT NULL;
