//! `load bench …` and `load chaos …`, started by `cargo xtask`: the real server on both databases, measured and mistreated.
//! `load receivers …` tries the receivers of `docs/receivers` on messages of the real server, `load samples …` the samples of the
//! API reference.
//! `load sandbox …` is a server for programs that call the API. `load relay …` is started by `chaos` itself.

mod api;
mod bench;
mod chaos;
mod clock;
mod database;
mod driver;
mod http;
mod options;
mod proc;
mod receiver;
mod receivers;
mod samples;
mod sandbox;
mod stats;
mod wire;
mod world;

use anyhow::{Context as _, Result, bail};
use options::Options;
use std::path::PathBuf;
use std::process::ExitCode;
use world::Site;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut args = std::env::args().skip(1);
    let command = args.next().context(
        "usage: load bench|chaos|receivers|samples|sandbox --server PATH …, or load relay ADDRESS SOCKET",
    )?;
    if command == "relay" {
        return wire::command(args).map(|()| ExitCode::SUCCESS);
    }
    let (options, program) =
        if command == "sandbox" { sandbox::split(args)? } else { (Options::parse(args)?, Vec::new()) };
    let dir = Folder::new()?;
    let site = Site {
        binary: options.server.clone(),
        dir: dir.0.clone(),
        cluster: options.cluster.clone(),
        clock: clock::Clock::start(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command.as_str() {
        "bench" => runtime.block_on(bench::run(&site, &options))?,
        "chaos" => runtime.block_on(chaos::run(&site, &options))?,
        "receivers" => runtime.block_on(receivers::run(&site, &options))?,
        "samples" => runtime.block_on(samples::run(&site, &options))?,
        "sandbox" => return runtime.block_on(sandbox::run(&site, &program)),
        other => bail!("there is no command {other}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// A temporary folder, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("sayless-load-{}", std::process::id()));
        std::fs::create_dir(&dir)?;
        Ok(Self(dir))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
