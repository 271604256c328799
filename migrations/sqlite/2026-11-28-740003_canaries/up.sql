-- What a recovery is for, as a JSON list; NULL for one made before it could be chosen. Where it makes deliveries for events that had
-- none: the last event that it looked at, and whether it has looked at all.
ALTER TABLE recoveries ADD COLUMN include TEXT;
ALTER TABLE recoveries ADD COLUMN event_position TEXT;
ALTER TABLE recoveries ADD COLUMN events_done BOOLEAN NOT NULL DEFAULT TRUE;

-- The stage of its canary with the deliveries that it has tried, and the reason why it stopped, as JSON.
ALTER TABLE recoveries ADD COLUMN canary TEXT;
ALTER TABLE recoveries ADD COLUMN stopped TEXT;
