//! What the samples are about: for each operation, the objects that stand in the place of the ids in its sample.

use super::consent::{self, CALLBACK};
use crate::api::Api;
use crate::bench::fill;
use crate::receiver::Receiver;
use crate::sandbox::SCOPES;
use crate::world::World;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The time in the document's example of a recovery.
const SINCE: &str = "2026-11-22T14:00:00Z";
/// The end of tokens that work, and of tokens whose code was used twice: when, and why.
const LIVE: &str = "NULL, NULL";
const COPIED: &str = "created_at, 'code_reused'";

/// Objects by operation; what has no operation of its own stands for all that are not named.
#[derive(Debug, Default)]
pub struct Fixture {
    shared: BTreeMap<String, String>,
    own: BTreeMap<&'static str, BTreeMap<String, String>>,
    /// The credentials that the programs are given.
    pub environment: Vec<(&'static str, String)>,
}

impl Fixture {
    /// Makes everything that one run of all samples needs.
    pub async fn make(world: &World, receiver: &Receiver) -> Result<Self> {
        let mut fixture = Self::default();
        let maker = Maker { world, caller: &world.admin, receiver };
        let key = fixture.credentials(&maker).await?;
        fixture.simple_objects(&maker).await?;
        fixture.apps(&maker).await?;
        fixture.installs(&maker).await?;
        fixture.tokens(&maker).await?;
        // A key sees the webhooks that it made itself.
        let key = world.admin.with_key(&key);
        let maker = Maker { world, caller: &key, receiver };
        fixture.webhooks(&maker).await?;
        fixture.deliveries(&maker).await?;
        Ok(fixture)
    }

    /// Texts in an operation's sample, and what replaces them.
    pub fn replacements(&self, operation: &str) -> BTreeMap<String, String> {
        let mut all = self.shared.clone();
        all.extend(self.own.get(operation).cloned().unwrap_or_default());
        all
    }

    /// A key, and an app; the key.
    async fn credentials(&mut self, maker: &Maker<'_>) -> Result<String> {
        let key = json!({ "name": "Samples", "scopes": SCOPES, "rotatable": true });
        let key = maker.make("/v1/api-keys", &key).await?;
        let app = json!({ "name": "Samples", "kind": "confidential", "redirect_uris": [CALLBACK], "scopes": SCOPES,
            "grants": ["client_credentials", "authorization_code", "refresh_token", "device_code"] });
        let app = maker.make("/v1/oauth-apps", &app).await?;
        let key = text(&key["key"])?;
        self.environment = vec![
            ("SAYLESS_API_KEY", key.clone()),
            ("SAYLESS_APP_ID", text(&app["id"])?),
            ("SAYLESS_APP_SECRET", text(&app["client_secret"])?),
        ];
        self.keep("createDeviceAuthorization", "app", &text(&app["id"])?);
        self.share("wsp", &maker.world.workspace);
        self.shared.insert("ada@example.com".to_owned(), crate::world::EMAIL.to_owned());
        self.shared.insert("correct horse battery staple".to_owned(), crate::world::PASSWORD.to_owned());
        Ok(key)
    }

    async fn simple_objects(&mut self, maker: &Maker<'_>) -> Result<()> {
        let key = json!({ "name": "A key", "scopes": ["tickets:read"] });
        self.share("key", &maker.id("/v1/api-keys", &key).await?);
        self.keep("revokeApiKey", "key", &maker.id("/v1/api-keys", &key).await?);
        let ticket = maker.make("/v1/tickets", &json!({ "title": "A ticket" })).await?;
        self.share("tkt", &text(&ticket["id"])?);
        // The document's time will be too long ago one day.
        self.shared.insert(SINCE.to_owned(), text(&ticket["created_at"])?);
        self.share("brd", &maker.id("/v1/broadcasts", &json!({ "subject": "A broadcast" })).await?);
        Ok(())
    }

