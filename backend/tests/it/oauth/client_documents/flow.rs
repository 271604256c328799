//! The whole way of an app that is known by its document, and what it cannot do.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Documented, answer, installs, shown, status, team};
use crate::harness::{
    Behaviour, Receiver, Settings, World, both,
    certificates::{Authority, Validity},
    oauth::{Tokens, approve, basic, parameter, post},
};

/// The authority that servers of documents are certified by.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("Documents"));

fn certified(settings: &mut Settings) {
    settings.extra_roots = vec![AUTHORITY.root.clone()];
}

/// The claims of an access token, unverified.
fn claims(access: &str) -> Value {
    let payload = access.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[both(with = certified)]
async fn an_app_that_nobody_registered_acts_for_a_member(world: World) {
    let team = team(&world, "open").await;
    let certificate = AUTHORITY.issue(&["127.0.0.1"], Validity::Now);
    let robot = Documented::on(&world, Receiver::https(Behaviour::Close, &certificate).await);
    robot.serve(
        &json!({ "client_uri": "https://robot.example", "scope": "tickets:read openid",
        "logo_uri": "https://robot.example/logo.png" }),
        "",
    );
    let app = &robot.app;
    assert!(app.id.starts_with("https://"), "{}", app.id);
    let host = format!("127.0.0.1:{}", robot.server.address.port());

    // The member is told what the document says, and where it stands.
    let id = app.question(&team.member).await;
    let question = shown(&team.member, &id).await;
    assert_eq!(question["app"]["client_id_url"], app.id);
    assert_eq!(
        (&question["app"]["name"], &question["app"]["homepage_url"], &question["app"]["logo"]),
        (&json!("Robot"), &json!("https://robot.example"), &json!(""))
    );
    assert_eq!((&question["admission"], &question["publisher_name"]), (&json!("installs"), &Value::Null));
    assert_eq!(question["scopes"].as_array().unwrap().len(), 1);
    let location = approve(&team.member, &id).await;
    let tokens = Tokens::of(&app.redeem(&parameter(&location, "code").unwrap()).await.ok(200));
    assert_eq!(claims(&tokens.access)["client_id"], app.id);
    assert_eq!(status(&world, &tokens.access).await, 200);
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    assert_eq!(claims(&next.access)["client_id"], app.id);

    // One GET, which tells its server nothing of the member.
    let fetched = robot.server.requests();
    assert_eq!(fetched.len(), 1);
    assert!(fetched[0].head.starts_with("GET /client.json HTTP/1.1"), "{}", fetched[0].head);
    assert_eq!(fetched[0].header("accept"), Some("application/json"));
    for absent in ["cookie", "referer", "webhook-id", "webhook-signature"] {
        assert_eq!(fetched[0].header(absent), None);
    }

    // It is an installed app, and none of the workspace's own.
    let installed = installs(&team).await;
    assert_eq!(installed.len(), 1);
    assert_eq!((&installed[0]["status"], &installed[0]["publisher_name"]), (&json!("active"), &json!(host)));
    assert_eq!(installed[0]["app"]["client_id_url"], app.id);
    assert_eq!(team.admin.get("/v1/oauth-apps").await.ok(200)["data"], json!([]));
    let own = format!("/v1/oauth-apps/{}", installed[0]["app"]["id"].as_str().unwrap());
    team.admin.get(&own).await.problem(404, "not-found");
    team.admin.delete(&own).await.problem(404, "not-found");
    let mine = team.member.get("/v1/authorizations").await.ok(200);
    assert_eq!(mine["data"][0]["app"]["client_id_url"], app.id);

    // It gives its token back.
    assert_eq!(app.call("/oauth/revoke", &[("token", &next.refresh)]).await.status, 200);
    assert_eq!(status(&world, &next.access).await, 401);
    app.refresh(&next.refresh).await.refused(400, "invalid_grant");
}

#[both]
async fn nothing_is_fetched_before_somebody_has_signed_in(world: World) {
    let robot = Documented::new(&world).await;
    let wishes = [("prompt", "login consent"), ("login_hint", "ann@acme.example")];
    let reply = robot.app.authorize(&world.anyone(), &wishes).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let to = format!("{}{}", world.url, reply.header("location").unwrap());
    assert!(to.starts_with(&format!("{}/sign-in?", world.url)), "{to}");
    let back = parameter(&to, "return_to").unwrap();
    assert!(back.starts_with("/oauth/authorize?"), "{back}");
    let back = format!("{}{back}", world.url);
    assert_eq!(parameter(&back, "client_id").as_deref(), Some(robot.app.id.as_str()));
    assert_eq!(parameter(&back, "state").as_deref(), Some("xyz &=ü"));
    // Who signs in now need not do so again.
    assert_eq!(parameter(&back, "prompt").as_deref(), Some("consent"));
    robot.app.authorize(&world.anyone(), &[("prompt", "none")]).await.shows_page("login_required");
    let long = "a".repeat(5_000);
    robot.app.authorize(&world.anyone(), &[("state", &long)]).await.shows_page("invalid_request");
    assert_eq!(robot.fetches(), 0);
    // The way back leads to the question.
    let team = team(&world, "open").await;
    let path = back.strip_prefix(&world.url).unwrap();
    let asked = team.member.get(path).await;
    assert!(asked.header("location").unwrap().starts_with("/oauth/consent/"), "{}", asked.text);
}

#[both]
async fn what_a_client_brings_must_be_its_own(world: World) {
    let team = team(&world, "open").await;
    let (robot, other) = (Documented::new(&world).await, Documented::new(&world).await);
    let tokens = robot.app.tokens(&team.member).await;
    other.app.tokens(&team.member).await;
    // A code, a refresh token and an access token of another client.
    let code = robot.app.code(&team.member).await;
    other.app.redeem(&code).await.refused(400, "invalid_grant");
    other.app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    for token in [&tokens.refresh, &tokens.access] {
        other.app.call("/oauth/revoke", &[("token", token)]).await.refused(400, "unauthorized_client");
    }
    assert_eq!(status(&world, &tokens.access).await, 200);
    assert_eq!(robot.app.redeem(&code).await.status, 200);
    // Nobody's.
    robot.app.redeem("no-code").await.refused(400, "invalid_grant");
    robot.app.refresh("slr_nothing").await.refused(400, "invalid_grant");
    assert_eq!(robot.app.call("/oauth/revoke", &[("token", "nothing")]).await.status, 200);
    // A URL that no workspace knows is told from none that one knows by nothing.
    let stranger = Documented::new(&world).await;
    stranger.app.redeem("no-code").await.refused(400, "invalid_grant");
    // What no such client can do.
    let own = [("grant_type", "client_credentials")];
    robot.app.token(&own).await.refused(400, "unauthorized_client");
    robot.app.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    robot.app.token(&[("grant_type", "authorization_code")]).await.refused(400, "invalid_request");
    robot.app.call("/oauth/par", &[("response_type", "code")]).await.refused(400, "unauthorized_client");
    robot.app.call("/oauth/device_authorization", &[]).await.refused(400, "unauthorized_client");
    let device = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "nothing")];
    robot.app.token(&device).await.refused(400, "unauthorized_client");
    // The URL is its one client_id.
    let row = installs(&team).await[0]["app"]["id"].as_str().unwrap().to_owned();
    post(&world.anyone(), "/oauth/device_authorization", &[("client_id", row.as_str())])
        .await
        .refused(401, "invalid_client");
    for token in [tokens.access.as_str(), "nothing"] {
        robot.app.call("/oauth/introspect", &[("token", token)]).await.refused(401, "invalid_client");
    }
    let secret = world.anyone().with_header("authorization", &basic(&robot.app.id, "sls_secret"));
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
    post(&secret, "/oauth/token", &refresh).await.refused(401, "invalid_client");
}

