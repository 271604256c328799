//! The keys that sign access tokens, in the operator's hands: a new one that is published first, and one that leaked.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::harness::{Kind, World, both, oauth::ThirdPartyApp};

/// The ids of the keys that are published.
async fn published(world: &World) -> Vec<String> {
    let set = world.anyone().get("/.well-known/jwks.json").await.ok(200);
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The id of the key that signed a token.
fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

#[both]
async fn a_key_that_leaked_ends_at_once_with_all_its_tokens(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let own = app.own_token().await;
    let works = async |token: &str| world.bearer(token).get("/v1/tickets").await.status == 200;
    assert!(works(&tokens.access).await && works(&own).await);
    let leaked = kid(&own);
    assert!(!world.revoke_signing_key("unknown").await);
    assert!(works(&own).await);
    assert!(world.revoke_signing_key(&leaked).await);
    for token in [&tokens.access, &own] {
        world.bearer(token).get("/v1/tickets").await.problem(401, "invalid-credential");
        assert_eq!(app.introspect(token).await["active"], false);
    }
    let next = app.own_token().await;
    assert_ne!(kid(&next), leaked);
    assert_eq!(published(&world).await, [kid(&next)]);
    assert!(works(&next).await);
    // What is not signed lives on.
    let refreshed = app.refresh(&tokens.refresh).await.ok(200);
    assert!(works(refreshed["access_token"].as_str().unwrap()).await);
}

#[both]
async fn an_operators_new_key_is_published_before_it_signs(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = kid(&app.own_token().await);
    world.publish_signing_key().await;
    let keys = published(&world).await;
    assert_eq!((keys.len(), &keys[0]), (2, &first));
    // Whoever read the set a moment before may keep it for five minutes.
    world.advance(301);
    let before = app.own_token().await;
    assert_eq!(kid(&before), first);
    world.advance(10);
    let after = app.own_token().await;
    assert_eq!(kid(&after), keys[1]);
    for token in [&before, &after] {
        world.bearer(token).get("/v1/tickets").await.ok(200);
    }
    // A key that is published already takes over from one that leaked; one that signs no more leaves the others alone.
    world.publish_signing_key().await;
    let third = published(&world).await[2].clone();
    assert!(world.revoke_signing_key(&keys[1]).await);
    assert_eq!(kid(&app.own_token().await), third);
    world.bearer(&after).get("/v1/tickets").await.problem(401, "invalid-credential");
    world.bearer(&before).get("/v1/tickets").await.ok(200);
    assert!(world.revoke_signing_key(&first).await);
    assert_eq!(published(&world).await, std::slice::from_ref(&third));
    assert_eq!(kid(&app.own_token().await), third);
    world.bearer(&before).get("/v1/tickets").await.problem(401, "invalid-credential");
}

/// A node that is told nothing believes a revoked key for a second at most, though it has verified the token before.
#[actix_web::test]
async fn other_nodes_believe_a_revoked_key_no_longer_than_a_second() {
    let world = World::start(Kind::Postgres);
    let node = world.lone_node();
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let token = app.own_token().await;
    let there = node.serves(&world.bearer(&token));
    there.get("/v1/tickets").await.ok(200);
    assert!(world.revoke_signing_key(&kid(&token)).await);
    world.advance(1);
    there.get("/v1/tickets").await.problem(401, "invalid-credential");
    let set = node.serves(&world.anyone()).get("/.well-known/jwks.json").await.ok(200);
    assert_eq!(set["keys"].as_array().unwrap().len(), 1);
    assert_ne!(set["keys"][0]["kid"], kid(&token));
    node.serves(&world.bearer(&app.own_token().await)).get("/v1/tickets").await.ok(200);
}
