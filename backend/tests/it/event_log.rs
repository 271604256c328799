//! Events as a log: in order, without gaps, waited for, and honest about what is gone.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Client, Integrator, World, a_ticket_event, both, eventually};

const DAY: u64 = 24 * 3600;

/// A page of the log.
struct Log {
    ids: Vec<String>,
    next: String,
}

async fn log(client: &Client, query: &str) -> Log {
    let page = client.get(&format!("/v1/events?{query}")).await.ok(200);
    Log { ids: ids(&page), next: page["next_cursor"].as_str().unwrap().to_owned() }
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

async fn publish(integrator: &Integrator, kind: &str, object: &str) -> String {
    let body = json!({ "type": kind, "data": { "id": object } });
    integrator.key.post("/v1/events", &body).await.ok(202)["id"].as_str().unwrap().to_owned()
}

#[both]
async fn the_log_is_read_in_order_from_any_place(world: World) {
    let integrator = Integrator::new(&world).await;
    let key = &integrator.key;
    let begin = log(key, "after=latest").await;
    assert_eq!(begin.ids, Vec::<String>::new());
    let mut all = Vec::new();
    for number in 0..5 {
        let kind = if number % 2 == 0 { "ticket.created" } else { "broadcast.sent" };
        all.push(publish(&integrator, kind, &format!("T-{}", number / 2)).await);
    }
    let first = log(key, &format!("limit=2&after={}", begin.next)).await;
    assert_eq!(first.ids, all[..2]);
    let second = log(key, &format!("limit=2&after={}", first.next)).await;
    assert_eq!(second.ids, all[2..4]);
    let third = log(key, &format!("limit=2&after={}", second.next)).await;
    assert_eq!(third.ids, all[4..]);
    let end = log(key, &format!("after={}", third.next)).await;
    assert_eq!(end.ids, Vec::<String>::new());
    let more = publish(&integrator, "ticket.created", "T-9").await;
    assert_eq!(log(key, &format!("after={}", end.next)).await.ids, std::slice::from_ref(&more));
    assert_eq!(log(key, &format!("after={}", all[3])).await.ids, [all[4].clone(), more.clone()]);
    // From the beginning there is what happened to the integrator's own key, too.
    assert_eq!(log(key, "limit=200").await.ids[1..], [&all[..], &[more]].concat());

    let sent = log(key, &format!("type=broadcast.sent&after={}", begin.next)).await;
    assert_eq!(sent.ids, [all[1].clone(), all[3].clone()]);
    assert_eq!(log(key, &format!("type=broadcast.sent&after={}", sent.next)).await.ids, Vec::<String>::new());
    assert_eq!(log(key, "object_id=T-1").await.ids, all[2..4]);
    assert_eq!(log(key, "object_id=T-1&type=broadcast.sent").await.ids, all[3..4]);
    let page = key.get("/v1/events?object_id=T-1&limit=1").await.ok(200);
    assert_eq!(page["data"][0]["payload"]["data"]["id"], "T-1");
    let other = Integrator::new(&world).await;
    let theirs = log(&other.key, "").await.ids;
    assert!(theirs.len() == 1 && !all.contains(&theirs[0]), "{theirs:?}");
}

#[both]
async fn the_newest_come_first_where_that_is_asked_for(world: World) {
    let integrator = Integrator::new(&world).await;
    let mut all = Vec::new();
    for number in 0..4 {
        all.push(publish(&integrator, "ticket.created", &format!("T-{}", number % 2)).await);
    }
    let page =
        async |query: &str| integrator.key.get(&format!("/v1/events?order=newest&{query}")).await.ok(200);
    let first = page("limit=3").await;
    assert_eq!(ids(&first), [&all[3], &all[2], &all[1]].map(Clone::clone));
    let next = first["next_cursor"].as_str().unwrap();
    let rest = page(&format!("limit=3&after={next}")).await;
    assert_eq!((ids(&rest)[0].as_str(), &rest["next_cursor"]), (all[0].as_str(), &Value::Null));
    assert_eq!(ids(&page("object_id=T-1").await), [all[3].clone(), all[1].clone()]);
    for (query, field) in [
        ("order=newest&wait=1", "wait"),
        ("order=newest&after=latest", "after"),
        ("after=rubbish", "after"),
        ("wait=31", "wait"),
        ("order=up", "order"),
    ] {
        assert_eq!(
            integrator.key.get(&format!("/v1/events?{query}")).await.fields(400, "bad-request"),
            [field]
        );
    }
}

#[both]
async fn an_event_that_is_still_being_stored_is_never_passed_over(world: World) {
    let integrator = Integrator::new(&world).await;
    let begin = log(&integrator.key, "after=latest").await;
    let (early, held) = world.hold_event(integrator.team.id).await;
    // On PostgreSQL this one is committed while the earlier one is not; SQLite has one writer.
    let late = publish(&integrator, "ticket.created", "T-2");
    let mut late = Box::pin(late);
    let committed = if world.is_embedded() { None } else { Some(late.as_mut().await) };
    if let Some(id) = &committed {
        integrator.key.get(&format!("/v1/events/{id}")).await.ok(200);
    }
    let meanwhile = log(&integrator.key, &format!("after={}", begin.next)).await;
    assert_eq!(meanwhile.ids, Vec::<String>::new(), "whoever goes on after it would miss {early}");
    let latest = log(&integrator.key, "after=latest").await;
    held.let_go().await;
    let late = match committed {
        Some(id) => id,
        None => late.await,
    };
    for place in [&begin.next, &meanwhile.next, &latest.next] {
        assert_eq!(log(&integrator.key, &format!("after={place}")).await.ids, [early.clone(), late.clone()]);
    }
}

#[both]
async fn nobody_misses_an_event_however_many_publish_at_once(world: World) {
    const EACH: usize = 25;
    let integrator = Integrator::new(&world).await;
    let node = if world.is_embedded() { None } else { Some(world.linked_node().await) };
    let places = [world.url.clone(), node.as_ref().map_or(&world.url, |node| &node.url).clone()];
    let begin = log(&integrator.key, "after=latest").await;
    let publishers = (0..6).map(|number| {
        let place = &places[number % 2];
        let (client, admin) = (integrator.key.at(place), integrator.team.admin.at(place));
        async move {
            for event in 0..EACH {
                if event % 5 == 0 {
                    admin.post("/v1/tickets", &json!({ "title": "T" })).await.ok(201);
                } else {
                    client.post("/v1/events", &a_ticket_event()).await.ok(202);
                }
            }
        }
    });
    let publishing = tokio::task::spawn_local(join_all(publishers.collect::<Vec<_>>()));
    let mut seen: Vec<String> = Vec::new();
    let mut place = begin.next.clone();
    while seen.len() < 6 * EACH {
        let page = log(&integrator.key, &format!("limit=7&wait=30&after={place}")).await;
        seen.extend(page.ids);
        place = page.next;
    }
    publishing.await.unwrap();
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 6 * EACH, "each once");
    let again = log(&integrator.key, &format!("limit=200&after={}", begin.next)).await;
    assert_eq!(again.ids, seen, "and always in the same order");
}

