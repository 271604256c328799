-- The audience of the tokens that come of it (RFC 8707), where the app named one; NULL for the issuer.
ALTER TABLE authorization_requests ADD COLUMN resource TEXT;
ALTER TABLE authorization_codes ADD COLUMN resource TEXT;
ALTER TABLE token_families ADD COLUMN resource TEXT;
