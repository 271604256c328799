//! Nothing grows for ever: every table has a rule, and what has ended is gone when its time is over.

use sayless::db::restores;
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Fixture, Integrator, Receiver, World, both, eventually,
    oauth::{ThirdPartyApp, challenge},
};

const DAY: u64 = 24 * 3600;

/// Tables whose rows live until somebody takes them away: the operator, or the people whose work they are.
const LIVE: [&str; 8] =
    ["broadcasts", "comments", "members", "memberships", "notes", "server_keys", "tickets", "workspaces"];
/// Tables of which one row stays for as long as the server is used, and the number that stays.
const ONE_STAYS: [(&str, i64); 1] = [("signing_keys", 1)];
/// Tables whose rows end.
const END: [&str; 23] = [
    "access_tokens",
    "api_keys",
    "app_installs",
    "attempts",
    "audit_entries",
    "authorization_codes",
    "authorization_requests",
    "authorizations",
    "client_secrets",
    "deliveries",
    "device_authorizations",
    "events",
    "idempotency_keys",
    "issued_tokens",
    "oauth_apps",
    "oauth_failures",
    "pushed_requests",
    "recoveries",
    "restores",
    "revoked_tokens",
    "sessions",
    "signing_secrets",
    "token_families",
    "token_revocations",
];
/// Those that end after what refers to them has ended.
const END_LATER: [&str; 1] = ["webhooks"];

/// The ids in a list.
async fn ids(admin: &Client, path: &str) -> Vec<String> {
    let page = admin.get(&format!("{path}?limit=100")).await.ok(200);
    page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// One of everything in every table; the integrator's workspace, and an admin of another, whose apps it has installed.
async fn fill(world: &World) -> (Integrator, Client) {
    let fixture = Fixture::make(world).await;
    let publisher = fixture.publisher;
    let integrator = Integrator::of(world, fixture.team).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let app = ThirdPartyApp::new(world, &integrator.team, &["tickets:read"]).await;
    app.tokens(&integrator.team.member).await;
    let own = app.own_token().await;
    app.call("/oauth/revoke", &[("token", &own)]).await;
    app.token(&[]).await.refused(400, "invalid_request");
    let verifier = challenge("a verifier of forty-three characters or more");
    let pushed = app
        .call(
            "/oauth/par",
            &[
                ("response_type", "code"),
                ("redirect_uri", &app.redirect_uri),
                ("code_challenge", &verifier),
                ("code_challenge_method", "S256"),
            ],
        )
        .await;
    assert_eq!(pushed.status, 201, "{}", pushed.text);
    let ticket = integrator.team.admin.with_header("idempotency-key", "once");
    let ticket = ticket.post("/v1/tickets", &json!({ "title": "T" })).await.ok(201);
    let ticket = format!("/v1/tickets/{}", ticket["id"].as_str().unwrap());
    for more in ["comments", "notes"] {
        integrator.team.admin.post(&format!("{ticket}/{more}"), &json!({ "body": "Text" })).await.ok(201);
    }
    let worker = world.start_worker();
    eventually("something was attempted", async || world.rows_of("attempts").await > 0).await;
    worker.stop().await;
    world.flush_usage().await;
    (integrator, publisher)
}

/// Ends everything that somebody can end.
async fn end(world: &World, admin: &Client, publisher: &Client) {
    for id in ids(admin, "/v1/recoveries").await {
        let path = format!("/v1/recoveries/{id}");
        if admin.get(&path).await.ok(200)["status"] == "running" {
            admin.post(&format!("{path}/cancel"), &Value::Null).await;
        }
    }
    for id in ids(admin, "/v1/webhooks").await {
        assert_eq!(admin.delete(&format!("/v1/webhooks/{id}")).await.status, 204);
    }
    for admin in [admin, publisher] {
        for id in ids(admin, "/v1/oauth-apps").await {
            assert_eq!(admin.delete(&format!("/v1/oauth-apps/{id}")).await.status, 204);
        }
    }
    for id in ids(admin, "/v1/api-keys").await {
        admin.post(&format!("/v1/api-keys/{id}/revoke"), &json!({})).await.ok(200);
    }
    world
        .write(|tx| {
            let now = tx.now();
            restores::settle(tx, now)?;
            Ok(())
        })
        .await;
}

#[both]
async fn every_table_has_a_rule_and_what_has_ended_is_gone_in_time(world: World) {
    let mut ruled: Vec<&str> = LIVE.into_iter().chain(END).chain(END_LATER).collect();
    ruled.extend(ONE_STAYS.map(|(table, _)| table));
    ruled.sort_unstable();
    assert_eq!(
        world.tables().await,
        ruled,
        "a new table needs a rule in expiry.rs, in docs/operate.md and here"
    );

    let (integrator, publisher) = fill(&world).await;
    for table in &ruled {
        if *table != "restores" {
            assert!(world.rows_of(table).await > 0, "nothing fills {table}");
        }
    }
    world.remove_expired().await;
    world.remove_old().await;
    for table in ["webhooks", "oauth_apps", "api_keys", "audit_entries", "deliveries", "token_families"] {
        assert!(world.rows_of(table).await > 0, "what is alive stays: {table}");
    }
    let living: Vec<i64> = counts(&world, &LIVE).await;

    end(&world, &integrator.team.admin, &publisher).await;
    world.advance(89 * DAY);
    world.remove_old().await;
    world.remove_expired().await;
    for table in ["webhooks", "oauth_apps", "api_keys", "audit_entries", "authorizations"] {
        assert!(world.rows_of(table).await > 0, "it is not time yet: {table}");
    }
    assert_eq!(counts(&world, &["deliveries", "events", "client_secrets", "sessions"]).await, [0; 4]);

    world.advance(2 * DAY);
    world.remove_expired().await;
    assert_eq!(counts(&world, &["webhooks", "oauth_apps", "api_keys", "authorizations"]).await, [0; 4]);
    assert!(world.rows_of("audit_entries").await > 0, "the audit log is kept for 400 days");

    world.advance(310 * DAY);
    world.remove_expired().await;
    for table in END.iter().chain(&END_LATER) {
        assert_eq!(world.rows_of(table).await, 0, "{table}");
    }
    for (table, stays) in ONE_STAYS {
        assert_eq!(world.rows_of(table).await, stays, "{table}");
    }
    assert_eq!(counts(&world, &LIVE).await, living);
}

async fn counts(world: &World, tables: &[&str]) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in tables {
        counts.push(world.rows_of(table).await);
    }
    counts
}

