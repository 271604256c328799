-- What the app wishes of the question: that it is asked whatever was allowed before, that the member signs in anew (the digest of the
-- session that is too old), and whom it expects.
ALTER TABLE authorization_requests ADD COLUMN ask_again BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE authorization_requests ADD COLUMN stale_session TEXT;
ALTER TABLE authorization_requests ADD COLUMN login_hint TEXT;
