//! A workspace that has one of everything, and for each operation a path and a body that are accepted there.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Client, Operation, PASSWORD, Reply, Team, World, oauth::ThirdPartyApp};

/// A workspace that has one of everything.
pub struct Fixture {
    /// The workspace and its people.
    pub team: Team,
    /// A key that may replace itself.
    rotatable: Client,
    /// An admin of another workspace, whose apps this one knows.
    pub publisher: Client,
    ids: BTreeMap<&'static str, String>,
}

impl Fixture {
    /// Makes a workspace and one of everything in it.
    pub async fn make(world: &World) -> Self {
        let team = world.business().await;
        let key = json!({ "name": "A key of its own", "scopes": ["tickets:read"], "rotatable": true });
        let key = team.admin.post("/v1/api-keys", &key).await.ok(201);
        let rotatable = world.bearer(key["key"].as_str().unwrap());
        let mut ids = BTreeMap::new();
        for (noun, body) in [
            ("api-keys", json!({ "name": "A key", "scopes": ["tickets:read"] })),
            ("oauth-apps", an_app()),
            ("webhooks", a_webhook()),
            ("tickets", json!({ "title": "A ticket" })),
            ("broadcasts", json!({ "subject": "A broadcast" })),
        ] {
            let made = team.admin.post(&format!("/v1/{noun}"), &body).await.ok(201);
            ids.insert(noun, made["id"].as_str().unwrap().to_owned());
        }
        // Deliveries that a disabled webhook left canceled can be recovered, once the webhook is enabled.
        let webhook = format!("/v1/webhooks/{}", ids["webhooks"]);
        team.admin.post("/v1/events", &an_event()).await.ok(202);
        for step in ["disable", "enable"] {
            team.admin.send(Method::POST, &format!("{webhook}/{step}"), "", "").await.ok(200);
        }
        ids.insert("recoveries", stopped_recovery(world, &team, &ids["webhooks"]).await);
        let other = team.admin.post("/v1/webhooks", &a_webhook()).await.ok(201);
        ids.insert("another webhook", other["id"].as_str().unwrap().to_owned());
        // It misses an event, so that there is something to recover.
        let missing = format!("/v1/webhooks/{}", ids["another webhook"]);
        team.admin.send(Method::POST, &format!("{missing}/disable"), "", "").await.ok(200);
        team.admin.post("/v1/events", &an_event()).await.ok(202);
        team.admin.send(Method::POST, &format!("{missing}/enable"), "", "").await.ok(200);
        // Nothing is on its way to it.
        let quiet = json!({ "url": "http://127.0.0.1:1/quiet", "event_types": ["broadcast.sent"] });
        let quiet = team.admin.post("/v1/webhooks", &quiet).await.ok(201);
        ids.insert("a quiet webhook", quiet["id"].as_str().unwrap().to_owned());
        let event = team.admin.post("/v1/events", &an_event()).await.ok(202);
        ids.insert("events", event["id"].as_str().unwrap().to_owned());
        let deliveries = team.admin.get("/v1/deliveries").await.ok(200);
        ids.insert("deliveries", deliveries["data"][0]["id"].as_str().unwrap().to_owned());
        let app = ThirdPartyApp::existing(world, &team, &ids["oauth-apps"]).await;
        let app_path = format!("/v1/oauth-apps/{}", ids["oauth-apps"]);
        for (path, name) in [(&app_path, "oauth-apps' old secret"), (&webhook, "webhooks' old secret")] {
            ids.insert(name, rotate(&team.admin, path).await);
        }
        // The questions come before the consents: a remembered consent is not asked for again.
        ids.insert("authorization-requests", app.question(&team.admin).await);
        ids.insert("a member's request", app.question(&team.member).await);
        for (noun, client) in [("authorizations", &team.admin), ("a member's authorization", &team.member)] {
            app.consent(client).await;
            let authorizations = client.get("/v1/authorizations").await.ok(200);
            ids.insert(noun, authorizations["data"][0]["id"].as_str().unwrap().to_owned());
        }
        let (publisher, others) = apps_of_others(world, &team).await;
        ids.extend(others);
        let tokens = tokens(world, &ids).await;
        ids.extend(tokens);
        Self { team, rotatable, publisher, ids }
    }

    /// The same workspace, with the member's own requests and authorizations in place of the admin's.
    pub fn of_member(self) -> Self {
        let Self { team, rotatable, publisher, mut ids } = self;
        for (noun, own) in [
            ("authorization-requests", "a member's request"),
            ("authorizations", "a member's authorization"),
            ("a request of another's app", "a member's request of another's app"),
        ] {
            ids.insert(noun, ids[own].clone());
        }
        Self { team, rotatable, publisher, ids }
    }

