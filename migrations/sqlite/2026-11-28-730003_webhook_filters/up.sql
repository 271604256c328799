-- The conditions on events that a webhook wants, as JSON; null where it wants every event of its types.
ALTER TABLE webhooks ADD COLUMN filter TEXT;
