//! A throwaway PostgreSQL for tests and measurements, from Debian's binaries: its own folder and port, gone afterwards.

use crate::{install, sh};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Settings for every cluster: enough connections for one database per test and every test at once.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 500
logging_collector = off
";

/// Settings for tests, whose data may be lost.
const NOT_DURABLE: &str = "
fsync = off
full_page_writes = off
";

/// Runs the server until its standard input ends, which it does however this process ends, and then cleans up. Somebody
/// may have stopped it meanwhile, and started it again.
const KEEPER: &str = r#"
dir=$1; shift
"$@" >"$dir/log" 2>&1 &
read -r _
pid=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid"
wait
while [ -e "$dir/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
rm -rf "$dir"
"#;

/// The promise of the cluster about committed data when the machine crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Committed data survives, as PostgreSQL promises.
    Default,
    /// Committed data may be lost: tests need not wait for the disk.
    None,
}

/// A running cluster; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    /// A URL with the right to create databases.
    pub url: String,
    /// The folder that holds `data` and `log`.
    pub dir: PathBuf,
}

impl Cluster {
    /// Starts a cluster, installing PostgreSQL first where that is possible.
    pub fn start(durability: Durability, why: &str) -> Result<Self> {
        install::apt(&["postgresql"], why, || binaries().is_some())?;
        let binaries = binaries().context("no PostgreSQL under /usr/lib/postgresql")?;
        let dir = std::env::temp_dir().join(format!("sayless-postgres-{}", std::process::id()));
        fs::create_dir(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o700))?;
        let owner = owner()?;
        if let Some((uid, gid)) = owner {
            chown(&dir, Some(uid), Some(gid))?;
        }
        let data = dir.join("data");
        let mut initdb = sh::command(binaries.join("initdb"));
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        sh::output(as_owner(&mut initdb, owner, &dir).arg("--pgdata").arg(&data))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut settings = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf"))?;
        let not_durable = if durability == Durability::None { NOT_DURABLE } else { "" };
        let place = format!("port = {port}\nunix_socket_directories = '{}'\n", dir.display());
        settings.write_all([SETTINGS, not_durable, &place].concat().as_bytes())?;
        Self::keep(&binaries, dir, owner, port)
    }

    fn keep(binaries: &Path, dir: PathBuf, owner: Option<(u32, u32)>, port: u16) -> Result<Self> {
        let mut keeper = sh::command("sh");
        as_owner(&mut keeper, owner, &dir).args(["-c", KEEPER, "sh"]).arg(&dir);
        keeper.arg(binaries.join("postgres")).arg("-D").arg(dir.join("data"));
        // A group of its own: Ctrl-C reaches it as the end of its input, in order, not as a signal.
        let keeper =
            keeper.stdin(Stdio::piped()).process_group(0).spawn().context("cannot start PostgreSQL")?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let cluster = Self { keeper, url, dir };
        for _ in 0..150 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(cluster);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(cluster.dir.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The newest installed version's folder of programs.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.flatten().map(|entry| entry.path()).max_by_key(version)?;
    Some(newest.join("bin")).filter(|bin| bin.join("initdb").is_file())
}

/// PostgreSQL refuses to run as root: then it runs as Debian's user `postgres`.
fn owner() -> Result<Option<(u32, u32)>> {
    if !install::is_root() {
        return Ok(None);
    }
    let id =
        |flag: &str| -> Result<u32> { Ok(sh::output(sh::command("id").args([flag, "postgres"]))?.parse()?) };
    Ok(Some((id("-u")?, id("-g")?)))
}

fn as_owner<'a>(command: &'a mut Command, owner: Option<(u32, u32)>, dir: &Path) -> &'a mut Command {
    command.current_dir(dir);
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}