    async fn webhooks(&mut self, maker: &Maker<'_>) -> Result<()> {
        self.share("whk", &maker.webhook(&[]).await?);
        let alone = [
            "deleteWebhook",
            "disableWebhook",
            "pauseWebhook",
            "rotateWebhookSecret",
            "sendEvent",
            "checkWebhook",
        ];
        for operation in
            alone.into_iter().chain(["rotateWebhookSecretAtOldPath", "testWebhook", "adoptWebhook"])
        {
            self.keep(operation, "whk", &maker.webhook(&[]).await?);
        }
        self.keep("enableWebhook", "whk", &maker.webhook(&["disable"]).await?);
        self.keep("resumeWebhook", "whk", &maker.webhook(&["pause"]).await?);
        let rotated = maker.webhook(&[]).await?;
        let old = maker.rotated_out(&format!("/v1/webhooks/{rotated}")).await?;
        self.keep("deleteWebhookSecret", "whk", &rotated);
        self.keep("deleteWebhookSecret", "sec", &old);
        Ok(())
    }

    async fn deliveries(&mut self, maker: &Maker<'_>) -> Result<()> {
        // Nothing listens there.
        let failing = json!({ "url": "http://127.0.0.1:1/hook", "event_types": ["ticket.created"] });
        let failing = maker.id("/v1/webhooks", &failing).await?;
        let event = json!({ "type": "ticket.created", "data": { "id": "T-1", "title": "Elsewhere" } });
        self.share("evt", &maker.id("/v1/events", &event).await?);
        let retrying = maker.delivery(&failing, "").await?;
        self.share("dlv", &retrying);
        maker.make("/v1/events", &event).await?;
        self.keep("skipDelivery", "dlv", &maker.delivery(&failing, &retrying).await?);
        for operation in ["getRecovery", "cancelRecovery", "continueRecovery"] {
            let stopped = maker.webhook(&[]).await?;
            self.keep(operation, "rcv", &maker.stopped_recovery(&stopped).await?);
        }
        Ok(())
    }

    async fn apps(&mut self, maker: &Maker<'_>) -> Result<()> {
        self.share("app", &maker.app().await?);
        self.keep("verifyOAuthAppDomain", "app", &maker.app_of_a_domain().await?);
        for operation in ["deleteOAuthApp", "suspendOAuthApp", "rotateOAuthAppSecret"] {
            self.keep(operation, "app", &maker.app().await?);
        }
        let suspended = maker.app().await?;
        maker.post(&format!("/v1/oauth-apps/{suspended}/suspend")).await?;
        self.keep("resumeOAuthApp", "app", &suspended);
        let rotated = maker.app().await?;
        let old = maker.rotated_out(&format!("/v1/oauth-apps/{rotated}")).await?;
        self.keep("deleteOAuthAppSecret", "app", &rotated);
        self.keep("deleteOAuthAppSecret", "sec", &old);
        for operation in
            ["withdrawOAuthAppAuthorization", "withdrawAllOAuthAppAuthorizations", "withdrawAuthorization"]
        {
            let app = maker.app().await?;
            let authorization = consent::give(maker.caller, &app).await?;
            self.keep(operation, "app", &app);
            self.keep(operation, "atz", &authorization);
        }
        for operation in
            ["getAuthorizationRequest", "approveAuthorizationRequest", "denyAuthorizationRequest"]
        {
            let question = consent::ask(maker.caller, &maker.app().await?).await?;
            self.own.entry(operation).or_default().insert("7Jq2mWc4Tz".to_owned(), question);
        }
        let code = consent::show_code(maker.caller, &maker.device_app().await?).await?;
        self.own.entry("createAuthorizationRequest").or_default().insert("WDJB-MJHT".to_owned(), code);
        Ok(())
    }