    /// The operation's path with the ids of this workspace's objects in it.
    pub fn path(&self, operation: &Operation) -> String {
        let own = match operation.id.as_str() {
            "requestAppInstall" => Some("a request of another's app"),
            "pauseAppInstall" => Some("an active install"),
            "revokeAppInstallTokens" | "acknowledgeAppInstallIncident" => {
                let path = operation.path.replace("{id}", &self.ids["an active install"]);
                let path = path.replace("{family_id}", &self.ids["an install's tokens"]);
                return path.replace("{incident_id}", &self.ids["an install's incident"]);
            }
            "resumeAppInstall" => Some("a paused install"),
            _ => None,
        };
        if let Some(own) = own {
            return operation.path.replace("{id}", &self.ids[own]);
        }
        match operation.path.split_once("/{id}") {
            None => operation.path.clone(),
            Some((noun, _)) => {
                let noun = noun.trim_start_matches("/v1/");
                let id = self.ids.get(noun).unwrap_or_else(|| panic!("the fixture makes no {noun}"));
                let path = operation.path.replace("{id}", id);
                let path = path.replace("{authorization_id}", &self.ids["authorizations"]);
                let path = path.replace("{family_id}", &self.ids["tokens"]);
                let path = path.replace("{incident_id}", &self.ids["an incident"]);
                let old = self.ids.get(format!("{noun}' old secret").as_str());
                path.replace("{secret_id}", old.map_or("", String::as_str))
            }
        }
    }

    /// A body that the operation accepts; `null` where it takes none.
    pub fn body(&self, operation: &Operation) -> Value {
        let body = match operation.id.as_str() {
            "createApiKey" => json!({ "name": "Another", "scopes": ["tickets:read"] }),
            "updateApiKey" | "updateOAuthApp" => json!({ "name": "Renamed" }),
            "revokeApiKey" => json!({ "reason": "Not needed" }),
            "createOAuthApp" => an_app(),
            "rotateOAuthAppSecret" | "rotateWebhookSecret" | "rotateWebhookSecretAtOldPath" => {
                json!({ "overlap": "none" })
            }
            "createWebhook" => a_webhook(),
            "previewWebhookFilter" => json!({ "event_types": ["ticket.*"], "filter": a_filter() }),
            "updateAppPolicy" => json!({ "policy": "list" }),
            "updateWebhook" => json!({ "description": "Another" }),
            "publishEvent" => an_event(),
            "testWebhook" => json!({ "event_type": "ticket.created" }),
            "sendEvent" => json!({ "webhook_id": self.ids["a quiet webhook"] }),
            // At most one runs for a webhook, and there the fixture's does.
            "createRecovery" => {
                json!({ "webhook_id": self.ids["another webhook"], "event_type": "ticket.created",
                "since": "2026-11-22T14:00:00Z", "rate_per_second": 10 })
            }
            "createTicket" | "updateTicket" => json!({ "title": "Another" }),
            "createTicketComment" | "createTicketNote" => json!({ "body": "Text" }),
            "createBroadcast" => json!({ "subject": "Another" }),
            "createAuthorizationRequest" => json!({ "user_code": self.ids["a device's code"] }),
            "approveAuthorizationRequest" => json!({ "declined_scopes": [] }),
            "acknowledgeOAuthAppIncident" | "acknowledgeAppInstallIncident" => {
                json!({ "note": "Its developer knows." })
            }
            "signIn" => json!({ "email": self.team.admin.email, "password": PASSWORD }),
            "switchWorkspace" => json!({ "workspace_id": self.team.id }),
            _ => Value::Null,
        };
        assert_eq!(operation.has_body(), !body.is_null(), "{} has no body in the table", operation.id);
        body
    }

    /// A client that may do the operation: an admin, where there is a choice.
    pub fn client(&self, world: &World, operation: &Operation) -> Client {
        match (operation.is_open(), operation.is_of_key_itself()) {
            (true, _) => world.anyone(),
            (false, true) => self.rotatable.clone(),
            (false, false) => self.team.admin.clone(),
        }
    }

    /// Calls the operation as `client` with a body that it accepts.
    pub async fn call(&self, operation: &Operation, client: &Client) -> Reply {
        operation.send(client, &self.path(operation), &self.body(operation)).await
    }
}

/// A recovery that has stopped, so that it can be continued as well as canceled.
async fn stopped_recovery(world: &World, team: &Team, webhook: &str) -> String {
    let recovery = team.admin.post("/v1/recoveries", &json!({ "webhook_id": webhook })).await.ok(202);
    let recovery = recovery["id"].as_str().unwrap().to_owned();
    let stopped = r#"{"reason":"It failed.","failed":1,"repeated":0,"tried":1,"diagnosis":null}"#;
    let stop = format!(
        "UPDATE recoveries SET status = 'stopped', finished_at = created_at, stopped = '{stopped}', \
         canary = '{{\"stage\":1,\"tried\":[]}}' WHERE id = '{recovery}'"
    );
    world.execute(stop).await.unwrap();
    recovery
}

