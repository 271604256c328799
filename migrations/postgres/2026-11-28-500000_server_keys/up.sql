-- What the server's own keys look like, without the keys: a node that is started with others is refused.
CREATE TABLE server_keys (
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    -- An HMAC of a constant under the key.
    check_value TEXT NOT NULL,
    -- When it was first seen, and when it was first the one for whatever is new.
    created_at BIGINT NOT NULL,
    active_at BIGINT,
    PRIMARY KEY (kind, version)
);
