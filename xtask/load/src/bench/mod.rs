//! `bench`: the table of targets, measured.

mod before;
pub mod fill;
mod fitted;
mod full_database;
mod hanging;
mod idle;
mod lists;
mod reference;
mod requests;
mod scenario;
mod slow_tenant;
mod steps;
mod table;
mod throughput;
mod tokens;

use crate::options::Options;
use crate::world::Site;
use anyhow::Result;
use scenario::Bench;

/// Runs the scenarios that were asked for and prints what they brought.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    let mut bench = Bench { site, options, bare_posts: f64::NAN, rows: Vec::new() };
    reference::posts(&mut bench).await?;
    for kind in options.databases.clone() {
        if options.wants("before") {
            before::run(&mut bench, kind).await?;
        }
        if options.wants("throughput") {
            throughput::one_webhook(&mut bench, kind).await?;
        }
        if options.wants("fanout") {
            throughput::five_webhooks(&mut bench, kind).await?;
        }
        if options.wants("fitted") {
            fitted::run(&mut bench, kind).await?;
        }
        if options.wants("one") {
            throughput::one_at_a_time(&mut bench, kind).await?;
        }
        if options.wants("resting") {
            idle::run(&mut bench, kind).await?;
        }
        if options.wants("requests") {
            requests::run(&mut bench, kind).await?;
        }
        if options.wants("tokens") {
            tokens::run(&mut bench, kind).await?;
        }
        if options.wants("hanging") {
            hanging::run(&mut bench, kind).await?;
        }
        if options.wants("slow-tenant") {
            slow_tenant::run(&mut bench, kind).await?;
        }
        if options.wants("steps") {
            steps::run(&mut bench, kind).await?;
        }
        if options.wants("lists") || options.wants("kept") {
            full_database::run(&mut bench, kind).await?;
        }
    }
    table::print(&bench.rows);
    Ok(())
}
