//! `bench`: the table of targets, measured.

mod bare;
mod fill;
mod hanging;
mod kept;
mod lists;
mod requests;
mod resting;
mod table;
mod throughput;
mod tokens;

use crate::options::Options;
use crate::world::Site;
use anyhow::Result;
use table::Row;

/// What every scenario is given, and adds to.
#[derive(Debug)]
pub struct Bench<'a> {
    pub site: &'a Site,
    pub options: &'a Options,
    /// A bare sign-and-POST loop's requests per second, in this run.
    pub bare_posts: f64,
    pub rows: Vec<Row>,
}

impl Bench<'_> {
    /// How many runs there are of each measurement.
    pub fn runs(&self) -> usize {
        self.options.runs.unwrap_or(if self.options.quick { 2 } else { 5 })
    }
}

/// Runs the scenarios that were asked for and prints what they brought.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    let mut bench = Bench { site, options, bare_posts: f64::NAN, rows: Vec::new() };
    bare::posts(&mut bench).await?;
    for kind in options.databases.clone() {
        if options.wants("throughput") {
            throughput::one_webhook(&mut bench, kind).await?;
        }
        if options.wants("fanout") {
            throughput::five_webhooks(&mut bench, kind).await?;
        }
        if options.wants("one") {
            throughput::one_at_a_time(&mut bench, kind).await?;
        }
        if options.wants("resting") {
            resting::run(&mut bench, kind).await?;
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
        if options.wants("lists") || options.wants("kept") {
            kept::run(&mut bench, kind).await?;
        }
    }
    table::print(&bench.rows);
    Ok(())
}
