//! Keys that replace themselves: one successor, which gains nothing, and whose first use ends the old key.

use api_types::account::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Reply, Team, World, both, eventually};

/// A rotatable key that may read tickets, with `more` in its body: its object, and a client that calls with it.
async fn rotatable(world: &World, team: &Team, more: &Value) -> (Value, Client) {
    let mut body = json!({ "name": "Nightly export", "scopes": ["tickets:read"], "rotatable": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = team.admin.post("/v1/api-keys", &body).await.ok(201);
    let key = world.bearer(made["key"].as_str().unwrap());
    (made, key)
}

async fn rotate(key: &Client) -> Reply {
    key.send(Method::POST, "/v1/api-keys/self/rotate", "", "").await
}

async fn shown(team: &Team, key: &Value) -> Value {
    team.admin.get(&format!("/v1/api-keys/{}", key["id"].as_str().unwrap())).await.ok(200)
}

async fn revoke(team: &Team, key: &Value) {
    let path = format!("/v1/api-keys/{}/revoke", key["id"].as_str().unwrap());
    team.admin.post(&path, &json!({})).await.ok(200);
}

#[both]
async fn a_key_replaces_itself_and_ends_at_its_successors_first_use(world: World) {
    let team = world.business().await;
    let (old, key) = rotatable(&world, &team, &json!({ "allowed_ips": ["127.0.0.0/8"] })).await;
    world.advance(60);
    let new = rotate(&key).await.ok(201);
    assert!(new["key"].as_str().unwrap().starts_with("slk_"));
    for field in ["name", "scopes", "allowed_ips", "expires_at", "rotatable"] {
        assert_eq!(new[field], old[field], "{field}");
    }
    assert_eq!(new["replaces"], json!({ "id": old["id"], "hint": old["hint"] }));
    assert_eq!(new["created_by"], json!({ "type": "api_key", "id": old["id"], "name": old["name"] }));
    // Both work until the new one is used.
    key.get("/v1/tickets").await.ok(200);
    let before = shown(&team, &old).await;
    assert_eq!(before["replaced_by"], json!({ "id": new["id"], "hint": new["hint"] }));
    assert_eq!(
        (&before["status"], &before["ends_at"]),
        (&json!("active"), &json!("2026-11-24T08:01:00.000Z"))
    );
    let successor = world.bearer(new["key"].as_str().unwrap());
    successor.get("/v1/tickets").await.ok(200);
    key.get("/v1/tickets").await.problem(401, "key-replaced");
    rotate(&key).await.problem(401, "key-replaced");
    let after = shown(&team, &old).await;
    assert_eq!(
        (&after["status"], &after["ends_at"]),
        (&json!("replaced"), &json!("2026-11-23T08:01:00.000Z"))
    );
    let listed = team.admin.get("/v1/api-keys?status=replaced").await.ok(200);
    assert_eq!(listed["data"], json!([after]));
    let active = team.admin.get("/v1/api-keys?status=active").await.ok(200);
    assert_eq!(active["data"].as_array().unwrap().len(), 1);
    // The line goes on.
    let third = rotate(&successor).await.ok(201);
    world.bearer(third["key"].as_str().unwrap()).get("/v1/session").await.ok(200);
    successor.get("/v1/session").await.problem(401, "key-replaced");
    let audited = team.audited().await;
    let actions = ["api_key.replaced", "api_key.rotated", "api_key.replaced", "api_key.rotated"];
    assert_eq!(audited[..4], actions);
}

#[both]
async fn the_log_says_who_rotated_and_never_the_secret(world: World) {
    let team = world.business().await;
    let (old, key) = rotatable(&world, &team, &json!({})).await;
    let new = rotate(&key).await.ok(201);
    let log = team.admin.get("/v1/audit-log?action=api_key.rotated").await;
    assert!(!log.text.contains(new["key"].as_str().unwrap()));
    let entry = &log.ok(200)["data"][0];
    assert_eq!((&entry["actor"]["id"], &entry["object_id"]), (&old["id"], &old["id"]));
    assert_eq!(entry["details"]["replaced_by"], new["id"]);
    world.bearer(new["key"].as_str().unwrap()).get("/v1/session").await.ok(200);
    let log = team.admin.get("/v1/audit-log?action=api_key.replaced").await.ok(200);
    let entry = &log["data"][0];
    assert_eq!((&entry["actor"]["id"], &entry["object_id"]), (&new["id"], &old["id"]));
}

#[both]
async fn only_a_key_that_an_admin_marked_may_rotate_and_only_while_it_is_marked(world: World) {
    let team = world.business().await;
    let plain = team.create_key(&["tickets:read"]).await;
    assert_eq!(plain["rotatable"], false);
    rotate(&world.bearer(plain["key"].as_str().unwrap())).await.problem(403, "not-rotatable");
    rotate(&team.admin).await.problem(403, "not-rotatable");
    rotate(&team.member).await.problem(403, "not-rotatable");
    let (made, key) = rotatable(&world, &team, &json!({})).await;
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    let marked = async |rotatable: bool| {
        let changed = team.admin.patch(&path, &json!({ "rotatable": rotatable })).await.ok(200);
        assert_eq!(changed["rotatable"], rotatable);
    };
    marked(false).await;
    rotate(&key).await.problem(403, "not-rotatable");
    marked(true).await;
    let new = rotate(&key).await.ok(201);
    // The mark was copied: what becomes of the old key's changes nothing.
    marked(false).await;
    assert_eq!(shown(&team, &new).await["rotatable"], true);
}

#[both]
async fn several_rotations_at_once_give_one_successor(world: World) {
    let team = world.business().await;
    let (old, key) = rotatable(&world, &team, &json!({})).await;
    let replies = futures_util::future::join_all((0..8).map(|_| rotate(&key))).await;
    let (made, refused): (Vec<Reply>, Vec<Reply>) =
        replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 7));
    let new = made.into_iter().next().unwrap().ok(201);
    for reply in refused {
        assert!(!reply.text.contains("slk_"), "{}", reply.text);
        let detail = reply.problem(409, "conflict")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(new["id"].as_str().unwrap()), "{detail}");
    }
    assert_eq!(shown(&team, &old).await["replaced_by"]["id"], new["id"]);
    assert_eq!(team.admin.get("/v1/api-keys").await.ok(200)["data"].as_array().unwrap().len(), 2);
}

