-- The pushed request that the question was made of: the answer uses that up.
ALTER TABLE authorization_requests ADD COLUMN pushed_digest TEXT;
CREATE INDEX authorization_requests_pushed ON authorization_requests (pushed_digest);
