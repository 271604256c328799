//! Tokens given back (`/oauth/revoke`) and asked about (`/oauth/introspect`).

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{
    World, both,
    oauth::{ThirdPartyApp, Tokens, parameter, post},
};

/// Rows 26 and 27 of the OAuth requirements.
#[both]
async fn an_app_gives_back_its_own_tokens_and_no_others(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let works = async |token: &str| world.bearer(token).get("/v1/tickets").await.status == 200;
    let tokens = app.tokens(&team.member).await;
    let own = app.own_token().await;
    for unknown in
        ["rubbish", "slr_x", "a.b.c", &format!("{}x", tokens.access), &format!("{}x", tokens.refresh)]
    {
        let reply = app.call("/oauth/revoke", &[("token", unknown)]).await;
        assert_eq!(
            (reply.status, reply.text.as_str(), reply.header("cache-control")),
            (200, "", Some("no-store"))
        );
        // A client that reads a body by its type is not left without one.
        assert_eq!(reply.header("content-type"), Some("application/json"));
    }
    app.call("/oauth/revoke", &[]).await.refused(400, "invalid_request");
    for foreign in [&tokens.access, &tokens.refresh, &own] {
        other.call("/oauth/revoke", &[("token", foreign)]).await.refused(400, "unauthorized_client");
    }
    assert!(works(&tokens.access).await && works(&own).await);
    post(&world.anyone(), "/oauth/revoke", &[("token", &tokens.access)]).await.refused(401, "invalid_client");

    // An access token goes alone; a wrong hint does no harm.
    app.call("/oauth/revoke", &[("token", &tokens.access), ("token_type_hint", "refresh_token")])
        .await
        .ok(200);
    assert!(!works(&tokens.access).await);
    assert_eq!(team.audited().await[0], "oauth_token.revoked");
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    assert!(works(&next.access).await);
    app.call("/oauth/revoke", &[("token", &own)]).await.ok(200);
    app.call("/oauth/revoke", &[("token", &own)]).await.ok(200);
    assert!(!works(&own).await);

    // A refresh token takes all tokens of its code with it, also once it was used.
    app.call("/oauth/revoke", &[("token", &tokens.refresh)]).await.ok(200);
    assert!(!works(&next.access).await);
    app.refresh(&next.refresh).await.refused(400, "invalid_grant");
    // The token was no stolen copy: there is no incident.
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"], json!([]));
    // The consent stands: the member is not asked again.
    let again = app.authorize(&team.member, &[]).await;
    assert!(parameter(again.header("location").unwrap(), "code").is_some());
}

#[both]
async fn a_token_that_is_given_back_many_times_at_once_is_given_back(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for _ in 0..4 {
        let tokens = app.tokens(&team.member).await;
        let own = app.own_token().await;
        for token in [&own, &tokens.access, &tokens.refresh] {
            let params = [("token", token.as_str())];
            let answers = join_all((0..8).map(|_| app.call("/oauth/revoke", &params))).await;
            assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        }
    }
    // Each refresh token is one entry, and so is the first access token; the others are counted.
    let entries = team.audited().await.into_iter().filter(|action| action == "oauth_token.revoked");
    assert_eq!(entries.count(), 5);
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["revoked_tokens"], 8);
}

#[both]
async fn tokens_given_back_in_a_loop_are_counted_and_not_logged_one_by_one(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let loop_of = async |rounds: usize| {
        for _ in 0..rounds {
            let token = app.own_token().await;
            app.call("/oauth/revoke", &[("token", &token)]).await.ok(200);
            world.bearer(&token).get("/v1/tickets").await.problem(401, "invalid-credential");
        }
    };
    let entries = async || {
        let log = team.admin.get("/v1/audit-log?action=oauth_token.revoked").await.ok(200);
        log["data"].as_array().unwrap().clone()
    };
    let counted =
        async || team.admin.get(&format!("{}/activity", app.path)).await.ok(200)["revoked_tokens"].clone();
    loop_of(20).await;
    assert_eq!((entries().await.len(), counted().await), (1, json!(20)));
    assert_eq!(entries().await[0]["details"]["more_are_counted_until"], "2026-11-23T09:00:00.000Z");
    world.advance(3_600);
    loop_of(5).await;
    assert_eq!((entries().await.len(), counted().await), (2, json!(25)));
    world.advance(23 * 3_600 + 1_800);
    let admin = world.sign_in(&team.admin.email).await;
    assert_eq!(admin.get(&format!("{}/activity", app.path)).await.ok(200)["revoked_tokens"], 5);
    world.advance(2 * 3_600);
    world.remove_expired().await;
    assert_eq!(world.number("(SELECT count(*) FROM token_revocations)").await, 0);
}

#[both]
async fn a_public_app_gives_its_tokens_back_by_name(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::public(&world, &team).await;
    let tokens = app.tokens(&team.member).await;
    app.call("/oauth/revoke", &[("token", &tokens.refresh)]).await.ok(200);
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
}

/// Row 28 of the OAuth requirements.
#[both]
async fn an_app_is_told_about_its_own_living_tokens_alone(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let me = team.member.get("/v1/session").await.ok(200)["member"]["id"].clone();
    let found = app.introspect(&tokens.access).await;
    assert_eq!(found["active"], true);
    assert_eq!(
        (&found["scope"], &found["client_id"]),
        (&json!("tickets:read tickets:write"), &json!(app.id))
    );
    assert_eq!((&found["sub"], &found["aud"], &found["iss"]), (&me, &json!(world.url), &json!(world.url)));
    assert_eq!(found["token_type"], "Bearer");
    assert_eq!(found["exp"].as_i64().unwrap() - found["iat"].as_i64().unwrap(), 600);
    let found = app.introspect(&tokens.refresh).await;
    assert_eq!((&found["active"], &found["sub"], found.get("token_type")), (&json!(true), &me, None));
    assert_eq!(app.introspect(&app.own_token().await).await["sub"], app.id);

    let nothing = json!({ "active": false });
    for foreign in [&tokens.access, &tokens.refresh, "rubbish", "slk_rubbish", "é"] {
        assert_eq!(other.introspect(foreign).await, nothing, "{foreign}");
    }
    app.call("/oauth/introspect", &[]).await.refused(400, "invalid_request");
    let nobody = post(&world.anyone(), "/oauth/introspect", &[("token", &tokens.access)]).await;
    nobody.refused(401, "invalid_client");
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    assert_eq!(app.introspect(&tokens.refresh).await, nothing);
    world.advance(605);
    assert_eq!(app.introspect(&next.access).await, nothing);
    assert_eq!(app.introspect(&next.refresh).await["active"], true);
    world.advance(30 * 86_400);
    assert_eq!(app.introspect(&next.refresh).await, nothing);
}
