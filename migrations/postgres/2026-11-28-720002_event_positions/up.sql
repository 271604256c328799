-- The events from before the log get their places by their age.
UPDATE events SET position = numbered.position
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS position FROM events WHERE position IS NULL) AS numbered
    WHERE events.id = numbered.id;
