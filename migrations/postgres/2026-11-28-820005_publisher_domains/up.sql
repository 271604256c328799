-- The domain that an app's publisher claims, without a port; empty where none was named. Nobody else sees it before it is verified: a
-- file at the domain then lists the app.
ALTER TABLE oauth_apps ADD COLUMN publisher_domain TEXT NOT NULL DEFAULT '';
-- Since when it is verified; NULL while it is not.
ALTER TABLE oauth_apps ADD COLUMN publisher_domain_verified_at BIGINT;
-- What the last check found wrong, in words; NULL where that was nothing.
ALTER TABLE oauth_apps ADD COLUMN publisher_domain_fault TEXT;
-- Checks of a verified domain that failed one after the other.
ALTER TABLE oauth_apps ADD COLUMN publisher_domain_failures BIGINT NOT NULL DEFAULT 0;
-- When an admin last asked for a check.
ALTER TABLE oauth_apps ADD COLUMN publisher_domain_asked_at BIGINT;
-- When a verified domain is checked again; NULL while it is not verified.
ALTER TABLE oauth_apps ADD COLUMN publisher_domain_due_at BIGINT;
CREATE INDEX oauth_apps_domains_due ON oauth_apps (publisher_domain_due_at) WHERE publisher_domain_due_at IS NOT NULL;
