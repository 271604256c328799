//! The audit log: the parts of an entry, lists and filters.

use serde_json::{Value, json};

use crate::harness::{Client, Kind, Team, World, both};

async fn entries(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/v1/audit-log?{query}")).await.ok(200);
    page["data"].as_array().unwrap().clone()
}

/// Makes two keys, an hour apart, renames the first and revokes the second.
async fn history(world: &World, team: &Team) -> (String, String) {
    let first = team.create_key(&["tickets:read"]).await["id"].as_str().unwrap().to_owned();
    team.admin.patch(&format!("/v1/api-keys/{first}"), &json!({ "name": "Renamed" })).await.ok(200);
    world.advance(3600);
    let second = team.create_key(&["tickets:read"]).await["id"].as_str().unwrap().to_owned();
    team.admin.post(&format!("/v1/api-keys/{second}/revoke"), &json!({ "reason": "Leaked" })).await.ok(200);
    (first, second)
}

#[both]
async fn an_entry_says_who_did_what_to_what_when_and_from_where(world: World) {
    let team = world.business().await;
    let (first, _) = history(&world, &team).await;
    let renamed = &entries(&team.admin, "action=api_key.updated").await[0];
    assert_eq!(renamed["actor"]["type"], "member");
    assert_eq!(renamed["actor"]["name"], team.admin.email);
    assert_eq!((&renamed["object_id"], &renamed["object_name"]), (&json!(first), &json!("Renamed")));
    assert_eq!(
        (&renamed["ip"], &renamed["created_at"]),
        (&json!("127.0.0.1"), &json!("2026-11-23T08:00:00.000Z"))
    );
    assert_eq!(renamed["details"]["before"]["name"], "A key");
    let revoked = &entries(&team.admin, "action=api_key.revoked").await[0];
    assert_eq!(revoked["details"]["reason"], "Leaked");
}

#[both]
async fn entries_are_filtered_and_paged(world: World) {
    let team = world.business().await;
    let (first, second) = history(&world, &team).await;
    assert_eq!(entries(&team.admin, &format!("object={first}")).await.len(), 2);
    assert_eq!(entries(&team.admin, &format!("object={second}&action=api_key.revoked")).await.len(), 1);
    assert_eq!(entries(&team.admin, "since=2026-11-23T08:30:00Z").await.len(), 2);
    let before = entries(&team.admin, "until=2026-11-23T08:30:00Z").await;
    assert!(before.iter().all(|entry| entry["created_at"] == "2026-11-23T08:00:00.000Z"));
    let me = before[0]["actor"]["id"].as_str().unwrap().to_owned();
    let mine = entries(&team.admin, &format!("actor={me}")).await;
    assert!(!mine.is_empty() && mine.iter().all(|entry| entry["actor"]["id"] == me.as_str()));

    let all = entries(&team.admin, "limit=200").await;
    let page = team.admin.get("/v1/audit-log?limit=3").await.ok(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = entries(&team.admin, &format!("limit=3&cursor={cursor}")).await;
    assert_eq!(page["data"].as_array().unwrap()[..], all[..3]);
    assert_eq!(next[..], all[3..6]);
}

/// The entries of JSON lines, all pages together, and how many pages there were.
async fn shipped(reader: &Client, media: &str, query: &str) -> (Vec<Value>, usize) {
    let reader = reader.with_header("accept", media);
    let mut entries = Vec::new();
    let mut pages = 0;
    let mut path = format!("/v1/audit-log?{query}");
    loop {
        let reply = reader.get(&path).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(media)), "{}", reply.text);
        entries.extend(reply.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        pages += 1;
        let Some(link) = reply.header("link") else { return (entries, pages) };
        let next = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        next.clone_into(&mut path);
    }
}

