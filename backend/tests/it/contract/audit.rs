//! Each operation that changes something writes its entry into the audit log.

use std::collections::{BTreeMap, BTreeSet};

use api_types::account::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Fixture, Operation, Team, World, both, operations};

/// Operations that change something and write no audit entry, with the reason. This list only shrinks.
const NOT_AUDITED: &[(&str, &str)] = &[
    ("publishEvent", "it changes nothing in the workspace: the event itself is the record"),
    ("previewWebhookFilter", "it changes nothing"),
    ("createAuthorizationRequest", "it only asks: the answer is the record"),
];

/// The audit entry that each operation writes.
fn actions() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("createApiKey", "api_key.created"),
        ("updateApiKey", "api_key.updated"),
        ("revokeApiKey", "api_key.revoked"),
        ("rotateOwnApiKey", "api_key.rotated"),
        ("approveAppInstall", "app_install.approved"),
        ("refuseAppInstall", "app_install.refused"),
        ("pauseAppInstall", "app_install.paused"),
        ("resumeAppInstall", "app_install.resumed"),
        ("deleteAppInstall", "app_install.removed"),
        ("updateAppPolicy", "app_policy.changed"),
        ("requestAppInstall", "app_install.approved"),
        ("approveAuthorizationRequest", "authorization.granted"),
        ("denyAuthorizationRequest", "authorization.denied"),
        ("withdrawAuthorization", "authorization.withdrawn"),
        ("createBroadcast", "broadcast.created"),
        ("sendBroadcast", "broadcast.sent"),
        ("retryDelivery", "delivery.retried"),
        ("skipDelivery", "delivery.skipped"),
        ("sendEvent", "event.sent"),
        ("createOAuthApp", "oauth_app.created"),
        ("updateOAuthApp", "oauth_app.updated"),
        ("suspendOAuthApp", "oauth_app.suspended"),
        ("resumeOAuthApp", "oauth_app.resumed"),
        ("verifyOAuthAppDomain", "oauth_app.domain_checked"),
        ("rotateOAuthAppSecret", "oauth_app.secret_rotated"),
        ("deleteOAuthAppSecret", "oauth_app.secret_dropped"),
        ("deleteOAuthApp", "oauth_app.deleted"),
        ("withdrawOAuthAppAuthorization", "authorization.withdrawn"),
        ("revokeOAuthAppTokens", "oauth_token.ended"),
        ("revokeAppInstallTokens", "oauth_token.ended"),
        ("acknowledgeOAuthAppIncident", "oauth_incident.acknowledged"),
        ("acknowledgeAppInstallIncident", "oauth_incident.acknowledged"),
        ("withdrawAllOAuthAppAuthorizations", "authorization.withdrawn"),
        ("createRecovery", "recovery.started"),
        ("continueRecovery", "recovery.continued"),
        ("cancelRecovery", "recovery.canceled"),
        ("signIn", "session.created"),
        ("switchWorkspace", "session.switched"),
        ("signOut", "session.ended"),
        ("createTicket", "ticket.created"),
        ("updateTicket", "ticket.updated"),
        ("createTicketComment", "comment.created"),
        ("createTicketNote", "note.created"),
        ("createWebhook", "webhook.created"),
        ("updateWebhook", "webhook.updated"),
        ("adoptWebhook", "webhook.adopted"),
        ("disableWebhook", "webhook.disabled"),
        ("enableWebhook", "webhook.enabled"),
        ("pauseWebhook", "webhook.paused"),
        ("resumeWebhook", "webhook.resumed"),
        ("rotateWebhookSecret", "webhook.secret_rotated"),
        ("rotateWebhookSecretAtOldPath", "webhook.secret_rotated"),
        ("deleteWebhookSecret", "webhook.secret_dropped"),
        ("testWebhook", "webhook.tested"),
        ("checkWebhook", "webhook.checked"),
        ("deleteWebhook", "webhook.deleted"),
    ])
}

/// The number of entries in the log, and the newest of them.
async fn audited(team: &Team) -> (usize, Value) {
    let log = team.admin.get("/v1/audit-log?limit=200").await.ok(200);
    (log["data"].as_array().unwrap().len(), log["data"][0].clone())
}

#[both]
async fn every_change_is_audited(world: World) {
    let table = actions();
    let changing: Vec<Operation> = operations().into_iter().filter(Operation::changes).collect();
    let known: BTreeSet<&str> = changing.iter().map(|operation| operation.id.as_str()).collect();
    for id in table.keys().chain(NOT_AUDITED.iter().map(|(id, _)| id)) {
        assert!(known.contains(id), "there is no operation {id} any more");
    }
    for operation in &changing {
        // An address may ask for so many authorizations a minute.
        world.advance(20);
        let fixture = Fixture::make(&world).await;
        let team = &fixture.team;
        let client = match operation.path.as_str() {
            // The operation gets a session of its own, since it may end it.
            "/v1/session" if !operation.is_open() => world.sign_in(&team.admin.email).await,
            _ => fixture.client(&world, operation),
        };
        let undone = match operation.id.as_str() {
            "enableWebhook" => Some(fixture.path(operation).replace("/enable", "/disable")),
            "resumeWebhook" => Some(fixture.path(operation).replace("/resume", "/pause")),
            "resumeOAuthApp" => Some(fixture.path(operation).replace("/resume", "/suspend")),
            _ => None,
        };
        if let Some(undone) = undone {
            team.admin.send(Method::POST, &undone, "", "").await.ok(200);
        }
        if operation.id == "adoptWebhook" {
            let other = world.join(team.id, Role::Admin).await;
            other.send(Method::POST, &fixture.path(operation), "", "").await.ok(200);
        }
        let before = audited(team).await.0;
        let reply = fixture.call(operation, &client).await;
        assert!((200..300).contains(&reply.status), "{}: {}", operation.id, reply.text);
        let (after, newest) = audited(team).await;
        if NOT_AUDITED.iter().any(|(id, _)| *id == operation.id) {
            assert_eq!(after, before, "{} is audited after all: take it off the list", operation.id);
            continue;
        }
        let action = table.get(operation.id.as_str());
        let action = action.unwrap_or_else(|| panic!("which entry does {} write?", operation.id));
        // An operation writes one entry, or one for each of several objects.
        // Two members have let the app in; each consent that ends is an entry of its own.
        let entries = match operation.id.as_str() {
            "withdrawAllOAuthAppAuthorizations" => 2,
            "deleteOAuthApp" => 3,
            _ => 1,
        };
        assert_eq!(after, before + entries, "{} is not audited once", operation.id);
        assert_eq!(newest["action"], *action, "{}", operation.id);
        let actor =
            if operation.is_of_key_itself() { &newest["object_name"] } else { &json!(team.admin.email) };
        assert_eq!(newest["actor"]["name"], *actor, "{}", operation.id);
        assert_eq!(newest["ip"], "127.0.0.1", "{}", operation.id);
        let made: Option<Value> = serde_json::from_str(&reply.text).ok();
        if let Some(made) = made.filter(|_| reply.status == 201 && operation.path.matches('/').count() == 2) {
            assert_eq!(newest["object_id"], made["id"], "{}", operation.id);
        }
    }
}
