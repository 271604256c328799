//! Changes between a member's consent and the tokens, which say only what they may then.

use api_types::account::Role;
use serde_json::{Value, json};

use crate::harness::{
    World, both,
    oauth::{CALLBACK, ThirdPartyApp, Tokens},
};

/// The scopes that a token says it has.
fn said(given: &Value) -> Value {
    let token =
        jsonwebtoken::dangerous::insecure_decode::<Value>(given["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(token.claims["scope"], given["scope"]);
    given["scope"].clone()
}

#[both]
async fn a_scope_that_the_app_or_the_member_lost_is_cut(world: World) {
    let team = world.business().await;
    let admin = world.sign_in(&team.admin.email).await;
    let second = world.join(team.id, Role::Admin).await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write", "webhooks:read"]).await;
    let tokens = app.tokens(&second).await;
    let code = app.code(&second).await;
    world.set_role(team.id, &second, Role::Member).await;
    assert_eq!(said(&app.redeem(&code).await.ok(200)), "tickets:read tickets:write");
    let refreshed = app.refresh(&tokens.refresh).await.ok(200);
    assert_eq!(said(&refreshed), "tickets:read tickets:write");
    let code = app.code(&admin).await;
    admin.patch(&app.path, &json!({ "scopes": ["tickets:read", "webhooks:read"] })).await.ok(200);
    assert_eq!(said(&app.redeem(&code).await.ok(200)), "tickets:read webhooks:read");
    assert_eq!(said(&app.refresh(&Tokens::of(&refreshed).refresh).await.ok(200)), "tickets:read");
}

#[both]
async fn a_token_that_could_do_nothing_is_not_given(world: World) {
    let team = world.business().await;
    let second = world.join(team.id, Role::Admin).await;
    let app = ThirdPartyApp::new(&world, &team, &["webhooks:read"]).await;
    let tokens = app.tokens(&second).await;
    let code = app.code(&second).await;
    let other = app.code(&team.admin).await;
    world.set_role(team.id, &second, Role::Member).await;
    app.redeem(&code).await.refused(400, "invalid_scope");
    app.refresh(&tokens.refresh).await.refused(400, "invalid_scope");
    team.admin.patch(&app.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
    app.redeem(&other).await.refused(400, "invalid_scope");
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"], json!([]));
}

#[both]
async fn a_redirect_uri_that_is_removed_ends_its_codes(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = app.code(&team.member).await;
    let other = json!({ "redirect_uris": ["https://acme.example/other"] });
    team.admin.patch(&app.path, &other).await.ok(200);
    app.redeem(&code).await.refused(400, "invalid_grant");
    // The code is used up, and stays so.
    team.admin.patch(&app.path, &json!({ "redirect_uris": [CALLBACK] })).await.ok(200);
    app.redeem(&code).await.refused(400, "invalid_grant");
    app.tokens(&team.member).await;
}