#[both]
async fn audit_entries_go_in_steps_oldest_first(world: World) {
    let team = world.business().await;
    for _ in 0..3 {
        team.admin.post("/v1/tickets", &json!({ "title": "T" })).await.ok(201);
        world.key(&team, &["tickets:read"]).await;
    }
    // More than one transaction removes.
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) \
        INSERT INTO audit_entries (id, workspace_id, created_at, actor_kind, actor_name, action, object_name, details) \
        SELECT 'aud_00000000000000000000000' || (100 + i), workspace_id, created_at, actor_kind, actor_name, action, \
            object_name, details FROM n, (SELECT * FROM audit_entries LIMIT 1) AS one";
    world.execute(many).await.unwrap();
    world.advance(399 * DAY);
    world.sign_in(&team.admin.email).await;
    world.remove_expired().await;
    let left = world.rows_of("audit_entries").await;
    assert!(left < 20, "the 600 entries of 1970 are gone: {left}");
    world.advance(2 * DAY);
    world.remove_expired().await;
    assert!(world.rows_of("audit_entries").await < left);
    assert!(world.rows_of("audit_entries").await > 0, "the young ones stay");
}

#[test]
fn each_migration_has_a_number_of_its_own_on_both_databases() {
    let numbers = |database: &str| {
        let folder = format!("{}/../migrations/{database}", env!("CARGO_MANIFEST_DIR"));
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut numbers: Vec<String> =
            names.map(|name| name.to_str().unwrap().split('_').next().unwrap().to_owned()).collect();
        numbers.sort();
        numbers
    };
    let sqlite = numbers("sqlite");
    assert!(sqlite.windows(2).all(|pair| pair[0] != pair[1]), "of two with one number, one is not applied");
    assert_eq!(sqlite, numbers("postgres"));
}
