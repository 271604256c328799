-- Failed requests of OAuth apps, for their developers. Requests that failed alike within a minute are one row.
CREATE TABLE oauth_failures (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    occurred_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    endpoint TEXT NOT NULL,
    error TEXT NOT NULL,
    cause TEXT NOT NULL,
    -- A sentence that holds no secret.
    detail TEXT NOT NULL,
    status INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    -- Empty where it is not shown.
    ip TEXT NOT NULL,
    -- Empty where there was none, or it is not shown.
    user_agent TEXT NOT NULL,
    -- Strangers, who know no more than the app's id, do not push these rows out.
    trusted BOOLEAN NOT NULL
);
CREATE INDEX oauth_failures_listed ON oauth_failures (app_id, id);
CREATE INDEX oauth_failures_ended ON oauth_failures (occurred_at);
