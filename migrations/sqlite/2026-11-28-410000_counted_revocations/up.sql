-- How many access tokens an app gave back, by the hour: counted, since an app may do so as often as it likes.
CREATE TABLE token_revocations (
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    hour BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    PRIMARY KEY (app_id, hour)
);
CREATE INDEX token_revocations_of_hour ON token_revocations (hour);
