//! `chaos`: faults of every kind under load. Ends with an error if the server broke a promise under one of them.

mod disable;
mod disk;
mod drain;
mod frozen;
mod hostile;
mod hostile_sign_in;
mod hostile_tenant;
mod kills;
mod outage;
mod promises;
pub mod publisher;
mod sigterm;
mod skew;
mod slow_bodies;
mod vanished;

use crate::database::Kind;
use crate::options::Options;
use crate::world::Site;
use anyhow::{Result, bail};
use promises::{Chaos, Dice};

/// Carries the faults out, one after the other.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    println!("seed {}", options.seed);
    let mut chaos =
        Chaos { site, options, dice: Dice::new(options.seed), reports: 0, violations: Vec::new() };
    for kind in options.databases.clone() {
        if options.wants("kills") {
            kills::run(&mut chaos, kind).await?;
        }
        if options.wants("sigterm") {
            sigterm::run(&mut chaos, kind).await?;
        }
        if options.wants("disable") {
            disable::run(&mut chaos, kind).await?;
        }
        if options.wants("hostile-tenant") {
            hostile_tenant::run(&mut chaos, kind).await?;
        }
        if options.wants("drain") && !(options.quick && kind == Kind::Postgres) {
            drain::run(&mut chaos, kind).await?;
        }
        if kind == Kind::Sqlite {
            if options.wants("disk") {
                disk::run(&mut chaos).await?;
            }
            if options.wants("hostile") {
                hostile::run(&mut chaos).await?;
            }
            if options.wants("hostile-sign-in") {
                hostile_sign_in::run(&mut chaos).await?;
            }
            if options.wants("slow-bodies") {
                slow_bodies::run(&mut chaos).await?;
            }
        } else {
            if options.wants("outage") {
                outage::run(&mut chaos).await?;
            }
            if options.wants("frozen") {
                frozen::run(&mut chaos).await?;
            }
            if options.wants("vanished-database") {
                vanished::run(&mut chaos).await?;
            }
            if options.wants("clock-skew") {
                skew::run(&mut chaos).await?;
            }
        }
    }
    match chaos.violations.as_slice() {
        [] if chaos.reports == 0 => bail!("no fault is called so: nothing was tried"),
        [] => {
            println!("every promise was kept, in {} reports", chaos.reports);
            Ok(())
        }
        violations => bail!("{} promises were not kept:\n{}", violations.len(), violations.join("\n")),
    }
}
