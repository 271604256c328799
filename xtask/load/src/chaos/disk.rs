//! The disk of the embedded database fills up under load, and is cleared again: a small tmpfs, or where mounting is not
//! permitted a limit to the size of files.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::Receiver;
use crate::world::World;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const FAULT: &str = "disk full";
const KIND: Kind = Kind::Sqlite;
/// The size of the file system in MiB: more than the publishers fill by themselves, also on a quick machine.
const ROOM: usize = 128;

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let place = chaos.site.dir.join("disk-SQLite");
    fs::create_dir_all(&place)?;
    let small = Small::mount(&place).ok();
    let mut world = World::new(chaos.site, KIND, "disk").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let publisher = || {
        Publisher::start(&world.driver, world.server.address, &world.keys[0], 16, Duration::from_millis(5))
    };
    let all = publisher();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let pid = world.server.child.id();
    match &small {
        Some(small) => small.fill()?,
        None => limit(pid, "1024")?,
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let during = publisher();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let during = during.stop().await?;
    match &small {
        Some(small) => small.clear()?,
        None => limit(pid, "unlimited")?,
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = publisher();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = after.stop().await?;
    let tally = all.stop().await?;
    let how = if small.is_some() {
        format!("a tmpfs of {ROOM} MiB")
    } else {
        "a limit to the size of files".to_owned()
    };
    let what =
        format!("{how}; while full: {:?} by status, {} accepted", during.refused, during.accepted.len());
    chaos.report(FAULT, KIND, &what);
    let clear = during.refused.keys().all(|status| *status == 503) && during.refused.contains_key(&503);
    chaos.expect(clear, FAULT, KIND, "publishes were answered otherwise than with 503");
    let says = during.without_retry_after + tally.without_retry_after == 0;
    chaos.expect(says, FAULT, KIND, "a 503 did not say when to come back");
    chaos.expect(!after.accepted.is_empty(), FAULT, KIND, "it did not recover by itself");
    chaos.expect(world.server.child.try_wait()?.is_none(), FAULT, KIND, "the server ended");
    chaos.all_arrive(Fault { name: FAULT, kind: KIND }, &tally, &receiver, Duration::from_secs(75)).await?;
    world.stop();
    Ok(())
}

/// Limits the size of a process's files.
fn limit(pid: u32, bytes: &str) -> Result<()> {
    run_it(Command::new("prlimit").args(["--pid", &pid.to_string(), &format!("--fsize={bytes}:unlimited")]))
}

fn run_it(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// A small file system; unmounted when dropped.
struct Small(PathBuf);

impl Small {
    fn mount(place: &Path) -> Result<Self> {
        run_it(
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={ROOM}m"), "none"]).arg(place),
        )?;
        Ok(Self(place.to_owned()))
    }

    /// Takes all the room there is.
    fn fill(&self) -> Result<()> {
        let full = fs::write(self.0.join("ballast"), vec![0; 2 * ROOM * 1024 * 1024]);
        full.err().map(drop).context("the file system is larger than it should be")
    }

    fn clear(&self) -> Result<()> {
        Ok(fs::remove_file(self.0.join("ballast"))?)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: the server may just be ending.
        let _ = run_it(Command::new("umount").arg("--lazy").arg(&self.0));
    }
}
