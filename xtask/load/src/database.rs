//! The databases that servers are started on: a new SQLite file or a new database of the throwaway cluster each time.

use anyhow::{Context as _, Result, bail};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection};
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

/// The two kinds of databases.
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
    /// The folder that holds `data` and `log`.
    pub dir: PathBuf,
}

impl Cluster {
    /// The postmaster's process.
    pub fn pid(&self) -> Result<u32> {
        let file = fs::read_to_string(self.dir.join("data/postmaster.pid"))?;
        Ok(file.lines().next().context("an empty postmaster.pid")?.trim().parse()?)
    }

    /// Stops it, whoever is connected.
    pub fn stop(&self) -> Result<Stopped<'_>> {
        let postgres = fs::read_link(format!("/proc/{}/exe", self.pid()?))?;
        let stopped = Stopped { cluster: self, pg_ctl: postgres.with_file_name("pg_ctl") };
        stopped.run(&["stop", "-m", "immediate"])?;
        Ok(stopped)
    }

    fn create(&self, name: &str) -> Result<String> {
        let mut conn = PgConnection::establish(&self.url)?;
        conn.batch_execute(&format!("CREATE DATABASE {name}"))?;
        let (server, _) = self.url.rsplit_once('/').context("a URL without a database")?;
        Ok(format!("{server}/{name}"))
    }
}

/// A cluster that was stopped.
#[derive(Debug)]
pub struct Stopped<'a> {
    cluster: &'a Cluster,
    pg_ctl: PathBuf,
}

impl Stopped<'_> {
    /// Starts it again, where it was.
    pub fn start(self) -> Result<()> {
        self.run(&["start"])
    }

    /// As the user who owns the cluster.
    fn run(&self, args: &[&str]) -> Result<()> {
        let data = self.cluster.dir.join("data");
        let owner = fs::metadata(&data)?;
        let mut command = Command::new(&self.pg_ctl);
        command.current_dir(&self.cluster.dir).uid(owner.uid()).gid(owner.gid());
        command.args(args).arg("-w").arg("-D").arg(&data).arg("-l").arg(self.cluster.dir.join("log"));
        let status = command.stdout(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { bail!("pg_ctl {} ended with {status}", args[0]) }
    }
}

/// A database of a server's own.
#[derive(Clone, Debug)]
pub struct Database {
    pub kind: Kind,
    /// The URL in the form of `--database-url`.
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

    /// The number that a query counts as `n`.
    pub fn count(&self, sql: &str) -> Result<i64> {
        let query = diesel::sql_query(sql);
        let counted: Counted = match self.kind {
            Kind::Postgres => query.get_result(&mut PgConnection::establish(&self.url)?)?,
            Kind::Sqlite => {
                let path = self.url.trim_start_matches("sqlite:");
                query.get_result(&mut SqliteConnection::establish(path)?)?
            }
        };
        Ok(counted.n)
    }

    /// CPU seconds that the database's own processes have used: none where it is part of the server.
    pub fn cpu(&self) -> Result<f64> {
        match &self.cluster {
            Some(cluster) => crate::proc::cpu_of_family(cluster.pid()?),
            None => Ok(0.0),
        }
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}
