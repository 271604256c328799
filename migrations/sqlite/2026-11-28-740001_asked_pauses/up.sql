-- Until when the receiver asked to be left alone (Retry-After), as far as that is kept.
ALTER TABLE webhooks ADD COLUMN asked_until BIGINT;
