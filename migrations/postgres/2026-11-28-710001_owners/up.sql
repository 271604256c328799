-- Whose a webhook is: a member, an API key (its line is named, by the first key of it) or an OAuth app. NULL only in rows that a node
-- of the version before made: admins manage those, and may adopt them.
ALTER TABLE webhooks ADD COLUMN owner_kind TEXT;
ALTER TABLE webhooks ADD COLUMN owner_id TEXT;
ALTER TABLE webhooks ADD COLUMN owner_name TEXT;
-- An app made it for a member: it ends with the last consent, not only with the app.
ALTER TABLE webhooks ADD COLUMN by_consent BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX webhooks_of_owner ON webhooks (owner_id, id);
CREATE INDEX api_keys_of_line ON api_keys (first_key) WHERE first_key IS NOT NULL;

-- Webhooks belong to who made them,
UPDATE webhooks SET owner_kind = (created_by::json ->> 'kind'), owner_id = (created_by::json ->> 'id'), owner_name = (created_by::json ->> 'name')
WHERE created_by IS NOT NULL AND (created_by::json ->> 'id') IS NOT NULL AND (created_by::json ->> 'kind') IN ('member', 'api_key', 'oauth_app');
UPDATE webhooks SET
    owner_id = COALESCE((SELECT k.first_key FROM api_keys k WHERE k.id = webhooks.owner_id), owner_id)
WHERE owner_kind = 'api_key';
UPDATE webhooks SET
    by_consent = (owner_name LIKE '% for %@%'),
    owner_name = COALESCE((SELECT a.name FROM oauth_apps a WHERE a.id = webhooks.owner_id), owner_name)
WHERE owner_kind = 'oauth_app';
-- unless those have ended, or nobody was recorded: these go to the workspace's oldest admin. What sends today goes on sending.
UPDATE webhooks SET owner_kind = NULL, owner_id = NULL, owner_name = NULL, by_consent = FALSE
WHERE owner_kind = 'api_key' AND NOT EXISTS (
        SELECT 1 FROM api_keys k
        WHERE (k.id = webhooks.owner_id OR k.first_key = webhooks.owner_id) AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > (SELECT (extract(epoch FROM now()) * 1000)::BIGINT))
            AND (k.ends_at IS NULL OR k.ends_at > (SELECT (extract(epoch FROM now()) * 1000)::BIGINT)))
    OR owner_kind = 'oauth_app' AND NOT EXISTS (
        SELECT 1 FROM oauth_apps a
        WHERE a.id = webhooks.owner_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL)
    OR by_consent AND NOT EXISTS (
        SELECT 1 FROM authorizations z WHERE z.app_id = webhooks.owner_id AND z.withdrawn_at IS NULL);
UPDATE webhooks SET owner_kind = 'member', owner_id = (
    SELECT m.member_id FROM memberships m
    WHERE m.workspace_id = webhooks.workspace_id AND m.role = 'admin'
    ORDER BY m.created_at, m.member_id LIMIT 1
)
WHERE owner_id IS NULL;
UPDATE webhooks SET owner_kind = NULL WHERE owner_id IS NULL;
UPDATE webhooks SET owner_name = (SELECT m.email FROM members m WHERE m.id = webhooks.owner_id) WHERE owner_kind = 'member';

-- A recovery of all that one key or app owns.
ALTER TABLE recoveries ADD COLUMN owner_id TEXT;