#[both]
async fn a_lost_answer_is_given_again_under_its_idempotency_key(world: World) {
    let team = world.business().await;
    let (_, key) = rotatable(&world, &team, &json!({})).await;
    let repeated = key.with_header("idempotency-key", "tonight");
    let first = rotate(&repeated).await.ok(201);
    assert_eq!(rotate(&repeated).await.ok(201), first);
    rotate(&key).await.problem(409, "conflict");
    world.bearer(first["key"].as_str().unwrap()).get("/v1/session").await.ok(200);
    rotate(&repeated).await.problem(401, "key-replaced");
}

#[both]
async fn the_old_key_ends_after_a_day_or_with_its_own_end(world: World) {
    let team = world.business().await;
    let (_, key) = rotatable(&world, &team, &json!({})).await;
    let soon = json!({ "expires_at": "2026-11-23T10:00:00Z" });
    let (_, short) = rotatable(&world, &team, &soon).await;
    let new = rotate(&key).await.ok(201);
    let brief = rotate(&short).await.ok(201);
    assert_eq!(brief["expires_at"], "2026-11-23T10:00:00.000Z");
    world.advance(2 * 3600);
    // It gained no time.
    world.bearer(brief["key"].as_str().unwrap()).get("/v1/session").await.problem(401, "key-expired");
    short.get("/v1/session").await.problem(401, "key-replaced");
    world.advance(22 * 3600 - 1);
    key.get("/v1/session").await.ok(200);
    world.advance(1);
    key.get("/v1/session").await.problem(401, "key-replaced");
    world.bearer(new["key"].as_str().unwrap()).get("/v1/session").await.ok(200);
}

#[both]
async fn a_use_that_is_refused_ends_nothing(world: World) {
    let team = world.business().await;
    let (_, key) = rotatable(&world, &team, &json!({})).await;
    let new = rotate(&key).await.ok(201);
    let path = format!("/v1/api-keys/{}", new["id"].as_str().unwrap());
    team.admin.patch(&path, &json!({ "allowed_ips": ["203.0.113.7"] })).await.ok(200);
    let successor = world.bearer(new["key"].as_str().unwrap());
    successor.get("/v1/session").await.problem(403, "address-not-allowed");
    key.get("/v1/session").await.ok(200);
    team.admin.patch(&path, &json!({ "allowed_ips": [] })).await.ok(200);
    // A request that needs more than the key may do is a use all the same.
    successor.get("/v1/webhooks").await.problem(403, "insufficient-scope");
    key.get("/v1/session").await.problem(401, "key-replaced");
}

