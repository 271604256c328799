-- The time since which a webhook is sent one delivery after the other; null where it is not ordered.
ALTER TABLE webhooks ADD COLUMN ordered_since BIGINT;
-- A delivery that failed for good holds the line of an ordered webhook.
CREATE INDEX deliveries_failed_of_webhook ON deliveries (webhook_id, finished_at) WHERE status = 'failed';