#[both]
async fn a_copied_token_is_an_incident_of_the_workspace(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    let first = robot.app.tokens(&team.member).await;
    let second = Tokens::of(&robot.app.refresh(&first.refresh).await.ok(200));
    assert_eq!(status(&world, &second.access).await, 200);
    robot.app.refresh(&first.refresh).await.refused(400, "invalid_grant");
    assert_eq!(status(&world, &second.access).await, 401);
    let id = installs(&team).await[0]["id"].as_str().unwrap().to_owned();
    let activity = team.admin.get(&format!("/v1/app-installs/{id}/activity")).await.ok(200);
    assert_eq!(activity["incidents"][0]["kind"], "refresh_token_reused");
    assert_eq!(team.audited().await[0], "oauth_token.reused");
}

#[both]
async fn a_program_on_the_device_is_asked_for_each_time(world: World) {
    let team = team(&world, "open").await;
    let mut robot = Documented::new(&world).await;
    "http://127.0.0.1:49152/callback".clone_into(&mut robot.app.redirect_uri);
    robot.serve(&json!({ "redirect_uris": ["http://127.0.0.1/callback", "http://localhost/callback"] }), "");
    for _ in 0..2 {
        let id = robot.app.question(&team.member).await;
        let question = shown(&team.member, &id).await;
        assert_eq!(
            (&question["redirect_host"], &question["remembered"]),
            (&json!("127.0.0.1"), &json!(false))
        );
        approve(&team.member, &id).await;
    }
}

#[both]
async fn a_document_without_grants_gives_no_refresh_token(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let bare = robot.document(&json!({ "grant_types": null, "client_name": null,
        "token_endpoint_auth_method": null }));
    robot.server.set(answer(&bare.to_string(), ""));
    let tokens = robot.app.tokens(&team.member).await;
    assert_eq!(tokens.refresh, "");
    let host = format!("127.0.0.1:{}", robot.server.address.port());
    assert_eq!(installs(&team).await[0]["app"]["name"], host);
    // Grants of other servers are left out.
    let other = Documented::new(&world).await;
    other.serve(&json!({ "grant_types": ["refresh_token", "authorization_code", device] }), "");
    assert_ne!(other.app.tokens(&team.member).await.refresh, "");
}