    /// Apps of another workspace, as they are installed in this one; and one that an admin here is asked about.
    async fn installs(&mut self, maker: &Maker<'_>) -> Result<()> {
        // Each language's run has a publisher of its own.
        let run = maker.id("/v1/tickets", &json!({ "title": "A run" })).await?.to_lowercase();
        let publisher = maker.world.admin_elsewhere(&format!("{run}@publisher.example")).await?;
        self.share("ins", &maker.install(&publisher, "active").await?);
        for (operation, status) in [
            ("approveAppInstall", "requested"),
            ("refuseAppInstall", "requested"),
            ("pauseAppInstall", "active"),
            ("resumeAppInstall", "paused"),
            ("deleteAppInstall", "active"),
        ] {
            self.keep(operation, "ins", &maker.install(&publisher, status).await?);
        }
        let question = consent::ask(maker.caller, &maker.public_app(&publisher).await?).await?;
        self.own.entry("requestAppInstall").or_default().insert("7Jq2mWc4Tz".to_owned(), question);
        Ok(())
    }

    /// Live tokens and incidents, each of an app of its own.
    async fn tokens(&mut self, maker: &Maker<'_>) -> Result<()> {
        for (operation, end) in [("revokeOAuthAppTokens", LIVE), ("acknowledgeOAuthAppIncident", COPIED)] {
            let app = maker.app().await?;
            let authorization = consent::give(maker.caller, &app).await?;
            self.keep(operation, "app", &app);
            self.keep(operation, "fam", &maker.tokens(&authorization, end)?);
        }
        let run = maker.id("/v1/tickets", &json!({ "title": "A run" })).await?.to_lowercase();
        let publisher = maker.world.admin_elsewhere(&format!("{run}@publisher.example")).await?;
        for (operation, end) in [("revokeAppInstallTokens", LIVE), ("acknowledgeAppInstallIncident", COPIED)]
        {
            let install = maker.install(&publisher, "active").await?;
            let authorization = consent::give(maker.caller, &install.replace("ins_", "app_")).await?;
            self.keep(operation, "ins", &install);
            self.keep(operation, "fam", &maker.tokens(&authorization, end)?);
        }
        Ok(())
    }

    fn share(&mut self, prefix: &str, id: &str) {
        self.shared.insert(example(prefix), id.to_owned());
    }

    fn keep(&mut self, operation: &'static str, prefix: &str, id: &str) {
        self.own.entry(operation).or_default().insert(example(prefix), id.to_owned());
    }
}

/// The id that every example of the document has behind its prefix.
fn example(prefix: &str) -> String {
    format!("{prefix}_01JDBN5X7W3Q9K2M4E6R8T0VYZ")
}

struct Maker<'a> {
    world: &'a World,
    caller: &'a Api,
    receiver: &'a Receiver,
}

