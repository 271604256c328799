-- A webhook that was disabled or deleted, or whose workspace may send nothing any more, while more deliveries waited than one
-- transaction cancels: the rest is canceled in steps.
ALTER TABLE webhooks ADD COLUMN cancel_due BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX webhooks_cancel_due ON webhooks (id) WHERE cancel_due;
CREATE INDEX deliveries_by_hand ON deliveries (webhook_id) WHERE manual_attempt_id IS NOT NULL;
