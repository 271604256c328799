-- Apps that are known by a document at a URL (Client ID Metadata Documents): the URL is the client_id. Such an app belongs to the
-- workspace in which one of its members was first asked, and has no publisher.
ALTER TABLE oauth_apps ADD COLUMN client_id_url TEXT;
CREATE UNIQUE INDEX oauth_apps_documents ON oauth_apps (workspace_id, client_id_url) WHERE client_id_url IS NOT NULL;
-- Whether members may be asked by such apps.
ALTER TABLE workspaces ADD COLUMN client_documents TEXT NOT NULL DEFAULT 'off';
