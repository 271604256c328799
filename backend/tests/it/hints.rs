//! Hints about credentials: they make nodes forget what belongs to one workspace, and leave the others alone.
//!
//! What a node still remembers shows when the database is changed behind its back: within the second for which a look-up is believed,
//! on a clock that stands still, only a hint makes the node look again.

use serde_json::json;

use crate::harness::{Client, Kind, Team, World, both, eventually, oauth::ThirdPartyApp};

/// A key that was used a moment ago, and ends behind the node's back.
async fn remembered(world: &World, team: &Team, scope: &str) -> Client {
    let key = world.key(team, &[scope]).await;
    key.get("/v1/session").await.ok(200);
    key
}

/// Ends all keys behind the node's back.
async fn end_all_keys(world: &World) {
    world.execute("UPDATE api_keys SET revoked_at = 1").await.unwrap();
}

async fn revoke_some_key(team: &Team) {
    let made = team.create_key(&["tickets:read"]).await;
    let path = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
    team.admin.post(&path, &json!({})).await.ok(200);
}

#[both]
async fn a_change_of_one_workspace_leaves_what_is_known_of_the_others(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let app = ThirdPartyApp::new(&world, &theirs, &["tickets:read"]).await;
    let key = remembered(&world, &ours, "tickets:read").await;
    end_all_keys(&world).await;
    revoke_some_key(&theirs).await;
    for _ in 0..3 {
        let token = app.own_token().await;
        app.call("/oauth/revoke", &[("token", &token)]).await.ok(200);
    }
    theirs.admin.patch(&app.path, &json!({ "name": "Another name" })).await.ok(200);
    key.get("/v1/session").await.ok(200);
    revoke_some_key(&ours).await;
    key.get("/v1/session").await.problem(401, "key-revoked");
}

#[both]
async fn giving_back_what_is_not_alive_changes_nothing(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let own = app.own_token().await;
    for token in [&own, &tokens.access, &tokens.refresh] {
        app.call("/oauth/revoke", &[("token", token)]).await.ok(200);
    }
    let key = remembered(&world, &team, "tickets:read").await;
    end_all_keys(&world).await;
    let before = team.audited().await.len();
    for token in [&own, &tokens.access, &tokens.refresh, "slr_unknown", "a.b.c"] {
        app.call("/oauth/revoke", &[("token", token)]).await.ok(200);
    }
    assert_eq!(team.audited().await.len(), before);
    key.get("/v1/session").await.ok(200);
}

#[both]
async fn streams_look_their_credential_up_with_their_own_workspace_and_once_a_second(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let key = remembered(&world, &ours, "deliveries:read").await;
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    let made = ours.admin.post("/v1/webhooks", &body).await.ok(201);
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    // The key is told of what is its own.
    let own = "(SELECT id FROM api_keys WHERE scopes LIKE '%deliveries:read%')";
    world.execute(format!("UPDATE webhooks SET owner_kind = 'api_key', owner_id = {own}")).await.unwrap();
    let mut events = key.stream().await;
    let told = async |events: &mut crate::harness::Events| {
        let name = json!({ "description": world.now().to_string() });
        ours.admin.patch(&path, &name).await.ok(200);
        // The log's growth, which is of no webhook, may be told by itself, before the rest.
        let mut change = events.change().await;
        while change["topics"] == json!(["events"]) {
            world.advance(1);
            change = events.change().await;
        }
        assert_eq!(change["webhook_ids"], json!([made["id"]]));
    };
    // The first change of a credential is looked at at once, the next one a second later.
    revoke_some_key(&ours).await;
    told(&mut events).await;
    world.advance(1);
    end_all_keys(&world).await;
    revoke_some_key(&theirs).await;
    told(&mut events).await;
    revoke_some_key(&ours).await;
    assert_eq!(events.next().await, None);
}

/// Nodes tell each other which workspace it is.
#[actix_web::test]
async fn other_nodes_forget_that_workspace_alone() {
    let world = World::start(Kind::Postgres);
    let ours = world.business().await;
    let theirs = world.business().await;
    let _link = world.link().await;
    let other = world.linked_node().await;
    let our_key = other.serves(&remembered(&world, &ours, "tickets:read").await);
    let their_key = other.serves(&remembered(&world, &theirs, "tickets:read").await);
    for key in [&our_key, &their_key] {
        key.get("/v1/session").await.ok(200);
    }
    end_all_keys(&world).await;
    revoke_some_key(&theirs).await;
    eventually("the other node has heard", async || their_key.get("/v1/session").await.status == 401).await;
    our_key.get("/v1/session").await.ok(200);
}
