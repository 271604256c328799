//! `load samples`: the samples of the API reference, each run as it stands there, against a server that has an object of each
//! kind. What a sample must not meet twice is made anew for every language.

mod consent;
mod fixture;
mod programs;

use crate::database::Kind;
use crate::options::Options;
use crate::receiver::Receiver;
use crate::sandbox::{proxy, upstream::Upstream};
use crate::world::{Site, World};
use anyhow::{Context as _, Result, ensure};
use fixture::Fixture;
use programs::{LANGUAGES, Sample};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the samples of every language that was asked for.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    let all: Value = serde_json::from_str(&fs::read_to_string("openapi/samples.json")?)?;
    let world = World::new(site, Kind::Sqlite, "samples").await?;
    let receiver = Receiver::start(site.clock, 1)?;
    let mut wrong = Vec::new();
    let mut ran = 0;
    for language in LANGUAGES.into_iter().filter(|language| options.wants(language)) {
        let run = Run { world: &world, options, all: &all, language };
        let done = run.all(&receiver).await.with_context(|| format!("the samples in {language}"))?;
        ran += done.0;
        wrong.extend(done.1);
    }
    ensure!(ran > 0, "there are no samples in that language");
    for line in &wrong {
        println!("{line}");
    }
    println!("test result: samples. {} passed; {} failed", ran - wrong.len(), wrong.len());
    ensure!(wrong.is_empty(), "not every sample does what it says");
    Ok(())
}

/// One language's run.
struct Run<'a> {
    world: &'a World,
    options: &'a Options,
    all: &'a Value,
    language: &'static str,
}

impl Run<'_> {
    /// The number of samples, and what was wrong.
    async fn all(&self, receiver: &Receiver) -> Result<(usize, Vec<String>)> {
        let fixture = Fixture::make(self.world, receiver).await?;
        let samples = programs::samples(self.all, self.language)?;
        let text = programs::text(self.language, &samples, &self.all["setup"][self.language], &fixture)?;
        let folder = self.options.folder.join(self.language);
        let mut program = self.program(&folder, &text)?;
        let cookies = self.world.admin.cookie().and_then(|cookie| cookie.split_once('='));
        let (name, value) = cookies.context("the admin has no session")?;
        // As curl keeps them. What a member is asked by an app is bound to the session that was there.
        let cookies = format!("127.0.0.1\tFALSE\t/\tFALSE\t0\t{name}\t{value}\n");
        fs::write(folder.join("cookies.txt"), cookies)?;
        let session = self.world.sign_in().await?.cookie().map(str::to_owned);
        let session = Upstream { server: self.world.server.address, session };
        program.env("SAYLESS_SESSION_URL", format!("http://{}", proxy::start(session).await?));
        program.env("SAYLESS_URL", format!("http://{}", self.world.server.address));
        program.env("SAYLESS_OBJECTS", programs::objects(&samples, &fixture));
        program.envs(fixture.environment.iter().map(|(name, value)| (*name, value)));
        let child =
            program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("it cannot be started")?;
        // The proxy runs on this thread in the meantime.
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        println!("{}: {} samples", self.language, samples.len());
        let wrong = wrong(&samples, &String::from_utf8_lossy(&output.stdout));
        Ok((samples.len(), wrong.iter().map(|why| format!("{}: {why}", self.language)).collect()))
    }

    /// Writes the program; the command that runs it. What it needs beside its text is there already.
    fn program(&self, folder: &Path, text: &str) -> Result<Command> {
        let (file, mut command) = match self.language {
            "curl" => ("samples.sh", Command::new("sh")),
            "typescript" => ("samples.mjs", Command::new("node")),
            "python" => ("samples.py", Command::new(&self.options.python)),
            _ => ("src/main.rs", Command::new("cargo")),
        };
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        // A file that is as it was is not compiled again.
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::write(&path, text)?;
        }
        command.current_dir(folder);
        match self.language {
            "rust" => command.args(["run", "--quiet"]),
            _ => command.arg(file),
        };
        Ok(command)
    }
}

/// A line for each sample that the program's output does not call good.
fn wrong(samples: &[Sample<'_>], said: &str) -> Vec<String> {
    let good: BTreeSet<&str> =
        said.lines().filter_map(|line| line.strip_prefix("sample ")?.strip_suffix(" ok")).collect();
    let why = |id: &str| {
        let start = format!("sample {id} failed");
        let line = said.lines().find(|line| line.starts_with(&start));
        line.map_or_else(|| format!("sample {id} did not run"), str::to_owned)
    };
    samples.iter().filter(|sample| !good.contains(sample.id)).map(|sample| why(sample.id)).collect()
}
