-- Families that ended for a reason, incidents among them: the list of apps counts those that nobody has acknowledged.
CREATE INDEX token_families_ended ON token_families (workspace_id, app_id, revoked_reason, revoked_at)
    WHERE revoked_reason IS NOT NULL AND acknowledged_at IS NULL;
