//! Limits of the OAuth endpoints: what comes without a proof is slowed where it comes from, and nobody keeps an app out.

use serde_json::json;

use crate::harness::{
    Client, Reply, Settings, World, both,
    oauth::{ThirdPartyApp, VERIFIER, basic, challenge, form, post},
};

fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

/// A client at this address.
fn at(world: &World, address: &str) -> Client {
    world.anyone().with_header("x-forwarded-for", address)
}

/// Asks for a token of the app's own, with this secret.
async fn own_token(client: &Client, app: &ThirdPartyApp, secret: &str) -> Reply {
    let client = client.clone().with_header("authorization", &basic(&app.id, secret));
    post(&client, "/oauth/token", &[("grant_type", "client_credentials")]).await
}

/// Pushes a request with `more` parameters.
async fn push(client: &Client, app: &ThirdPartyApp, more: &[(&str, &str)]) -> Reply {
    let challenge = challenge(VERIFIER);
    let mut params = vec![
        ("client_id", app.id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", app.redirect_uri.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    params.extend(more);
    post(client, "/oauth/par", &params).await
}

#[track_caller]
fn too_many(reply: Reply) -> u64 {
    let seconds = reply.header("retry-after").unwrap().parse().unwrap();
    reply.refused(429, "temporarily_unavailable");
    seconds
}

#[both(with = behind_a_proxy)]
async fn wrong_secrets_in_a_row_are_slowed_and_keep_nobody_else_out(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let secret = app.secret.clone().unwrap();
    let stranger = at(&world, "203.0.113.9");
    let mut refused = 0;
    for turn in 0..400 {
        let reply = own_token(&stranger, &app, "sls_wrong").await;
        if turn < 30 {
            reply.refused(401, "invalid_client");
        } else {
            assert!((1..=60).contains(&too_many(reply)));
            refused += 1;
        }
    }
    assert_eq!(refused, 370);
    own_token(&at(&world, "198.51.100.1"), &app, &secret).await.ok(200);
    world.advance(2);
    own_token(&stranger, &app, "sls_wrong").await.refused(401, "invalid_client");
    // Addresses of one /64 are one network, and those of another are not.
    for turn in 0..30 {
        let stranger = at(&world, &format!("2001:db8:1:2::{turn}"));
        own_token(&stranger, &app, "sls_wrong").await.refused(401, "invalid_client");
    }
    too_many(own_token(&at(&world, "2001:db8:1:2:ffff::1"), &app, "sls_wrong").await);
    own_token(&at(&world, "2001:db8:1:3::1"), &app, "sls_wrong").await.refused(401, "invalid_client");
}

#[both(with = behind_a_proxy)]
async fn an_app_that_proved_itself_is_heard_whatever_its_neighbours_do(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let newcomer = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let secret = |app: &ThirdPartyApp| app.secret.clone().unwrap();
    let here = at(&world, "203.0.113.9");
    own_token(&here, &app, &secret(&app)).await.ok(200);
    // That was the first of 1,200 requests without an earlier proof.
    for _ in 1..1_200 {
        let unknown = post(&here, "/oauth/token", &[("client_id", "nobody")]).await;
        unknown.refused(401, "invalid_client");
    }
    too_many(post(&here, "/oauth/token", &[("client_id", "nobody")]).await);
    too_many(own_token(&here, &newcomer, &secret(&newcomer)).await);
    own_token(&at(&world, "203.0.113.10"), &newcomer, &secret(&newcomer)).await.ok(200);
    // The rate of an app that works is not bounded by this.
    for _ in 0..1_500 {
        own_token(&here, &app, &secret(&app)).await.ok(200);
    }
}

#[both(with = behind_a_proxy)]
async fn pushed_requests_are_bounded_in_number_and_in_size(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::public(&world, &team).await;
    let here = at(&world, "203.0.113.9");
    let large = "x".repeat(8_000);
    let pushed = push(&here, &app, &[("state", "a state"), ("nonce", &large), ("ui_locales", "de")]).await;
    let uri = pushed.ok(201)["request_uri"].as_str().unwrap().to_owned();
    let rows = world.oauth_rows().await;
    assert!(rows.contains("a state") && !rows.contains("xxx") && !rows.contains("ui_locales"), "{rows}");
    // What was kept is enough.
    let query = form(&[("client_id", &app.id), ("request_uri", &uri)]);
    assert_eq!(team.member.get(&format!("/oauth/authorize?{query}")).await.status, 303);

    let scope = "tickets:read ".repeat(630);
    let state = "x".repeat(8_190);
    let big = [("state", state.as_str()), ("scope", scope.as_str())];
    push(&here, &app, &big).await.refused(413, "invalid_request");
    let names: Vec<String> = (0..64).map(|n| format!("p{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    push(&here, &app, &many).await.refused(400, "invalid_request");
    let heavy: Vec<(&str, &str)> = names.iter().take(5).map(|name| (name.as_str(), large.as_str())).collect();
    push(&here, &app, &heavy).await.refused(413, "invalid_request");

    for _ in 2..60 {
        push(&here, &app, &[]).await.ok(201);
    }
    too_many(push(&here, &app, &[]).await);
    // All networks together have a limit, too.
    for network in 0..9 {
        let there = at(&world, &format!("198.51.100.{network}"));
        for _ in 0..60 {
            push(&there, &app, &[]).await.ok(201);
        }
    }
    too_many(push(&at(&world, "192.0.2.1"), &app, &[]).await);
    world.advance(91);
    world.remove_expired().await;
    assert_eq!(world.number("(SELECT count(*) FROM pushed_requests)").await, 0);
    push(&here, &app, &[]).await.ok(201);
}

#[both(with = behind_a_proxy)]
async fn a_public_app_is_bounded_where_its_name_is_used(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::public(&world, &team).await;
    let here = at(&world, "203.0.113.9");
    let revoke = async |client: &Client| {
        post(client, "/oauth/revoke", &[("client_id", &app.id), ("token", "slr_unknown")]).await
    };
    for _ in 0..300 {
        assert_eq!(revoke(&here).await.status, 200);
    }
    too_many(revoke(&here).await);
    assert_eq!(revoke(&at(&world, "203.0.113.10")).await.status, 200);
    let refresh = async |client: &Client| {
        let params =
            [("client_id", app.id.as_str()), ("grant_type", "refresh_token"), ("refresh_token", "slr_x")];
        post(client, "/oauth/token", &params).await
    };
    let there = at(&world, "203.0.113.11");
    for _ in 0..600 {
        refresh(&there).await.refused(400, "invalid_grant");
    }
    too_many(refresh(&there).await);
    // Who asks with a secret is not the app.
    let wrong = [("client_id", app.id.as_str()), ("client_secret", "sls_x"), ("grant_type", "refresh_token")];
    post(&there, "/oauth/token", &wrong).await.refused(401, "invalid_client");
    let shown = team.admin.get(&app.path).await.ok(200);
    assert_eq!(shown["status"], json!("active"));
}
