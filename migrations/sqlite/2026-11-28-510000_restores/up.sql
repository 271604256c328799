-- When the database was put back to an older state. What moved on in the time that was lost must not look stolen.
CREATE TABLE restores (
    restored_at BIGINT PRIMARY KEY
);
