-- The scopes of an app that each member may leave out, and those that a member left out, who is not asked for them again.
ALTER TABLE oauth_apps ADD COLUMN optional_scopes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE authorizations ADD COLUMN declined_scopes TEXT NOT NULL DEFAULT '[]';
