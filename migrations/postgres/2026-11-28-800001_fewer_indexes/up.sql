-- Every index is written with every row. These were read by nothing that another index does not answer as well.
DROP INDEX events_of_workspace;
DROP INDEX deliveries_failures;
DROP INDEX deliveries_canceled;

-- What did not succeed, by each filter of the failures' list, and the walks of a recovery of a whole workspace. The condition compares:
-- for an IN, SQLite builds a table of its own in every INSERT and UPDATE of a delivery.
DROP INDEX deliveries_failures_by_status;
DROP INDEX deliveries_failures_by_kind;
DROP INDEX deliveries_failures_of_webhook;
CREATE INDEX deliveries_failures_by_status ON deliveries (workspace_id, status, id)
    WHERE status <> 'pending' AND status <> 'succeeded';
CREATE INDEX deliveries_failures_by_kind ON deliveries (workspace_id, status, last_category, event_type, id)
    WHERE status <> 'pending' AND status <> 'succeeded';
CREATE INDEX deliveries_failures_of_webhook ON deliveries (webhook_id, status, last_category, event_type, id)
    WHERE status <> 'pending' AND status <> 'succeeded';