/// Apps of another workspace: one that a member has asked for, one that is installed and one that is paused; and one that is not here,
/// about which an admin and a member are asked.
async fn apps_of_others(world: &World, team: &Team) -> (Client, BTreeMap<&'static str, String>) {
    let publisher = world.business().await;
    let public = json!({ "distribution": "public", "publisher_name": "Another",
        "grants": ["authorization_code", "device_code"] });
    let mut ids = BTreeMap::new();
    for (name, status) in
        [("app-installs", "requested"), ("an active install", "active"), ("a paused install", "paused")]
    {
        let app = ThirdPartyApp::with(world, &publisher, public.clone()).await;
        let id = app.id.replace("app_", "ins_");
        let install = format!(
            "INSERT INTO app_installs (id, workspace_id, app_id, status, created_at) \
             SELECT '{id}', '{}', id, '{status}', created_at FROM oauth_apps WHERE id = '{}'",
            team.id, app.id
        );
        world.execute(install).await.unwrap();
        ids.insert(name, id);
    }
    let app = ThirdPartyApp::with(world, &publisher, public).await;
    ids.insert("a request of another's app", app.question(&team.admin).await);
    ids.insert("a member's request of another's app", app.question(&team.member).await);
    let device = app.call("/oauth/device_authorization", &[]).await.ok(200);
    ids.insert("a device's code", device["user_code"].as_str().unwrap().to_owned());
    (publisher.admin, ids)
}

/// Live tokens and an incident of the workspace's own app, and of the one that is installed; by SQL, since the fixture does not keep the
/// app's secret.
async fn tokens(world: &World, ids: &BTreeMap<&'static str, String>) -> BTreeMap<&'static str, String> {
    let mut made = BTreeMap::new();
    let install = &ids["an active install"];
    let (app, away) = (install.replace("ins_", "app_"), install.replace("ins_", "atz_"));
    let own = &ids["authorizations"];
    let authorization = format!(
        "INSERT INTO authorizations (id, workspace_id, app_id, member_id, scopes, created_at, declined_scopes) \
         SELECT '{away}', workspace_id, '{app}', member_id, scopes, created_at, declined_scopes \
         FROM authorizations WHERE id = '{own}'"
    );
    world.execute(authorization).await.unwrap();
    let spare = &ids["a paused install"];
    for (name, id, authorization, end) in [
        ("tokens", own.replace("atz_", "fam_"), own, "NULL, NULL"),
        (
            "an incident",
            ids["a member's authorization"].replace("atz_", "fam_"),
            own,
            "created_at, 'code_reused'",
        ),
        ("an install's tokens", away.replace("atz_", "fam_"), &away, "NULL, NULL"),
        ("an install's incident", spare.replace("ins_", "fam_"), &away, "created_at, 'code_reused'"),
    ] {
        let family = format!(
            "INSERT INTO token_families (id, workspace_id, app_id, authorization_id, scopes, refreshable, generation, \
             created_at, rotated_at, ends_at, revoked_at, revoked_reason) \
             SELECT '{id}', workspace_id, app_id, id, scopes, TRUE, 1, created_at, created_at, created_at + 86400000, {end} \
             FROM authorizations WHERE id = '{authorization}'"
        );
        world.execute(family).await.unwrap();
        made.insert(name, id);
    }
    made
}

/// Gives an app or a webhook a new secret beside the old one, whose id it answers.
async fn rotate(admin: &Client, path: &str) -> String {
    let old = admin.get(path).await.ok(200)["secrets"][0]["id"].as_str().unwrap().to_owned();
    admin.post(&format!("{path}/secrets"), &json!({ "overlap": "24h" })).await.ok(201);
    old
}

fn an_app() -> Value {
    // No name server knows that domain.
    json!({ "name": "An app", "redirect_uris": ["https://app.example/callback"], "scopes": ["tickets:read"],
        "kind": "confidential", "publisher_domain": "nowhere.invalid" })
}

fn a_filter() -> Value {
    json!({ "all": [{ "path": "data.status", "op": "eq", "value": "open" }] })
}

fn a_webhook() -> Value {
    // Nothing listens there.
    json!({ "url": "http://127.0.0.1:1/hook", "event_types": ["ticket.*"] })
}

fn an_event() -> Value {
    json!({ "type": "ticket.created", "data": { "id": "T-1", "title": "Elsewhere" } })
}
