-- When the receiver was last checked: once a minute at most.
ALTER TABLE webhooks ADD COLUMN checked_at BIGINT;