#[both]
async fn a_key_with_its_scope_ships_the_log_as_json_lines(world: World) {
    let team = world.business().await;
    history(&world, &team).await;
    let reader = world.key(&team, &["audit:read"]).await;
    let all = entries(&reader, "limit=200").await;
    assert_eq!(all, entries(&team.admin, "limit=200").await);
    for media in ["application/jsonl", "application/x-ndjson"] {
        let (lines, pages) = shipped(&reader, media, "limit=2").await;
        assert_eq!((&lines, pages), (&all, all.len().div_ceil(2)), "{media}");
        let narrowed = shipped(&reader, media, "action=api_key.created&limit=1").await.0;
        assert!(narrowed.len() > 1 && narrowed.iter().all(|entry| entry["action"] == "api_key.created"));
    }
    // JSON pages carry the link, too.
    let page = reader.get("/v1/audit-log?limit=2").await;
    let link = page.header("link").unwrap().to_owned();
    assert!(link.contains(page.ok(200)["next_cursor"].as_str().unwrap()), "{link}");
    assert_eq!(reader.get("/v1/audit-log").await.header("link"), None);
}

#[both]
async fn the_log_is_copied_from_the_oldest_entry_on_and_what_is_new_by_the_last_one(world: World) {
    let team = world.business().await;
    history(&world, &team).await;
    let reader = world.key(&team, &["audit:read"]).await;
    let mut all = entries(&reader, "limit=200").await;
    all.reverse();
    // What was written just now could still be overtaken by what is being written.
    let settled = entries(&reader, "order=oldest").await;
    assert!(settled.len() < all.len() && settled[..] == all[..settled.len()]);
    world.advance(30);
    assert_eq!(shipped(&reader, "application/jsonl", "order=oldest&limit=2").await.0, all);
    let last = all.last().unwrap()["id"].as_str().unwrap().to_owned();
    let after = format!("after={last}");
    assert_eq!(entries(&reader, &after).await, Vec::<Value>::new());
    for _ in 0..3 {
        team.create_key(&["tickets:read"]).await;
    }
    assert_eq!(entries(&reader, &after).await, Vec::<Value>::new());
    assert_eq!(entries(&reader, &format!("{after}&order=newest")).await.len(), 3);
    world.advance(30);
    let new = shipped(&reader, "application/jsonl", &format!("{after}&limit=2")).await.0;
    assert_eq!(new.len(), 3);
    assert!(new.is_sorted_by(|one, next| one["id"].as_str() < next["id"].as_str()));
}

#[both]
async fn a_filter_that_cannot_be_read_is_named(world: World) {
    let team = world.business().await;
    for (query, field) in [
        ("action=api_key.eaten", "action"),
        ("since=yesterday", "since"),
        ("until=1", "until"),
        ("after=key_1", "after"),
        ("order=random", "order"),
    ] {
        let reply = team.admin.get(&format!("/v1/audit-log?{query}")).await;
        assert_eq!(reply.fields(400, "bad-request"), [field]);
    }
}

#[both]
async fn another_workspaces_entries_are_not_shown(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let (first, _) = history(&world, &theirs).await;
    assert_eq!(entries(&ours.admin, &format!("object={first}")).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn the_address_is_the_one_that_a_trusted_proxy_names() {
    let world = World::start_with(Kind::Sqlite, |settings| {
        settings.trusted_proxies.push("127.0.0.0/8".parse().unwrap());
    });
    let team = world.business().await;
    let behind = team.admin.with_header("x-forwarded-for", "6.6.6.6, 203.0.113.7");
    let body = json!({ "name": "k", "scopes": ["tickets:read"], "allowed_ips": ["203.0.113.7"] });
    let made = behind.post("/v1/api-keys", &body).await.ok(201);
    assert_eq!(entries(&team.admin, "action=api_key.created").await[0]["ip"], "203.0.113.7");
    let key = world.bearer(made["key"].as_str().unwrap());
    for seen in [
        "203.0.113.7",
        "203.0.113.7:51234",
        "[::ffff:203.0.113.7]:443",
        "unknown, 203.0.113.7:1, 127.0.0.9:80",
    ] {
        key.with_header("x-forwarded-for", seen).get("/v1/session").await.ok(200);
    }
    let unreadable = key.with_header("x-forwarded-for", "203.0.113.7, unknown");
    unreadable.get("/v1/session").await.problem(403, "address-not-allowed");
    key.with_header("x-forwarded-for", "203.0.113.8")
        .get("/v1/session")
        .await
        .problem(403, "address-not-allowed");
}
