//! The live tokens of an app, listed by the consents that they came from, and ended one by one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, Settings, World, both,
    oauth::{ThirdPartyApp, Tokens},
};

fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

/// The live tokens below an app's or an install's path.
async fn live(admin: &Client, path: &str) -> Vec<Value> {
    admin.get(&format!("{path}/tokens")).await.ok(200)["data"].as_array().unwrap().clone()
}

/// The path of one of them.
fn one(path: &str, family: &Value) -> String {
    format!("{path}/tokens/{}", family["id"].as_str().unwrap())
}

#[both(with = behind_a_proxy)]
async fn live_tokens_are_listed_by_consent_until_they_end(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await.at("203.0.113.9");
    assert_eq!(live(&team.admin, &app.path).await, Vec::<Value>::new());
    let began = world.now().to_string();
    let first = app.tokens(&team.member).await;
    world.advance(60);
    let refreshed = app.at("198.51.100.4").refresh(&first.refresh).await;
    let first = Tokens::of(&refreshed.ok(200));
    let at = world.now().to_string();
    let second = app.tokens(&team.admin).await;
    let listed = live(&team.admin, &app.path).await;
    // The newest consent is first, whatever was refreshed since.
    let whose = |family: &Value| family["member"]["email"].as_str().unwrap().to_owned();
    assert_eq!(listed.iter().map(whose).collect::<Vec<_>>(), [&*team.admin.email, &*team.member.email]);
    let of_member = &listed[1];
    assert_eq!(of_member["scopes"], json!(["tickets:read"]));
    assert_eq!((&of_member["created_at"], &of_member["issued_at"]), (&json!(began), &json!(at)));
    assert_eq!((&of_member["issued_ip"], &of_member["refreshable"]), (&json!("198.51.100.4"), &json!(true)));
    assert_eq!(of_member["ends_at"], (world.now() + 30 * 24 * 3_600_000).to_string());
    // A page of one, and the next.
    let page = team.admin.get(&format!("{}/tokens?limit=1", app.path)).await.ok(200);
    assert_eq!(page["data"], json!([listed[0]]));
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = team.admin.get(&format!("{}/tokens?limit=1&cursor={cursor}", app.path)).await.ok(200);
    assert_eq!((&page["data"], &page["next_cursor"]), (&json!([listed[1]]), &Value::Null));
    // Tokens that the app gives back, and those that a withdrawal ends, are gone.
    app.call("/oauth/revoke", &[("token", &first.refresh)]).await;
    assert_eq!(live(&team.admin, &app.path).await, [listed[0].clone()]);
    team.admin.delete(&format!("{}/authorizations", app.path)).await.ok(200);
    assert_eq!(live(&team.admin, &app.path).await, Vec::<Value>::new());
    world.bearer(&second.access).get("/v1/tickets").await.problem(401, "invalid-credential");
}

#[both]
async fn an_access_token_without_a_refresh_token_is_listed_while_it_works(world: World) {
    let team = world.business().await;
    let fields = json!({ "grants": ["authorization_code"] });
    let app = ThirdPartyApp::with(&world, &team, fields).await;
    let tokens = app.tokens(&team.member).await;
    app.tokens(&team.member).await;
    let listed = live(&team.admin, &app.path).await;
    assert_eq!((listed.len(), &listed[0]["refreshable"]), (2, &json!(false)));
    app.call("/oauth/revoke", &[("token", &tokens.access)]).await;
    assert_eq!(live(&team.admin, &app.path).await, [listed[0].clone()]);
    world.advance(600);
    assert_eq!(live(&team.admin, &app.path).await, Vec::<Value>::new());
}

#[both]
async fn one_consents_tokens_end_at_once_and_the_others_live_on(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = app.tokens(&team.member).await;
    let next = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
    let apart = app.tokens(&team.member).await;
    for tokens in [&first, &next, &apart] {
        world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    }
    let listed = live(&team.admin, &app.path).await;
    let path = one(&app.path, &listed[1]);
    team.admin.delete(&path).await.ok(204);
    for tokens in [&first, &next] {
        world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
        assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }));
        app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    }
    assert_eq!(app.introspect(&next.refresh).await, json!({ "active": false }));
    world.bearer(&apart.access).get("/v1/tickets").await.ok(200);
    assert_eq!(live(&team.admin, &app.path).await, [listed[0].clone()]);
    team.admin.delete(&path).await.problem(404, "not-found");
    // It is no incident, and the consent stays.
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!((&activity["incidents"], &activity["authorizations"]), (&json!([]), &json!(1)));
    let log = team.admin.get("/v1/audit-log?limit=1").await;
    assert!(!log.text.contains(&next.refresh));
    let entry = log.ok(200)["data"][0].clone();
    assert_eq!((&entry["action"], &entry["object_id"]), (&json!("oauth_token.ended"), &json!(app.id)));
    assert_eq!(entry["details"]["member"], team.member.email);
    assert_eq!(entry["details"]["token_family"], listed[1]["id"]);
}

#[both]
async fn an_admin_ends_tokens_of_the_own_workspace_alone(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let public = json!({ "distribution": "public", "publisher_name": "Acme Ltd" });
    let app = ThirdPartyApp::with(&world, &publisher, public).await;
    let other = ThirdPartyApp::new(&world, &publisher, &["tickets:read"]).await;
    let at_home = app.tokens(&publisher.member).await;
    let away = app.tokens(&team.admin).await;
    let install = team.admin.get("/v1/app-installs").await.ok(200)["data"][0]["id"].clone();
    let install = format!("/v1/app-installs/{}", install.as_str().unwrap());
    let home = live(&publisher.admin, &app.path).await;
    let there = live(&team.admin, &install).await;
    assert_eq!((home.len(), there.len()), (1, 1));
    assert_eq!(home[0]["member"]["email"], publisher.member.email);
    assert_eq!(there[0]["member"]["email"], team.admin.email);
    // Neither sees or ends the other's, nor one of another app.
    publisher.admin.delete(&one(&app.path, &there[0])).await.problem(404, "not-found");
    publisher.admin.delete(&one(&other.path, &home[0])).await.problem(404, "not-found");
    publisher.admin.delete(&one(&install, &there[0])).await.problem(404, "not-found");
    publisher.admin.get(&format!("{install}/tokens")).await.problem(404, "not-found");
    team.admin.delete(&one(&install, &home[0])).await.problem(404, "not-found");
    team.admin.delete(&one(&app.path, &there[0])).await.problem(404, "not-found");
    team.member.send(Method::DELETE, &one(&install, &there[0]), "", "").await.problem(403, "admin-required");
    world.bearer(&away.access).get("/v1/tickets").await.ok(200);
    team.admin.delete(&one(&install, &there[0])).await.ok(204);
    world.bearer(&away.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    app.refresh(&away.refresh).await.refused(400, "invalid_grant");
    assert_eq!(team.audited().await[0], "oauth_token.ended");
    world.bearer(&at_home.access).get("/v1/tickets").await.ok(200);
    assert_eq!(live(&publisher.admin, &app.path).await, home);
}