impl Maker<'_> {
    async fn make(&self, path: &str, body: &Value) -> Result<Value> {
        self.caller.post(path, body).await
    }

    async fn id(&self, path: &str, body: &Value) -> Result<String> {
        text(&self.make(path, body).await?["id"])
    }

    async fn post(&self, path: &str) -> Result<Value> {
        self.make(path, &Value::Null).await
    }

    /// A webhook whose receiver answers, after these steps.
    async fn webhook(&self, steps: &[&str]) -> Result<String> {
        let webhook = json!({ "url": self.receiver.url(0), "event_types": ["ticket.*"] });
        let id = self.id("/v1/webhooks", &webhook).await?;
        for step in steps {
            self.post(&format!("/v1/webhooks/{id}/{step}")).await?;
        }
        Ok(id)
    }

    /// Rotates the secret of a webhook or an app; the id of the one before, which still works.
    async fn rotated_out(&self, path: &str) -> Result<String> {
        let old = text(&self.caller.get(path).await?["secrets"][0]["id"])?;
        self.make(&format!("{path}/secrets"), &json!({ "overlap": "24h" })).await?;
        Ok(old)
    }

    /// An app that members can let in.
    async fn app(&self) -> Result<String> {
        let app = json!({ "name": "Acme Dashboards", "kind": "confidential", "redirect_uris": [CALLBACK],
            "scopes": ["tickets:read", "tickets:write"], "optional_scopes": ["tickets:write"],
            "grants": ["authorization_code", "refresh_token", "client_credentials"] });
        self.id("/v1/oauth-apps", &app).await
    }

    /// An app whose publisher names a domain that no name server knows: the check says so.
    async fn app_of_a_domain(&self) -> Result<String> {
        let app = json!({ "name": "Acme Dashboards", "kind": "public", "redirect_uris": [CALLBACK],
            "scopes": ["tickets:read"], "publisher_domain": "acme.invalid" });
        self.id("/v1/oauth-apps", &app).await
    }

    /// An app for devices without a browser.
    async fn device_app(&self) -> Result<String> {
        let app = json!({ "name": "Acme Shell", "kind": "public", "redirect_uris": [], "scopes": ["tickets:read"],
            "grants": ["device_code"] });
        self.id("/v1/oauth-apps", &app).await
    }

    /// A publisher's app that other workspaces may install.
    async fn public_app(&self, publisher: &Api) -> Result<String> {
        let app = json!({ "name": "Acme Dashboards", "kind": "public", "redirect_uris": [CALLBACK],
            "scopes": ["tickets:read"], "distribution": "public", "publisher_name": "Acme Ltd" });
        text(&publisher.post("/v1/oauth-apps", &app).await?["id"])
    }

    /// An install of a publisher's app in this workspace; by SQL, since members and admins would have to take turns.
    async fn install(&self, publisher: &Api, status: &str) -> Result<String> {
        let app = self.public_app(publisher).await?;
        let id = app.replace("app_", "ins_");
        let install = format!(
            "INSERT INTO app_installs (id, workspace_id, app_id, status, created_at) \
             SELECT '{id}', '{}', id, '{status}', created_at FROM oauth_apps WHERE id = '{app}'",
            self.world.workspace
        );
        fill::execute(&self.world.database, &install)?;
        Ok(id)
    }

    /// Tokens that came from a consent; by SQL, since it would take a program that redeems a code, and one that does so twice.
    fn tokens(&self, authorization: &str, end: &str) -> Result<String> {
        let id = authorization.replace("atz_", "fam_");
        let tokens = format!(
            "INSERT INTO token_families (id, workspace_id, app_id, authorization_id, scopes, refreshable, generation, \
             created_at, rotated_at, ends_at, revoked_at, revoked_reason) \
             SELECT '{id}', workspace_id, app_id, id, scopes, TRUE, 1, created_at, created_at, created_at + 86400000, {end} \
             FROM authorizations WHERE id = '{authorization}'"
        );
        fill::execute(&self.world.database, &tokens)?;
        Ok(id)
    }

    /// The newest delivery to a webhook, other than this one, whose first attempt has failed.
    async fn delivery(&self, webhook: &str, other_than: &str) -> Result<String> {
        for _ in 0..1_000 {
            let path = format!("/v1/deliveries?webhook_id={webhook}&status=retrying");
            let deliveries = self.caller.get(&path).await?;
            if let Some(id) = deliveries["data"][0]["id"].as_str().filter(|id| *id != other_than) {
                return Ok(id.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the delivery to a receiver that is not there did not fail")
    }

    /// A recovery whose canary has stopped: it can be continued as well as canceled. By SQL, since it would take failures
    /// at the right moments.
    async fn stopped_recovery(&self, webhook: &str) -> Result<String> {
        let made =
            self.make("/v1/recoveries", &json!({ "webhook_id": webhook, "include": ["missing"] })).await?;
        let id = text(&made["id"])?;
        let stopped = r#"{"reason":"It failed.","failed":1,"repeated":0,"tried":1,"diagnosis":null}"#;
        let stop = format!(
            "UPDATE recoveries SET status = 'stopped', finished_at = created_at, stopped = '{stopped}', \
             canary = '{{\"stage\":1,\"tried\":[]}}' WHERE id = '{id}'"
        );
        fill::execute(&self.world.database, &stop)?;
        Ok(id)
    }
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("an answer without its text")?.to_owned())
}
