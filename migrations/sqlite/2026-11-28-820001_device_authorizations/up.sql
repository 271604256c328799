-- Devices without a browser that wait for a member's answer (RFC 8628). The device code and the user code are stored as digests.
CREATE TABLE device_authorizations (
    digest TEXT PRIMARY KEY,
    user_code_digest TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    -- The scopes that were asked for; once it is allowed, those that were allowed.
    scopes TEXT NOT NULL,
    resource TEXT,
    expires_at BIGINT NOT NULL,
    -- The seconds that the device must wait between two polls, and its last one.
    interval_secs BIGINT NOT NULL,
    polled_at BIGINT,
    -- The consent that it was allowed by; NULL until then.
    authorization_id TEXT REFERENCES authorizations (id),
    denied BOOLEAN NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX device_authorizations_user_code ON device_authorizations (user_code_digest);
CREATE INDEX device_authorizations_of_app ON device_authorizations (app_id, expires_at);
CREATE INDEX device_authorizations_ending ON device_authorizations (expires_at);

-- The device that the question was asked for: no redirect URI is involved.
ALTER TABLE authorization_requests ADD COLUMN device_digest TEXT;
CREATE INDEX authorization_requests_device ON authorization_requests (device_digest);
