//! The CPU time and memory of processes, read from `/proc`.

use anyhow::{Context as _, Result};
use std::fs;

/// CPU seconds that a process has used, in user and system mode.
pub fn cpu(pid: u32) -> Result<f64> {
    Ok(stat(pid)?.own)
}

/// CPU seconds of a process and all its children, those that have ended included.
pub fn cpu_of_family(parent: u32) -> Result<f64> {
    let stat = stat(parent)?;
    let children: f64 = children(parent).into_iter().filter_map(|child| cpu(child).ok()).sum();
    Ok(stat.own + stat.waited_for + children)
}

/// Megabytes of memory that a process holds now, and the most it has held.
pub fn memory(pid: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| -> Result<f64> {
        let line = status.lines().find(|line| line.starts_with(name)).context("no such line in status")?;
        Ok(line.split_whitespace().nth(1).unwrap_or_default().parse::<f64>()? / 1024.0)
    };
    Ok((field("VmRSS:")?, field("VmHWM:")?))
}

struct Stat {
    parent: u32,
    own: f64,
    waited_for: f64,
}

fn stat(pid: u32) -> Result<Stat> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold anything.
    let (_, rest) = line.rsplit_once(')').context("an unreadable stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let seconds = |index: usize| -> Result<f64> {
        let ticks: f64 = fields.get(index).context("a short stat")?.parse()?;
        Ok(ticks / f64::from(u32::try_from(rustix::param::clock_ticks_per_second())?))
    };
    Ok(Stat {
        parent: fields.get(1).context("a short stat")?.parse()?,
        own: seconds(11)? + seconds(12)?,
        waited_for: seconds(13)? + seconds(14)?,
    })
}

fn children(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| stat(*pid).is_ok_and(|stat| stat.parent == parent)).collect()
}
