//! Dropping a client secret that leaked, with what was got by it.

use serde_json::json;

use crate::harness::{
    World, both,
    oauth::{ThirdPartyApp, Tokens},
};

#[both]
async fn what_was_got_by_a_dropped_secret_ends_with_it_where_an_admin_wants_that(world: World) {
    let team = world.business().await;
    let old = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let works = async |token: &str| world.bearer(token).get("/v1/tickets").await.status == 200;
    let own = old.own_token().await;
    let stolen = old.tokens(&team.member).await;
    let kept = old.tokens(&team.member).await;
    let secrets = format!("{}/secrets", old.path);
    let first = team.admin.get(&secrets).await.ok(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let rotated = team.admin.post(&secrets, &json!({ "overlap": "24h" })).await.ok(201);
    let new = old.with_secret(&rotated["client_secret"]);
    let new_own = new.own_token().await;
    let fresh = new.tokens(&team.member).await;
    // The rightful app goes on with the new secret.
    let moved_on = Tokens::of(&new.refresh(&kept.refresh).await.ok(200));

    let path = format!("{secrets}/{first}");
    let bad = team.admin.delete(&format!("{path}?end_tokens=perhaps")).await;
    assert_eq!(bad.fields(400, "bad-request"), ["end_tokens"]);
    team.admin.delete(&format!("{path}?end_tokens=true")).await.ok(204);
    for dead in [&own, &stolen.access, &kept.access] {
        assert!(!works(dead).await);
    }
    new.refresh(&stolen.refresh).await.refused(400, "invalid_grant");
    for alive in [&new_own, &fresh.access, &moved_on.access] {
        assert!(works(alive).await);
    }
    new.refresh(&fresh.refresh).await.ok(200);
    new.refresh(&moved_on.refresh).await.ok(200);
    assert!(works(&new.own_token().await).await);
    let log = team.admin.get("/v1/audit-log?action=oauth_app.secret_dropped").await.ok(200);
    assert_eq!(log["data"][0]["details"]["ended_refresh_tokens"], 1);
    let activity = team.admin.get(&format!("{}/activity", old.path)).await.ok(200);
    assert_eq!(activity["incidents"], json!([]));
}

#[both]
async fn what_was_got_by_a_dropped_secret_stays_unless_an_admin_wants_otherwise(world: World) {
    let team = world.business().await;
    let old = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let own = old.own_token().await;
    let tokens = old.tokens(&team.member).await;
    let secrets = format!("{}/secrets", old.path);
    let first = team.admin.get(&secrets).await.ok(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let rotated = team.admin.post(&secrets, &json!({ "overlap": "24h" })).await.ok(201);
    team.admin.delete(&format!("{secrets}/{first}?end_tokens=false")).await.ok(204);
    for token in [&own, &tokens.access] {
        world.bearer(token).get("/v1/tickets").await.ok(200);
    }
    old.with_secret(&rotated["client_secret"]).refresh(&tokens.refresh).await.ok(200);
}

/// Tokens that are older than the column cannot be told apart: they end, too.
#[both]
async fn tokens_of_an_unknown_secret_end_with_any(world: World) {
    let team = world.business().await;
    let old = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = old.tokens(&team.member).await;
    world.execute("UPDATE token_families SET secret_id = NULL").await.unwrap();
    world.execute("UPDATE access_tokens SET secret_id = NULL").await.unwrap();
    let secrets = format!("{}/secrets", old.path);
    let first = team.admin.get(&secrets).await.ok(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let rotated = team.admin.post(&secrets, &json!({ "overlap": "24h" })).await.ok(201);
    team.admin.delete(&format!("{secrets}/{first}?end_tokens=true")).await.ok(204);
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    old.with_secret(&rotated["client_secret"]).refresh(&tokens.refresh).await.refused(400, "invalid_grant");
}
