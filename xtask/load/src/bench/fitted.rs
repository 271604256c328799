//! Five webhooks that are fitted to their receivers, with a filter and headers of their own each, beside the same without.

use super::scenario::Bench;
use super::table::{Row, Target};
use super::throughput::{All, measure, warm_up};
use crate::database::Kind;
use crate::driver::Until;
use crate::receiver::Receiver;
use crate::world::World;
use anyhow::Result;
use serde_json::{Value, json};
use std::time::Duration;

const WEBHOOKS: usize = 5;

/// Measures both in turn, so that a change of the machine's mood hits both.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "fitted").await?;
    let receiver = Receiver::start(bench.site.clock, WEBHOOKS)?;
    let ids = world.subscribe(&receiver, 0..WEBHOOKS, "ticket.*").await?;
    warm_up(&world, &receiver, 0..WEBHOOKS).await?;
    let time = bench.options.seconds.unwrap_or(Duration::from_secs(if bench.options.quick { 2 } else { 5 }));
    let plan = world.plan(32, Until::Elapsed(time));
    let (mut bare, mut fitted) = (All(Vec::new()), All(Vec::new()));
    for _ in 0..bench.runs() {
        for (runs, change) in [(&mut bare, plain_again()), (&mut fitted, fitting())] {
            for id in &ids {
                world.admin.patch(&format!("/v1/webhooks/{id}"), &change).await?;
            }
            runs.0.push(measure(&world, &receiver, 0..WEBHOOKS, &plan).await?);
        }
    }
    let (before, after) = (bare.of(|m| m.delivered), fitted.of(|m| m.delivered));
    println!("{kind}, five webhooks: delivered/s {before} plain, {after} with filters and headers");
    let ratio = after.median() / before.median();
    bench.rows.push(Row {
        what: "deliveries, five webhooks with filters and headers, 32 connections".into(),
        kind: Some(kind),
        runs: after,
        unit: "/s",
        ratio: Some(([ratio].into_iter().collect(), "the same without")),
        target: Target::RatioAtLeast(0.9),
    });
    Ok(())
}

fn plain_again() -> Value {
    json!({ "filter": null, "headers": null })
}

/// Conditions that every event of this load meets, the last of them being the one that tells.
fn fitting() -> Value {
    let header = |name: &str| json!({ "name": name, "value": "k-7Qm2xWv9Lr4Tz1" });
    json!({
        "filter": { "all": [
            { "path": "data.status", "op": "in", "value": ["open", "closed"] },
            { "path": "data.title", "op": "prefix", "value": "The parcel" },
            { "path": "data.closed_at", "op": "exists", "value": false },
        ] },
        "headers": [header("x-gateway-key"), header("x-tenant"), header("authorization")],
    })
}
