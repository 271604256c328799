-- What is due of a webhook that falls behind is found without reading the webhook's whole history.
CREATE INDEX deliveries_due_of_webhook ON deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL;
