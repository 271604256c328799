-- At most three secrets of a webhook or an app work at once; there may be hundreds today. The current one and the two that
-- work longest beside it stay. What has ended is of no use any more.
DELETE FROM signing_secrets WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY webhook_id ORDER BY CASE WHEN expires_at IS NULL THEN 0 ELSE 1 END, expires_at DESC, id DESC
        ) AS place
        FROM signing_secrets
    ) ranked WHERE place > 3
);
DELETE FROM client_secrets WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY app_id ORDER BY CASE WHEN expires_at IS NULL THEN 0 ELSE 1 END, expires_at DESC, id DESC
        ) AS place
        FROM client_secrets
    ) ranked WHERE place > 3
);

-- Ended secrets are looked for every few minutes.
CREATE INDEX signing_secrets_ending ON signing_secrets (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX client_secrets_ending ON client_secrets (expires_at) WHERE expires_at IS NOT NULL;
