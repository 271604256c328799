-- Who created a webhook, as JSON; the audit log knows it of the old ones.
ALTER TABLE webhooks ADD COLUMN created_by TEXT;
UPDATE webhooks SET created_by = (
    SELECT json_build_object('kind', actor_kind, 'id', actor_id, 'name', actor_name)::text
    FROM audit_entries
    WHERE audit_entries.workspace_id = webhooks.workspace_id
        AND audit_entries.object_id = webhooks.id
        AND audit_entries.action = 'webhook.created'
    LIMIT 1
);

-- The first and last characters of a signing secret, or of its public key; NULL for one made before.
ALTER TABLE signing_secrets ADD COLUMN hint TEXT;

-- How many deliveries of each status matched when the recovery started, as JSON.
ALTER TABLE recoveries ADD COLUMN matched TEXT;
