//! Rotations of client and signing secrets: three work at most, what has ended is gone, and rotations at once leave one that stays.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Behaviour, Receiver, Reply, Team, World, both, oauth::ThirdPartyApp};

/// An app and a webhook, by the paths of their secrets.
async fn owners(world: &World, team: &Team) -> [String; 2] {
    let app = ThirdPartyApp::new(world, team, &["tickets:read"]).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let body = json!({ "url": receiver.url("/hook"), "event_types": ["ticket.*"] });
    let webhook = team.admin.post("/v1/webhooks", &body).await.ok(201);
    [format!("{}/secrets", app.path), format!("/v1/webhooks/{}/secrets", webhook["id"].as_str().unwrap())]
}

async fn rotate(team: &Team, secrets: &str, overlap: &str) -> Reply {
    team.admin.post(secrets, &json!({ "overlap": overlap })).await
}

async fn live(team: &Team, secrets: &str) -> Vec<Value> {
    let listed = team.admin.get(secrets).await.ok(200);
    listed["data"].as_array().unwrap().clone()
}

/// Signing secrets alone: client secrets that have stopped are still recognized for a week.
const STORED: &str = "(SELECT count(*) FROM signing_secrets)";

#[both]
async fn three_secrets_work_at_most_and_ended_ones_are_gone(world: World) {
    let team = world.business().await;
    let owners = owners(&world, &team).await;
    for secrets in &owners {
        rotate(&team, secrets, "24h").await.ok(201);
        world.advance(1);
        rotate(&team, secrets, "1h").await.ok(201);
        let refused = rotate(&team, secrets, "1h").await.problem(409, "conflict");
        let detail = refused["detail"].as_str().unwrap();
        let ends = live(&team, secrets).await[1]["expires_at"].as_str().unwrap().to_owned();
        assert!(detail.contains(&format!("The next one ends at {ends}.")), "{detail}");
        assert!(detail.contains("Drop an old one"), "{detail}");
        assert_eq!(live(&team, secrets).await.len(), 3);
        // A dropped one makes room, and so does one that ends.
        let old = live(&team, secrets).await[2]["id"].as_str().unwrap().to_owned();
        team.admin.delete(&format!("{secrets}/{old}")).await.ok(204);
        rotate(&team, secrets, "1h").await.ok(201);
        rotate(&team, secrets, "7d").await.problem(409, "conflict");
    }
    world.advance(3600);
    for secrets in &owners {
        rotate(&team, secrets, "24h").await.ok(201);
        assert_eq!(live(&team, secrets).await.len(), 2);
    }
    assert_eq!(world.number(STORED).await, 2, "a rotation removes what has ended");
    // A leaked secret can always be replaced at once.
    for secrets in &owners {
        rotate(&team, secrets, "24h").await.ok(201);
        rotate(&team, secrets, "none").await.ok(201);
        assert_eq!(live(&team, secrets).await.len(), 1);
    }
    world.advance(1);
    world.remove_expired().await;
    assert_eq!(world.number(STORED).await, 1);
    world.advance(7 * 24 * 3_600);
    world.remove_expired().await;
    assert_eq!(world.rows_of("client_secrets").await, 1);
}

#[both]
async fn rotations_at_once_leave_one_secret_that_never_ends(world: World) {
    let team = world.business().await;
    for secrets in owners(&world, &team).await {
        for _ in 0..30 {
            let (one, other) = tokio::join!(rotate(&team, &secrets, "1h"), rotate(&team, &secrets, "1h"));
            let made = [one.ok(201), other.ok(201)];
            let live = live(&team, &secrets).await;
            let endless: Vec<&Value> = live.iter().filter(|secret| secret["expires_at"].is_null()).collect();
            assert_eq!((live.len(), endless.len()), (3, 1), "{live:?}");
            for new in &made {
                assert!(live.iter().any(|secret| secret["hint"] == new["hint"]), "{live:?} {new}");
            }
            let owner = secrets.strip_suffix("/secrets").unwrap();
            let shown = team.admin.get(owner).await.ok(200);
            assert_eq!(shown["secrets"][0]["id"], endless[0]["id"], "the current one comes first");
            for old in live.iter().filter(|secret| !secret["expires_at"].is_null()) {
                team.admin.delete(&format!("{secrets}/{}", old["id"].as_str().unwrap())).await.ok(204);
            }
        }
        let replies = join_all((0..8).map(|_| rotate(&team, &secrets, "1h"))).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 2);
        assert_eq!(live(&team, &secrets).await.len(), 3);
    }
}

/// As it was left by a server that did not lock: several that never end.
#[both]
async fn an_endless_secret_that_is_not_the_current_one_can_be_dropped_and_ends_with_the_next_rotation(
    world: World,
) {
    let team = world.business().await;
    for secrets in owners(&world, &team).await {
        let endless = async || {
            rotate(&team, &secrets, "1h").await.ok(201);
            // A client secret that was dropped is still known, to tell the app that sends it.
            let now = world.now().as_millis();
            let endless = format!("UPDATE client_secrets SET expires_at = NULL WHERE expires_at > {now}");
            world.execute(endless).await.unwrap();
            world.execute("UPDATE signing_secrets SET expires_at = NULL").await.unwrap();
            live(&team, &secrets).await
        };
        let two = endless().await;
        let path = |secret: &Value| format!("{secrets}/{}", secret["id"].as_str().unwrap());
        team.admin.delete(&path(&two[0])).await.problem(409, "conflict");
        team.admin.delete(&path(&two[1])).await.ok(204);
        assert_eq!(endless().await.len(), 2);
        rotate(&team, &secrets, "1h").await.ok(201);
        let left = live(&team, &secrets).await;
        assert_eq!(left.iter().filter(|secret| secret["expires_at"].is_null()).count(), 1);
    }
}

#[both]
async fn a_diagnosis_knows_of_the_last_rotation_when_the_old_secret_is_gone(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(401, "bad signature")).await;
    let body = json!({ "url": receiver.url("/hook"), "event_types": ["ticket.*"] });
    let webhook = team.admin.post("/v1/webhooks", &body).await.ok(201);
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    let advice = async || {
        let tested = team.admin.post(&format!("{path}/test"), &json!({})).await.ok(200);
        tested["attempt"]["diagnosis"]["advice"].as_str().unwrap().to_owned()
    };
    assert!(advice().await.contains("It has never been rotated."));
    world.advance(60);
    rotate(&team, &format!("{path}/secrets"), "none").await.ok(201);
    world.advance(60);
    world.remove_expired().await;
    assert_eq!(world.number("(SELECT count(*) FROM signing_secrets)").await, 1);
    assert!(advice().await.contains("It was last rotated on 23 November 2026 at 08:01 UTC."));
}
