-- Apps for many workspaces: an app that is public can be installed in workspaces other than its own.
ALTER TABLE oauth_apps ADD COLUMN distribution TEXT NOT NULL DEFAULT 'workspace';
-- Who stands behind the app, as other workspaces read it; empty where that was never said.
ALTER TABLE oauth_apps ADD COLUMN publisher_name TEXT NOT NULL DEFAULT '';
-- Which apps of other workspaces may come in: any, those that an admin approves, or those that an admin installs.
ALTER TABLE workspaces ADD COLUMN app_policy TEXT NOT NULL DEFAULT 'ask';

-- Apps of other workspaces in a workspace, or asked for by one of its members.
CREATE TABLE app_installs (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    app_id TEXT NOT NULL REFERENCES oauth_apps (id),
    status TEXT NOT NULL,
    -- The member who asked for it; NULL where an admin let it in without being asked.
    requested_by TEXT REFERENCES members (id),
    created_at BIGINT NOT NULL,
    -- When an admin, or the policy, last decided about it.
    decided_at BIGINT
);
CREATE UNIQUE INDEX app_installs_once ON app_installs (app_id, workspace_id);
CREATE INDEX app_installs_listed ON app_installs (workspace_id, id);

-- A member of several workspaces may let an app act for them in each.
DROP INDEX authorizations_alive;
CREATE UNIQUE INDEX authorizations_alive ON authorizations (member_id, app_id, workspace_id) WHERE withdrawn_at IS NULL;