#[both]
async fn a_reader_waits_for_the_next_event_and_no_longer_than_it_said(world: World) {
    let integrator = Integrator::new(&world).await;
    let begin = log(&integrator.key, "after=latest").await;
    let wait = async |query: &str| {
        let (key, path) =
            (integrator.key.clone(), format!("/v1/events?wait=30&after={}&{query}", begin.next));
        let waiting = tokio::task::spawn_local(async move { key.get(&path).await });
        eventually("somebody waits", async || world.waiting_readers() == 1).await;
        Some(waiting)
    };
    let waiting = wait("type=broadcast.sent").await.unwrap();
    publish(&integrator, "ticket.created", "T-1").await;
    let wanted = publish(&integrator, "broadcast.sent", "B-1").await;
    assert_eq!(ids(&waiting.await.unwrap().ok(200)), [wanted]);

    let waiting = wait("type=note.created").await.unwrap();
    world.advance(31);
    let page = waiting.await.unwrap().ok(200);
    assert_eq!((page["data"].clone(), world.waiting_readers()), (json!([]), 0));
    let next = page["next_cursor"].as_str().unwrap();
    assert_eq!(log(&integrator.key, &format!("after={next}")).await.ids, Vec::<String>::new());

    let waiting = wait("type=note.created").await.unwrap();
    world.close_streams();
    assert_eq!(waiting.await.unwrap().ok(200)["data"], json!([]), "the server stops");
}

