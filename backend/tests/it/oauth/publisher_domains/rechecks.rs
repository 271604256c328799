//! Domains that are verified, looked at again every day.

use serde_json::{Value, json};

use super::{Claimant, certified, server_at, text};
use crate::harness::{Behaviour, World, both};

/// A day and the hour by which checks are spread.
const DAY: u64 = 25 * 3_600;

/// Lets a day pass, with its checks, after which the admin signs in again.
async fn next_day(world: &World, acme: &mut Claimant) {
    world.advance(DAY);
    world.recheck_domains().await;
    acme.sign_in(world).await;
}

/// The newest entry of the audit log that is about the app.
async fn newest(acme: &Claimant) -> Value {
    let of_app = format!("/v1/audit-log?object={}", acme.app.id);
    acme.team.admin.get(&of_app).await.ok(200)["data"][0].clone()
}

#[both(with = certified)]
async fn a_verified_domain_is_looked_at_again_every_day(world: World) {
    let server = server_at(&world, "acme.example").await;
    let mut acme = Claimant::new(&world, "acme.example").await;
    next_day(&world, &mut acme).await;
    assert_eq!(server.connections(), 0);
    server.set(text(&acme.app.id));
    acme.verify(&world).await;
    world.advance(22 * 3_600);
    world.recheck_domains().await;
    acme.sign_in(&world).await;
    assert_eq!(server.requests().len(), 1);
    for days in 1..=3 {
        next_day(&world, &mut acme).await;
        world.recheck_domains().await;
        assert_eq!((server.requests().len(), acme.state().await), (1 + days, (true, None)));
    }
    assert_eq!(newest(&acme).await["action"], "oauth_app.domain_verified");
    // A deleted app is looked at no more.
    acme.team.admin.delete(&acme.app.path).await.ok(204);
    next_day(&world, &mut acme).await;
    assert_eq!(server.requests().len(), 4);
}

#[both(with = certified)]
async fn three_days_without_a_file_end_the_verification_and_two_do_not(world: World) {
    let server = server_at(&world, "acme.example").await;
    let mut acme = Claimant::new(&world, "acme.example").await;
    let there = text(&acme.app.id);
    server.set(there.clone());
    acme.verify(&world).await;
    let missing = "acme.example has no such file (status 404).".to_owned();
    // A domain whose file is back in time has lost nothing; checks that an admin asks for do not count.
    server.set(Behaviour::Answer(404, ""));
    for _ in 0..2 {
        next_day(&world, &mut acme).await;
        for _ in 0..3 {
            acme.verify(&world).await;
        }
        assert_eq!(acme.state().await, (true, Some(missing.clone())));
    }
    server.set(there.clone());
    next_day(&world, &mut acme).await;
    assert_eq!(acme.state().await, (true, None));
    // Three in a row.
    server.set(Behaviour::Answer(404, ""));
    for _ in 0..2 {
        next_day(&world, &mut acme).await;
        assert_eq!(acme.state().await, (true, Some(missing.clone())));
    }
    next_day(&world, &mut acme).await;
    let words = format!("The verification ended after 3 failed checks in a row. {missing}");
    assert_eq!(acme.state().await, (false, Some(words.clone())));
    let entry = newest(&acme).await;
    assert_eq!(
        (&entry["action"], &entry["actor"]["type"]),
        (&json!("oauth_app.domain_lost"), &json!("system"))
    );
    assert_eq!(entry["details"], json!({ "publisher_domain": "acme.example", "fault": words }));
    // It is not looked at again until an admin asks.
    server.set(there);
    let before = server.requests().len();
    next_day(&world, &mut acme).await;
    assert_eq!((server.requests().len(), acme.state().await.0), (before, false));
    acme.verify(&world).await;
    assert_eq!(acme.state().await, (true, None));
}

#[both(with = certified)]
async fn a_file_that_lacks_the_app_ends_the_verification_at_once(world: World) {
    let server = server_at(&world, "acme.example").await;
    let mut acme = Claimant::new(&world, "acme.example").await;
    let mut kept = Claimant::new(&world, "acme.example").await;
    server.set(text(&format!("{}\n{}", acme.app.id, kept.app.id)));
    acme.verify(&world).await;
    kept.verify(&world).await;
    server.set(text(&kept.app.id));
    next_day(&world, &mut acme).await;
    kept.sign_in(&world).await;
    assert!(kept.state().await.0);
    let (verified, fault) = acme.state().await;
    assert!(!verified && fault.unwrap().starts_with("The verification ended. The file at acme.example"));
    assert_eq!(newest(&acme).await["action"], "oauth_app.domain_lost");
    // So does a check that an admin asks for.
    server.set(text(""));
    kept.verify(&world).await;
    assert!(!kept.state().await.0);
    let entry = newest(&kept).await;
    assert_eq!(
        (&entry["action"], &entry["actor"]["type"]),
        (&json!("oauth_app.domain_lost"), &json!("member"))
    );
}

#[both(with = certified)]
async fn many_domains_are_all_looked_at_and_each_once(world: World) {
    let server = server_at(&world, "acme.example").await;
    let mut claimants = Vec::new();
    for _ in 0..10 {
        claimants.push(Claimant::new(&world, "acme.example").await);
    }
    let ids: Vec<&str> = claimants.iter().map(|acme| acme.app.id.as_str()).collect();
    server.set(text(&ids.join("\n")));
    for acme in &claimants {
        acme.verify(&world).await;
    }
    world.advance(DAY);
    tokio::join!(world.recheck_domains(), world.recheck_domains());
    assert_eq!(server.requests().len(), 20);
    for acme in &mut claimants {
        acme.sign_in(&world).await;
        assert!(acme.state().await.0);
    }
}
