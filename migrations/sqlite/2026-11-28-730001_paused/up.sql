-- A paused webhook holds its deliveries until it is resumed; null while it is not paused.
ALTER TABLE webhooks ADD COLUMN paused_at BIGINT;
