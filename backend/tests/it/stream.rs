//! The stream of hints: what it says, to whom, and when it ends.

use api_types::account::{Plan, Role};
use sayless::{
    app::Settings,
    db::{Tx, accounts, sessions},
    delivery::worker::Worker,
    problem::Failure,
    wake::Hint,
};
use serde_json::{Value, json};

use crate::{
    both,
    engine::Engine,
    harness::{Client, Events, Team, World},
    receiver::{Behaviour, Receiver, eventually},
};

async fn webhook(team: &Team) -> Value {
    // Nothing listens there.
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    team.admin.post("/v1/webhooks", &body).await.ok(201)
}

type ByOperator = Box<dyn FnOnce(&mut Tx<'_>) -> Result<(), Failure> + Send>;

/// Makes sure that a stream has ended, and not by breaking off.
async fn ended(mut events: Events) {
    while let Some(event) = events.next().await {
        assert!(!event.contains("change"), "{event}");
    }
}

both! {
    async fn a_change_arrives_and_is_no_more_than_a_hint(world) {
        let team = world.business().await;
        let reply = team.admin.get("/v1/stream").await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-accel-buffering"), Some("no"));
        assert_eq!(reply.header("content-encoding"), None);
        assert!(reply.header("ratelimit").is_some() && reply.header("x-request-id").is_some());

        let reader = world.key(&team, &["deliveries:read"]).await;
        let (mut events, mut seen_by_key) = (team.admin.stream().await, reader.stream().await);
        let made = webhook(&team).await;
        let expected = json!({ "topics": ["webhooks"], "webhook_ids": [made["id"]] });
        assert_eq!(events.change().await, expected);
        assert_eq!(seen_by_key.change().await, expected);
    }

    async fn changes_in_quick_succession_are_told_together(world) {
        let team = world.business().await;
        let (one, two) = (webhook(&team).await, webhook(&team).await);
        let mut events = team.admin.stream().await;
        let rename = async |webhook: &Value| {
            let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
            team.admin.patch(&path, &json!({ "description": "Renamed" })).await.ok(200);
        };
        rename(&one).await;
        assert_eq!(events.change().await["webhook_ids"], json!([one["id"]]));
        for _ in 0..10 {
            rename(&one).await;
            rename(&two).await;
        }
        let disable = format!("/v1/webhooks/{}/disable", two["id"].as_str().unwrap());
        team.admin.post(&disable, &Value::Null).await.ok(200);
        world.advance(1);
        let told = events.change().await;
        assert_eq!(told, json!({ "topics": ["deliveries", "webhooks"], "webhook_ids": [one["id"], two["id"]] }));
        // That was all of it: what follows is a sign of life.
        world.advance(15);
        assert_eq!(events.next().await.unwrap(), ": still here");
    }

    async fn deliveries_are_told_of_when_published_and_when_attempted(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
        let webhook = engine.webhook(&receiver.url("/"), &["*"]).await;
        let mut events = engine.team.admin.stream().await;
        engine.publish().await;
        assert_eq!(events.change().await, json!({ "topics": ["deliveries"], "webhook_ids": [webhook] }));
        let _worker = Worker::start(world.app.clone());
        eventually("the attempt has ended", async || !engine.list("status=retrying").await.is_empty()).await;
        world.advance(1);
        let told = events.change().await;
        assert_eq!(told, json!({ "topics": ["deliveries", "webhooks"], "webhook_ids": [webhook] }));
    }

    async fn other_workspaces_changes_are_not_told(world) {
        let (ours, theirs) = (world.business().await, world.business().await);
        let mut events = ours.admin.stream().await;
        webhook(&theirs).await;
        let made = webhook(&ours).await;
        assert_eq!(events.change().await["webhook_ids"], json!([made["id"]]));
        webhook(&theirs).await;
        world.advance(15);
        assert_eq!(events.next().await.unwrap(), ": still here");
    }

    async fn a_stream_ends_with_its_session(world) {
        let team = world.business().await;
        let other = world.sign_in(&team.admin.email).await;
        let (ours, mut kept) = (team.admin.stream().await, other.stream().await);
        team.admin.delete("/v1/session").await.ok(204);
        ended(ours).await;
        // Another session of the same member goes on.
        let made = other.post("/v1/webhooks", &json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] })).await;
        assert_eq!(kept.change().await["webhook_ids"], json!([made.ok(201)["id"]]));
        // It ends when it has been idle too long, for a stream is no use of it.
        for _ in 0..12 {
            world.advance(3600);
            assert_eq!(kept.next().await.is_some(), world.app.clock.now() < "2026-11-23T20:00:00Z".parse().unwrap());
        }
    }

    async fn a_stream_ends_when_its_session_moves_to_another_workspace(world) {
        let (one, two) = (world.business().await, world.business().await);
        let (app, email, elsewhere) = (world.app.clone(), one.admin.email.clone(), two.id);
        world.app.db.write(move |tx| {
            let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
            Ok::<_, Failure>(accounts::insert_membership(tx, elsewhere, id, Role::Admin, app.clock.now())?)
        }).await.unwrap();
        let events = one.admin.stream().await;
        one.admin.patch("/v1/session", &json!({ "workspace_id": elsewhere })).await.ok(200);
        ended(events).await;
    }

    async fn a_stream_ends_with_its_key(world) {
        let team = world.business().await;
        let made = team.create_key(&["deliveries:read"]).await;
        let events = world.bearer(made["key"].as_str().unwrap()).stream().await;
        let revoke = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
        team.admin.post(&revoke, &json!({ "reason": "Leaked" })).await.ok(200);
        ended(events).await;

        let expires = json!({ "name": "Short", "scopes": ["deliveries:read"], "expires_at": "2026-11-23T09:00:00Z" });
        let made = team.admin.post("/v1/api-keys", &expires).await.ok(201);
        let events = world.bearer(made["key"].as_str().unwrap()).stream().await;
        world.advance(3600);
        ended(events).await;
    }

    async fn a_stream_ends_with_the_role_the_membership_and_the_plan(world) {
        let team = world.business().await;
        let as_operator = async |change: ByOperator| {
            world.app.db.write(move |tx| {
                change(tx)?;
                tx.on_commit(Hint::CredentialsChanged);
                Ok::<_, Failure>(())
            }).await.unwrap();
        };
        let (workspace, other) = (team.id, world.join(team.id, Role::Admin).await);
        let (email, events) = (other.email.clone(), other.stream().await);
        as_operator(Box::new(move |tx| {
            let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
            Ok(accounts::set_role(tx, workspace, id, Role::Member)?)
        })).await;
        ended(events).await;

        let other = world.join(team.id, Role::Admin).await;
        let (email, events) = (other.email.clone(), other.stream().await);
        as_operator(Box::new(move |tx| {
            let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
            sessions::delete_of_member(tx, id, Some(workspace))?;
            Ok(accounts::delete_membership(tx, workspace, id)?)
        })).await;
        ended(events).await;

        let (session, key) = (team.admin.stream().await, world.key(&team, &["deliveries:read"]).await.stream().await);
        as_operator(Box::new(move |tx| {
            accounts::set_plan(tx, workspace, Plan::Free)?;
            Ok(())
        })).await;
        ended(session).await;
        ended(key).await;
    }

    async fn streams_end_when_the_server_stops(world) {
        let team = world.business().await;
        let events = team.admin.stream().await;
        world.app.wake.hub.close();
        ended(events).await;
        team.admin.get("/v1/stream").await.problem(503, "unavailable");
    }

    async fn a_credential_has_twenty_streams(world) {
        let team = world.business().await;
        let mut open = Vec::new();
        for _ in 0..20 {
            open.push(team.admin.stream().await);
        }
        let refused = team.admin.get("/v1/stream").await;
        assert!(refused.header("retry-after").is_some());
        refused.problem(429, "rate-limited");
        world.key(&team, &["deliveries:read"]).await.stream().await;
        drop(open);
        room(&world, &team.admin).await;
    }

    async fn a_member_and_a_key_without_the_scope_are_told_nothing(world) {
        let team = world.business().await;
        team.member.get("/v1/stream").await.problem(403, "admin-required");
        world.key(&team, &["webhooks:read"]).await.get("/v1/stream").await.problem(403, "insufficient-scope");
        assert_eq!(world.app.wake.hub.listening(), 0);
    }
}

both! {
    with crate::stream::few;

    async fn a_node_has_room_for_so_many(world) {
        let team = world.business().await;
        let open = [team.admin.stream().await, world.key(&team, &["deliveries:read"]).await.stream().await];
        let refused = world.sign_in(&team.admin.email).await.get("/v1/stream").await;
        assert!(refused.header("retry-after").is_some());
        refused.problem(503, "unavailable");
        drop(open);
        room(&world, &team.admin).await;
    }
}

/// Two streams at most.
const fn few(settings: &mut Settings) {
    settings.streams = 2;
}

/// Waits until a stream can be opened again: the server notices that a reader has gone when it next says something.
async fn room(world: &World, client: &Client) {
    eventually("there is room again", async || {
        world.advance(15);
        client.get("/v1/stream").await.status == 200
    })
    .await;
}
