//! The command line of `load bench`, `load chaos`, `load receivers` and `load samples`.

use crate::database::{Cluster, Kind};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::time::Duration;

/// The options of `bench`, `chaos`, `receivers` and `samples`. `cargo xtask` gives the server and the cluster, a person gives the rest.
#[derive(Clone, Debug)]
pub struct Options {
    pub server: PathBuf,
    /// An older server, which `bench` measures in turn with the present one.
    pub before: Option<PathBuf>,
    pub cluster: Option<Cluster>,
    pub databases: Vec<Kind>,
    /// The scenarios to run; all if the list is empty.
    pub only: Vec<String>,
    pub connections: Option<usize>,
    pub seconds: Option<Duration>,
    pub runs: Option<usize>,
    pub quick: bool,
    pub seed: u64,
    /// The Python that `receivers` and `samples` run.
    pub python: PathBuf,
    /// The folder of the programs of `samples`, a folder for each language.
    pub folder: PathBuf,
}

impl Options {
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            server: PathBuf::new(),
            before: None,
            cluster: None,
            databases: Vec::new(),
            only: Vec::new(),
            connections: None,
            seconds: None,
            runs: None,
            quick: false,
            seed: 1,
            python: "python3".into(),
            folder: "target/samples".into(),
        };
        while let Some(option) = args.next() {
            if option == "--quick" {
                options.quick = true;
                continue;
            }
            let value = args.next().with_context(|| format!("{option} needs a value"))?;
            match option.as_str() {
                "--server" => options.server = value.into(),
                "--before" => options.before = Some(value.into()),
                "--cluster" => {
                    let (url, dir) = value.split_once(' ').context("--cluster is a URL and a folder")?;
                    options.cluster = Some(Cluster { url: url.into(), dir: dir.into() });
                }
                "--database" => options.databases.push(value.parse()?),
                "--only" => options.only.push(value),
                "--connections" => options.connections = Some(value.parse()?),
                "--seconds" => options.seconds = Some(Duration::from_secs_f64(value.parse()?)),
                "--runs" => options.runs = Some(value.parse()?),
                "--python" => options.python = value.into(),
                "--folder" => options.folder = value.into(),
                "--seed" => options.seed = value.parse()?,
                _ => bail!("unknown option {option}"),
            }
        }
        if options.databases.is_empty() {
            options.databases = Kind::BOTH.to_vec();
        }
        Ok(options)
    }

    /// True if a scenario was asked for.
    pub fn wants(&self, scenario: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == scenario)
    }
}