#[both]
async fn only_so_many_wait_at_once_and_none_longer_than_its_credential_holds(world: World) {
    let integrator = Integrator::new(&world).await;
    let made = integrator.team.create_key(&["deliveries:read"]).await;
    let doomed = world.bearer(made["key"].as_str().unwrap());
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let key = doomed.clone();
            tokio::task::spawn_local(async move { key.get("/v1/events?after=latest&wait=30").await })
        })
        .collect();
    eventually("all wait", async || world.waiting_readers() == 50).await;
    let refused = integrator.key.get("/v1/events?after=latest&wait=30").await;
    assert_eq!(refused.header("retry-after"), Some("15"));
    refused.problem(429, "rate-limited");
    integrator.key.get("/v1/events?after=latest").await.ok(200);
    let other = Integrator::new(&world).await;
    let their = other.key.clone();
    let theirs = tokio::task::spawn_local(async move { their.get("/v1/events?after=latest&wait=30").await });
    eventually("others wait", async || world.waiting_readers() == 51).await;
    let revoke = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
    integrator.team.admin.post(&revoke, &json!({})).await.ok(200);
    for reply in waiting {
        reply.await.unwrap().problem(401, "key-revoked");
    }
    let told = publish(&other, "ticket.created", "T-1").await;
    assert_eq!(ids(&theirs.await.unwrap().ok(200)), [told]);
}

#[both]
async fn a_place_that_is_too_old_is_refused_and_the_oldest_named(world: World) {
    let integrator = Integrator::new(&world).await;
    let key = &integrator.key;
    let first = publish(&integrator, "ticket.created", "T-1").await;
    let place = log(key, &format!("after={first}")).await.next;
    publish(&integrator, "ticket.created", "T-2").await;
    world.advance(10);
    let quiet = log(key, "after=latest").await.next;
    world.advance(30 * DAY);
    let kept = publish(&integrator, "ticket.created", "T-3").await;
    assert_eq!(log(key, &format!("after={place}")).await.ids.len(), 2, "nothing was removed yet");
    assert!(world.remove_old().await >= 2);
    for after in [&place, &first] {
        let problem = key.get(&format!("/v1/events?after={after}")).await.problem(410, "events-expired");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&kept), "{detail}");
    }
    // Nothing after this place was removed.
    assert_eq!(log(key, &format!("after={quiet}")).await.ids, std::slice::from_ref(&kept));
    assert_eq!(log(key, "").await.ids, std::slice::from_ref(&kept));
    let nobodys = "evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    let path = format!("/v1/events?after={nobodys}");
    assert_eq!(key.get(&path).await.fields(400, "bad-request"), ["after"]);
    world.advance(31 * DAY);
    world.remove_old().await;
    key.get(&format!("/v1/events?after={kept}")).await.problem(410, "events-expired");
    let again = log(key, "").await;
    assert_eq!(again.ids, Vec::<String>::new());
    let new = publish(&integrator, "ticket.created", "T-4").await;
    assert_eq!(log(key, &format!("after={}", again.next)).await.ids, [new]);
}
