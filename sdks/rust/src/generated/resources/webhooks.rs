// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of webhooks.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    CreatedSigningSecret, CreatedWebhook, FilterPreview, NewTest, NewWebhook, PreviewFilter, ReceiverCheck,
    RotateSecret, SecretId, SigningSecret, TestResult, Webhook, WebhookChanges, WebhookId, WebhookStatus,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of webhooks.
#[derive(Debug, Clone)]
pub struct Webhooks<C> {
    client: C,
}

impl<C: Client> Webhooks<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Adopt a webhook.
    ///
    /// It becomes the admin's, and its owner before sees it no more. A disabled webhook stays disabled: enable it, then recover what it
    /// missed. Its signing secret stays known to the owner before: rotate it. Adopting one's own webhook changes nothing.
    ///
    /// **Permission:** an admin's session
    pub fn adopt(&self, id: impl Into<WebhookId>) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "adopt"]).keyed().conditional(),
        )
    }

    /// Check a receiver.
    ///
    /// Sends a few messages at once to this webhook alone, and says what its receiver makes of them: a valid one, a forged one, one that was
    /// signed ten minutes ago, the valid one again, and, while the secret is rotated, one under the new secret alone. It enters no
    /// failure list and does not count for the webhook's health. A webhook is checked once a minute at most.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn check(&self, id: impl Into<WebhookId>) -> Call<C, ReceiverCheck> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "check"]).keyed().conditional(),
        )
    }

    /// Create a webhook.
    ///
    /// Under `v1` the answer holds the signing secret, this once; under `v1a` the public key can always be read. A key or
    /// token needs the read scope of every event type it names. The webhook belongs to the caller, and is disabled when the caller ends.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn create(&self, body: &NewWebhook) -> Call<C, CreatedWebhook> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "webhooks"]).keyed().body(body))
    }

    /// Delete a webhook.
    ///
    /// It stops sending, and what waits is canceled. Its deliveries stay readable.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn delete(&self, id: impl Into<WebhookId>) -> Call<C, ()> {
        let id: WebhookId = id.into();
        Call::new(&self.client, Request::new(Method::DELETE, &["v1", "webhooks", id.as_str()]).conditional())
    }

    /// Drop an old signing secret.
    ///
    /// One that was rotated out signs no more, at once instead of from the end of its overlap. The current one can only be
    /// rotated.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn delete_secret(&self, id: impl Into<WebhookId>, secret_id: impl Into<SecretId>) -> Call<C, ()> {
        let id: WebhookId = id.into();
        let secret_id: SecretId = secret_id.into();
        Call::new(
            &self.client,
            Request::new(Method::DELETE, &["v1", "webhooks", id.as_str(), "secrets", secret_id.as_str()])
                .conditional(),
        )
    }

    /// Disable a webhook.
    ///
    /// It stops sending, and what waits is canceled: once this is answered, no request to it begins. Disabling a disabled
    /// webhook changes nothing.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn disable(&self, id: impl Into<WebhookId>) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "disable"]).keyed().conditional(),
        )
    }

    /// Enable a webhook.
    ///
    /// It sends again, with a clean slate; one that is paused too holds until it is resumed. Enabling an enabled webhook changes nothing. One whose owner has ended is adopted first. What waited when it was disabled stays
    /// canceled: where that was much, it is canceled in steps, and until the last of them the answer is `conflict`.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn enable(&self, id: impl Into<WebhookId>) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "enable"]).keyed().conditional(),
        )
    }

    /// Show a webhook.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
    pub fn get(&self, id: impl Into<WebhookId>) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "webhooks", id.as_str()]))
    }

    /// List webhooks.
    ///
    /// Newest first, each with how it has been doing. A key or token is shown its own: those that it, or a key that it replaced, made; an
    /// app those that it made, for whomever. Another's id is not found, here and in everything that is done to a webhook.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
    pub fn list(&self) -> List<C, ListWebhooks> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "webhooks"]))
    }

    /// List a webhook's signing secrets.
    ///
    /// Those that still sign, newest first; never the secrets themselves.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
    pub fn list_secrets(&self, id: impl Into<WebhookId>) -> List<C, ListWebhookSecrets> {
        let id: WebhookId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "webhooks", id.as_str(), "secrets"]))
    }

    /// Pause a webhook.
    ///
    /// It sends nothing until it is resumed: once this is answered, no request to it begins but for tests. Nothing is canceled: what
    /// waits and what comes is held in its line, however long, and spends no retries. A retry by hand is refused meanwhile. Pausing
    /// a paused webhook changes nothing.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn pause(&self, id: impl Into<WebhookId>) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "pause"]).keyed().conditional(),
        )
    }

    /// Preview a filter.
    ///
    /// Says how many events of the last 30 days it would have let through. At most the newest 5,000 of the event types are looked
    /// at; `since` and `complete` say how far that went. A key or token needs the read scope of every event type it names.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn preview_filter(&self, body: &PreviewFilter) -> Call<C, FilterPreview> {
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhook-filters", "preview"]).keyed().body(body),
        )
    }

    /// Resume a webhook.
    ///
    /// What was held is sent, oldest first, at a pace that grows with every success; where the webhook is parked, once a probe
    /// succeeds. The time of the pause does not count towards the five days of failures that disable a webhook. Resuming a webhook
    /// that is not paused changes nothing.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn resume(&self, id: impl Into<WebhookId>) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "resume"]).keyed().conditional(),
        )
    }

    /// Rotate a webhook's signing secret.
    ///
    /// The answer holds the new secret, this once. During the overlap every message carries a signature of each. At most three
    /// sign at once: where three do, rotating is refused until one ends or is dropped, unless the overlap is `none`.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn rotate_secret(
        &self,
        id: impl Into<WebhookId>,
        body: &RotateSecret,
    ) -> Call<C, CreatedSigningSecret> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "secrets"])
                .keyed()
                .conditional()
                .body(body),
        )
    }

    /// Send a test.
    ///
    /// Sends one message at once to this webhook alone, and answers with the whole attempt: `webhook.test`, the example of any type that
    /// the webhook wants, or an event of the past. It enters no failure list.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn test(&self, id: impl Into<WebhookId>, body: &NewTest) -> Call<C, TestResult> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "webhooks", id.as_str(), "test"])
                .keyed()
                .conditional()
                .body(body),
        )
    }

    /// Change a webhook.
    ///
    /// A JSON merge patch (RFC 7396): absent fields stay, `null` clears. A new URL resets the webhook's health and holds from the next
    /// attempt on, and so do new headers: once this is answered, no request begins with the old ones.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
    pub fn update(&self, id: impl Into<WebhookId>, body: &WebhookChanges) -> Call<C, Webhook> {
        let id: WebhookId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::PATCH, &["v1", "webhooks", id.as_str()]).conditional().body(body),
        )
    }
}

/// The list that [`Webhooks::list`] gives.
#[derive(Debug)]
pub enum ListWebhooks {}

impl Kind for ListWebhooks {
    type Item = Webhook;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListWebhooks> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only webhooks in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = WebhookStatus>) -> Self {
        self.with_all("status", status)
    }

    /// Only those that this member, key or app owns.
    pub fn owner_id(self, owner_id: impl Into<String>) -> Self {
        self.with("owner_id", owner_id.into().as_str())
    }

    /// `true`: only those that an app made for members, which are disabled with the app's last consent.
    pub fn made_for_members(self, made_for_members: bool) -> Self {
        self.with("made_for_members", made_for_members.to_string())
    }
}

/// The list that [`Webhooks::list_secrets`] gives.
#[derive(Debug)]
pub enum ListWebhookSecrets {}

impl Kind for ListWebhookSecrets {
    type Item = SigningSecret;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListWebhookSecrets> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}
