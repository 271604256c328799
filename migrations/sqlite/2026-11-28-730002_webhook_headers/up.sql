-- The owner's own request headers: their names as JSON, to be shown, and names with values under the sealing key; null where
-- there are none.
ALTER TABLE webhooks ADD COLUMN header_names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE webhooks ADD COLUMN headers TEXT;
