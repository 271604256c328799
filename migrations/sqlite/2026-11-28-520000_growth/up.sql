-- What ended long ago is removed in short steps; each finds its rows without reading the others.
CREATE INDEX api_keys_revoked ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_keys_expiring ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX oauth_apps_deleted ON oauth_apps (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX webhooks_deleted ON webhooks (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX authorizations_withdrawn ON authorizations (withdrawn_at) WHERE withdrawn_at IS NOT NULL;
CREATE INDEX recoveries_finished ON recoveries (finished_at) WHERE finished_at IS NOT NULL;
-- Whether anything refers to a row that is to go.
CREATE INDEX authorizations_by_app ON authorizations (app_id);
CREATE INDEX authorization_codes_of_authorization ON authorization_codes (authorization_id);
