-- Ordered webhooks hold deliveries, too: the worker finds all that hold without reading every webhook.
DROP INDEX webhooks_holding;
CREATE INDEX webhooks_holding ON webhooks (id)
    WHERE parked_at IS NOT NULL OR draining_since IS NOT NULL OR rate_limit IS NOT NULL OR ordered_since IS NOT NULL;
