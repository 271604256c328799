-- The OAuth server. Codes, request URIs and browsers are stored as digests; refresh tokens are derived and not stored at all.

-- Keys that sign access tokens: the public half, and the private half sealed.
CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Published from its creation on, used from here on.
    active_at BIGINT NOT NULL
);

-- Requests pushed by apps (RFC 9126), until they are used or over.
CREATE TABLE pushed_requests (
    digest TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pushed_requests_ending ON pushed_requests (expires_at);

-- Questions put to members, until they are answered or over.
CREATE TABLE authorization_requests (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    session_digest TEXT,
    browser_digest TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    state TEXT,
    scopes TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX authorization_requests_ending ON authorization_requests (expires_at);

CREATE TABLE authorizations (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    member_id TEXT NOT NULL REFERENCES members (id),
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_ip TEXT,
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX authorizations_alive ON authorizations (member_id, app_id) WHERE withdrawn_at IS NULL;
CREATE INDEX authorizations_of_app ON authorizations (app_id, id) WHERE withdrawn_at IS NULL;

CREATE TABLE authorization_codes (
    digest TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    authorization_id TEXT NOT NULL REFERENCES authorizations (id),
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    -- The tokens that it gave.
    family_id TEXT
);
CREATE INDEX authorization_codes_ending ON authorization_codes (expires_at);

-- Refresh tokens that follow one another: the present one is known by its generation.
CREATE TABLE token_families (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    authorization_id TEXT NOT NULL REFERENCES authorizations (id),
    scopes TEXT NOT NULL,
    refreshable BOOLEAN NOT NULL,
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_reason TEXT,
    revoked_ip TEXT
);
CREATE INDEX token_families_of_app ON token_families (app_id, revoked_at);
CREATE INDEX token_families_of_authorization ON token_families (authorization_id);

-- Access tokens that act for members, by their jti; never the tokens.
CREATE TABLE access_tokens (
    id TEXT PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_families (id),
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX access_tokens_of_app ON access_tokens (app_id, expires_at);
CREATE INDEX access_tokens_of_family ON access_tokens (family_id);
CREATE INDEX access_tokens_ending ON access_tokens (expires_at);

-- Access tokens that act as an app itself are counted by the minute, and remembered only where they were revoked.
CREATE TABLE issued_tokens (
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    minute BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    PRIMARY KEY (app_id, minute)
);
CREATE TABLE revoked_tokens (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_of_app ON revoked_tokens (app_id, expires_at);
