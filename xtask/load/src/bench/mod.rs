//! `bench`: the table of targets, measured.

mod throughput;

use crate::options::Options;
use crate::world::Site;
use anyhow::Result;

/// Runs the scenarios that were asked for and prints what they brought.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    for kind in &options.databases {
        if options.wants("throughput") {
            throughput::run(site, options, *kind).await?;
        }
    }
    Ok(())
}
