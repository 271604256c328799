//! The lists of the screens on a month's rows, by every filter that a screen offers, alone and together.

use super::scenario::Bench;
use super::table::{Row, Target};
use crate::http::Connection;
use crate::stats::{Runs, milliseconds, percentile};
use crate::world::World;
use anyhow::{Result, bail};
use serde_json::Value;

/// A list by one choice of filters.
#[derive(Clone, Debug)]
pub struct Measured {
    pub path: String,
    pub rows: usize,
    pub p50: f64,
    pub p95: f64,
}

/// Measures every list; the row is about the slowest of each.
pub async fn run(bench: &mut Bench<'_>, world: &mut World, webhooks: &[String]) -> Result<()> {
    let kind = world.database.kind;
    let mut all = Vec::new();
    for (index, path) in paths(webhooks).into_iter().enumerate() {
        if index % 100 == 0 {
            world.admin = world.sign_in().await?; // a session has only so many requests a minute
        }
        all.push(measure(world, path).await?);
    }
    all.sort_by(|one, other| other.p95.total_cmp(&one.p95));
    println!("{kind}: {} lists; the slowest:", all.len());
    for list in all.iter().take(8) {
        println!("  p95 {:.1} ms, p50 {:.1} ms, {} rows  {}", list.p95, list.p50, list.rows, list.path);
    }
    for (what, is_of) in LISTS {
        let runs: Runs = all.iter().filter(|list| is_of(&list.path)).map(|list| list.p95).collect();
        let slowest: Runs = [runs.most()].into_iter().collect();
        println!("  {what}: p95 of {runs} ms");
        let what = format!("{what}: p95 by the slowest of all filters");
        let target = Target::AtMost(25.0);
        bench.rows.push(Row { what, kind: Some(kind), runs: slowest, unit: "ms", ratio: None, target });
    }
    Ok(())
}

/// A list's name, and whether a path is one of its.
type List = (&'static str, fn(&str) -> bool);

/// The lists, told apart by their paths.
const LISTS: [List; 3] = [
    ("failures", |path| path.starts_with("/v1/deliveries") && path.contains("status=retrying,failed")),
    ("deliveries", |path| path.starts_with("/v1/deliveries") && !path.contains("status=retrying,failed")),
    ("audit log", |path| path.starts_with("/v1/audit-log")),
];

/// Asks for a list again and again over one connection.
async fn measure(world: &World, path: String) -> Result<Measured> {
    let request = world.admin.request("GET", &path, &Value::Null);
    let mut connection = Connection::open(world.server.address).await?;
    let mut times = Vec::new();
    let mut rows = 0;
    for _ in 0..20 {
        let began = world.site.clock.nanos();
        let answer = connection.exchange(&request).await?;
        times.push(world.site.clock.nanos() - began);
        if answer.status != 200 {
            bail!("GET {path} was answered {}", answer.status);
        }
        rows = serde_json::from_slice::<Value>(answer.body)?["data"].as_array().map_or(0, Vec::len);
    }
    let p50 = milliseconds(percentile(&mut times, 0.5));
    Ok(Measured { path, rows, p50, p95: milliseconds(percentile(&mut times, 0.95)) })
}

/// Every choice of filters on the screens: of each filter something common and something rare, and nothing.
fn paths(webhooks: &[String]) -> Vec<String> {
    let webhook = |index: usize| webhooks.get(index).map_or("", String::as_str);
    let since = ["", "2026-01-01T00:00:00Z"];
    let mut failures = vec![String::new()];
    // The failures of the overview.
    for (name, values) in [
        ("status", &["retrying,failed", "retrying", "failed"][..]),
        ("webhook_id", &["", webhook(0), webhook(4)]),
        ("event_type", &["", "ticket.updated", "broadcast.sent", "note.created"]),
        ("category", &["", "outage", "throttling", "ours"]),
        ("since", &since),
    ] {
        failures = with(&failures, name, values);
    }
    // A webhook's own deliveries.
    let own = with(&[String::new()], "webhook_id", &[webhook(0), webhook(4)]);
    let own = with(&own, "status", &["", "pending", "retrying", "succeeded", "failed", "canceled"]);
    let recent = with(&[String::new()], "since", &since);
    let mut audit = vec![String::new()];
    for (name, values) in [
        ("action", &["", "ticket.updated", "webhook.deleted", "oauth_app.deleted"][..]),
        ("actor", &["", "key_00000000000000000000001001", "key_00000000000000000000001003"]),
        ("object", &["", "tkt_00000000000000001000000003", "tkt_00000000000000001000050000"]),
        ("since", &since),
    ] {
        audit = with(&audit, name, values);
    }
    let path = |path: &'static str| move |query: &String| format!("{path}?limit=50{query}");
    let deliveries = failures.iter().chain(&own).chain(&recent).map(path("/v1/deliveries"));
    deliveries.chain(audit.iter().map(path("/v1/audit-log"))).collect()
}

/// Extends each query by each value of one more parameter. An empty value leaves the query as it is.
fn with(queries: &[String], name: &str, values: &[&str]) -> Vec<String> {
    let add = |query: &String, value: &&str| match *value {
        "" => query.clone(),
        value => format!("{query}&{name}={value}"),
    };
    queries.iter().flat_map(|query| values.iter().map(move |value| add(query, value))).collect()
}