#[both]
async fn revoking_one_leaves_the_other_and_an_unused_successor_can_be_made_again(world: World) {
    let team = world.business().await;
    let (old, key) = rotatable(&world, &team, &json!({})).await;
    let lost = rotate(&key).await.ok(201);
    world.advance(3600);
    revoke(&team, &lost).await;
    key.get("/v1/session").await.ok(200);
    let new = rotate(&key).await.ok(201);
    // A second rotation gives the old key no more time.
    let replaced = shown(&team, &old).await;
    assert_eq!(replaced["ends_at"], "2026-11-24T08:00:00.000Z");
    assert_eq!(replaced["replaced_by"]["id"], new["id"]);
    revoke(&team, &old).await;
    key.get("/v1/session").await.problem(401, "key-revoked");
    rotate(&key).await.problem(401, "key-revoked");
    world.bearer(new["key"].as_str().unwrap()).get("/v1/session").await.ok(200);
    assert_eq!(shown(&team, &old).await["status"], "revoked");
}

#[both]
async fn a_successor_takes_its_predecessors_place_in_the_plans_limit_and_no_more(world: World) {
    let team = world.team(Plan::Startup).await;
    let (old, key) = rotatable(&world, &team, &json!({})).await;
    for _ in 0..9 {
        team.create_key(&["tickets:read"]).await;
    }
    let body = json!({ "name": "k", "scopes": ["tickets:read"] });
    team.admin.post("/v1/api-keys", &body).await.problem(403, "plan-limit");
    let new = rotate(&key).await.ok(201);
    team.admin.post("/v1/api-keys", &body).await.problem(403, "plan-limit");
    // Without its successor, the old key counts again.
    revoke(&team, &new).await;
    team.admin.post("/v1/api-keys", &body).await.problem(403, "plan-limit");
    let new = rotate(&key).await.ok(201);
    world.bearer(new["key"].as_str().unwrap()).get("/v1/session").await.ok(200);
    team.admin.post("/v1/api-keys", &body).await.problem(403, "plan-limit");
    assert_eq!(shown(&team, &old).await["status"], "replaced");
    revoke(&team, &new).await;
    team.admin.post("/v1/api-keys", &body).await.ok(201);
}

#[both]
async fn a_line_of_keys_shares_one_rate_limit(world: World) {
    let team = world.business().await;
    let (_, key) = rotatable(&world, &team, &json!({})).await;
    let left = |reply: &Reply| -> u32 {
        let said = reply.header("ratelimit").unwrap().split(";r=").nth(1).unwrap().to_owned();
        said.split(';').next().unwrap().parse().unwrap()
    };
    let before = left(&key.get("/v1/tickets").await);
    let new = rotate(&key).await.ok(201);
    let successor = world.bearer(new["key"].as_str().unwrap());
    assert_eq!(left(&successor.get("/v1/tickets").await), before - 2);
}

#[actix_web::test]
async fn another_node_hears_of_a_successors_first_use_before_a_second_has_passed() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let linked = world.linked_node().await;
    let alone = world.lone_node();
    let _link = world.link().await;
    let (_, key) = rotatable(&world, &team, &json!({})).await;
    for client in [&key, &linked.serves(&key), &alone.serves(&key)] {
        client.get("/v1/tickets").await.ok(200);
    }
    let new = rotate(&key).await.ok(201);
    world.bearer(new["key"].as_str().unwrap()).get("/v1/tickets").await.ok(200);
    key.get("/v1/tickets").await.problem(401, "key-replaced");
    eventually("the linked node refuses the old key", async || {
        linked.serves(&key).get("/v1/tickets").await.status == 401
    })
    .await;
    // A node that is not told remembers for a second.
    world.advance(1);
    alone.serves(&key).get("/v1/tickets").await.problem(401, "key-replaced");
}
