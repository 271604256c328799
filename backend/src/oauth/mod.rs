//! The OAuth 2.1 server: third-party apps act for a member who agrees, or as themselves.
//!
//! # One authorization
//!
//! 1. **Ask.** An app sends a member's browser to `/oauth/authorize` ([`authorize`]). The handler finds the app, then the
//!    redirect URI ([`redirect_uri`]). While either is wrong it answers with a page of its own ([`page`]), so that no member is
//!    sent to a place that no app registered. Every other error goes back to the app. The order of the checks stands in
//!    [`request`]. An app may also push its request ahead to `/oauth/par` ([`par`]), where the same checks run. A pushed request
//!    is read from the database, and checked again; its answer uses it up. What the app wishes of the question is [`prompt`].
//! 2. **Consent.** The question to the member is a row in the database. The row is bound to the session and to the browser; the
//!    browser is known by a cookie, so that signing in first changes nothing. The row is good for ten minutes and one answer.
//!    A member who can allow nothing is told why, and says no, so that the app learns the reason.
//!    The console shows the question by `/v1/authorization-requests/{id}` and posts the answer; the server says where to go.
//!    A member cannot hand on what the member may not do. An app is not asked about twice: a consent that covers all scopes
//!    answers by itself. The exception is an app to which the answer goes by a loopback or private-use redirect, since any
//!    program on the device could pass for that app. All of this is [`consent`].
//! 3. **Redeem.** The app trades the code for tokens at `/oauth/token` ([`token`]). A code ([`code`]) is stored as a digest and
//!    lives for a minute. One conditional update uses it up: for a family of tokens, or for none where the verifier is wrong. A
//!    second request with the same code ends the family that the first one got.
//! 4. **Refresh.** A family of tokens is one row with a generation. A refresh token ([`refresh_token`]) is an HMAC over the
//!    family and the generation, and is not stored. So [`refresh`] can give an answer again that was lost on its way, for a day,
//!    until its refresh token or its access token is used: [`live_token`](crate::auth::live_token) notes the first use. After
//!    that, the earlier token is a copy. Then the family ends, with an audit entry and an incident, in a transaction that commits
//!    although the caller is refused.
//! 5. **Call.** The app calls `/v1` with the access token. The middleware in [`identify`](crate::auth::identify) verifies the
//!    token's signature, and remembers for a second that it is good. Then [`live_token`](crate::auth::live_token) looks up what
//!    the token stands for. One query joins token, family, consent, membership, app and workspace, and finds nothing once any of
//!    them has ended. The result is believed for a second on other nodes. On this node, and wherever NOTIFY reaches, it is
//!    forgotten with the commit that changes it. The token may use its own scopes, cut by those of the app, the consent and the
//!    member's role, at each call. Tokens of an app itself are not stored, only counted ([`usage`](crate::auth::usage)); those
//!    that an app gives back are remembered until they end.
//! 6. **End.** An app gives a token back at `/oauth/revoke` ([`revoke`]). A member or an admin withdraws a consent
//!    ([`withdraw`]), and every token that came from it stops at once. An app learns at `/oauth/introspect` ([`introspect`]) what
//!    one of its tokens is good for.
//! 7. **Keys.** Access tokens are signed with the keys of [`signing_keys`](crate::auth::signing_keys). The private halves are in
//!    the database, sealed, so that all nodes sign with the same one. A new key is made every 90 days and published a day before
//!    it signs. The old one stays published for a day. A node reads the keys once a second, so that one which the operator revoked
//!    is believed no longer, and sooner where it meets a key it does not know. Clients find the keys by [`metadata`].
//!
//! A program or a screen without a browser goes another way: it shows a code that the member types in the console, and asks at
//! `/oauth/token` until the member has answered. That is [`device`]; the question and the tokens are the same.
//!
//! # Shared by the endpoints
//!
//! [`limits`] has how often each may be called. [`params`] reads forms and queries strictly. [`client`] finds out which app
//! calls and has it prove that. [`issue`] begins a family of tokens for a consent. [`scope`] and [`resource`] read what it asks for.
//! [`admission`] says whether a workspace lets in an app that is not its own. [`client_documents`] knows apps by a document at a URL.
//! [`publisher_domains`] finds out whether the publisher of an app owns a domain.
//! [`pkce`] checks challenges and verifiers. [`error`] is the one error, and [`token_response`] the answer with tokens. The answer to a
//! failed request is terse. What it does not say, the app's own admins read: [`failures`] notes each refusal with its cause, for which
//! [`uri_difference`] and [`wrong_secret`] find the words.

pub mod admission;
pub mod authorize;
pub mod client;
pub mod client_documents;
pub mod code;
pub mod consent;
mod copies;
pub mod device;
pub mod error;
pub mod failures;
pub mod forms;
pub mod introspect;
pub mod issue;
pub mod limits;
pub mod metadata;
pub mod page;
pub mod par;
pub mod params;
pub mod pkce;
pub mod prompt;
pub mod publisher_domains;
pub mod redirect_uri;
pub mod refresh;
pub mod refresh_token;
pub mod request;
pub mod resource;
pub mod revoke;
pub mod scope;
pub mod token;
pub mod token_response;
pub mod uri_difference;
pub mod withdraw;
pub mod wrong_secret;
