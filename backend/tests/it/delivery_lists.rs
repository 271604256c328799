//! Lists of deliveries by filters of several words: no row is lost or repeated, and the cursor ends with the last row.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use api_types::{
    deliveries::{Category, DeliveryStatus},
    events::EventType,
    ids::DeliveryId,
};
use diesel::prelude::*;
use sayless::db::schema::deliveries;
use serde_json::Value;

use crate::harness::{Integrator, NOWHERE, World, both};

/// An integrator with deliveries that were canceled, since their webhook is disabled; their ids, newest first.
async fn with_canceled(world: &World, count: usize) -> (Integrator, Vec<String>) {
    let integrator = Integrator::new(world).await;
    let webhook = integrator.webhook(NOWHERE, &["ticket.created"]).await;
    integrator.disable(&webhook).await;
    for _ in 0..count {
        integrator.publish().await;
    }
    let found = integrator.list("status=canceled").await;
    assert_eq!(found.len(), count);
    (integrator, found.iter().map(|delivery| delivery["id"].as_str().unwrap().to_owned()).collect())
}

/// The ids that a walk through all pages finds, in order.
async fn walk(integrator: &Integrator, filter: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = integrator.key.get(&format!("/v1/deliveries?{filter}{cursor}")).await.ok(200);
        let rows = page["data"].as_array().unwrap();
        ids.extend(rows.iter().map(|delivery| delivery["id"].as_str().unwrap().to_owned()));
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return ids,
        }
    }
}

#[both]
async fn a_repeated_word_hides_no_delivery(world: World) {
    let (integrator, ids) = with_canceled(&world, 12).await;
    for filter in [
        "status=canceled,canceled",
        "status=canceled&status=canceled",
        "status=failed,canceled,canceled",
        "status=canceled,canceled&event_type=ticket.created,ticket.created",
    ] {
        let page = integrator.key.get(&format!("/v1/deliveries?{filter}&limit=8")).await.ok(200);
        assert_eq!(page["data"].as_array().unwrap().len(), 8, "{filter}");
        assert_eq!(walk(&integrator, &format!("{filter}&limit=5")).await, ids, "{filter}");
    }
    let many = vec!["canceled"; 1_000].join(",");
    integrator.key.get(&format!("/v1/deliveries?status={many}")).await.problem(400, "bad-request");
}

#[both]
async fn every_choice_of_words_finds_what_matches_it(world: World) {
    let (integrator, ids) = with_canceled(&world, 24).await;
    // Every state, category and type that the indexes tell apart, mixed.
    let states = [DeliveryStatus::Retrying, DeliveryStatus::Failed, DeliveryStatus::Canceled];
    let categories = [Some(Category::Outage), Some(Category::Ours), None];
    let types = [EventType::TicketCreated, EventType::NoteCreated];
    let rows: Vec<(DeliveryId, DeliveryStatus, Option<Category>, EventType)> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| (id.parse().unwrap(), states[at % 3], categories[at / 3 % 3], types[at / 9 % 2]))
        .collect();
    let stored = rows.clone();
    world
        .write(move |tx| {
            for (id, status, category, event_type) in stored {
                diesel::update(deliveries::table.find(id))
                    .set((
                        deliveries::status.eq(status),
                        deliveries::last_category.eq(category),
                        deliveries::event_type.eq(event_type),
                    ))
                    .execute(&mut **tx)?;
            }
            Ok(())
        })
        .await;
    for statuses in [&states[..1], &states[..2], &states[..]] {
        for wanted in [&[][..], &[Category::Outage][..], &[Category::Outage, Category::Ours][..]] {
            for types in [&[][..], &types[..1], &types[..]] {
                let expected: Vec<String> = rows
                    .iter()
                    .filter(|row| statuses.contains(&row.1))
                    .filter(|row| wanted.is_empty() || row.2.is_some_and(|found| wanted.contains(&found)))
                    .filter(|row| types.is_empty() || types.contains(&row.3))
                    .map(|row| row.0.to_string())
                    .collect();
                let mut filter = format!("limit=3&status={}", words(statuses));
                if !wanted.is_empty() {
                    filter = format!("{filter}&category={}", words(wanted));
                }
                if !types.is_empty() {
                    filter = format!("{filter}&event_type={}", words(types));
                }
                assert_eq!(walk(&integrator, &filter).await, expected, "{filter}");
                let since = format!("{filter}&since=2026-11-23T07:00:00Z&until=2026-11-23T09:00:00Z");
                assert_eq!(walk(&integrator, &since).await, expected, "{since}");
            }
        }
    }
}

fn words<T: ToString>(words: &[T]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[both]
async fn a_delivery_that_changes_its_state_is_still_found_once(world: World) {
    let (integrator, ids) = with_canceled(&world, 20).await;
    let stop = Arc::new(AtomicBool::new(false));
    let flipping = tokio::spawn({
        let stop = Arc::clone(&stop);
        let turn = |status: DeliveryStatus| {
            world.try_write(move |tx| {
                let all = diesel::update(deliveries::table).set(deliveries::status.eq(status));
                Ok(all.execute(&mut **tx).map(drop)?)
            })
        };
        let flips: Vec<_> = (0..5_000)
            .map(|at| turn(if at % 2 == 0 { DeliveryStatus::Failed } else { DeliveryStatus::Canceled }))
            .collect();
        async move {
            for flip in flips {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                flip.await.unwrap();
            }
        }
    });
    for filter in
        ["status=failed,canceled&limit=6", "status=failed,canceled&event_type=ticket.created&limit=6"]
    {
        for _ in 0..40 {
            assert_eq!(walk(&integrator, filter).await, ids, "{filter}");
        }
    }
    stop.store(true, Ordering::Relaxed);
    flipping.await.unwrap();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 20);
}
