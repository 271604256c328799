//! The databases that servers are started on: a new SQLite file or a new database of the throwaway cluster each time.

use anyhow::{Context as _, Result, bail};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl FromStr for Kind {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            other => bail!("--database {other}: it is sqlite or postgres"),
        }
    }
}

/// The throwaway cluster that xtask started.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// A URL with the right to create databases.
    pub url: String,
    /// Its folder, which holds `data` and `log`.
    pub dir: PathBuf,
}

impl Cluster {
    /// The postmaster's process.
    pub fn pid(&self) -> Result<u32> {
        let file = fs::read_to_string(self.dir.join("data/postmaster.pid"))?;
        Ok(file.lines().next().context("an empty postmaster.pid")?.trim().parse()?)
    }

    fn create(&self, name: &str) -> Result<String> {
        let mut conn = PgConnection::establish(&self.url)?;
        conn.batch_execute(&format!("CREATE DATABASE {name}"))?;
        let (server, _) = self.url.rsplit_once('/').context("a URL without a database")?;
        Ok(format!("{server}/{name}"))
    }
}

/// A database of a server's own.
#[derive(Clone, Debug)]
pub struct Database {
    pub kind: Kind,
    /// As `--database-url` wants it.
    pub url: String,
    cluster: Option<Cluster>,
}

impl Database {
    /// A new, empty one; `folder` is for the embedded kind.
    pub fn create(kind: Kind, folder: &Path, cluster: Option<&Cluster>, name: &str) -> Result<Self> {
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}/data/sayless.db", folder.display()),
            Kind::Postgres => cluster.context("no PostgreSQL was given")?.create(name)?,
        };
        let cluster = cluster.filter(|_| kind == Kind::Postgres).cloned();
        Ok(Self { kind, url, cluster })
    }

    /// CPU seconds that the database's own processes have used: none where it is part of the server.
    pub fn cpu(&self) -> Result<f64> {
        match &self.cluster {
            Some(cluster) => crate::proc::cpu_of_family(cluster.pid()?),
            None => Ok(0.0),
        }
    }
}
