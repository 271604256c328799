//! A throwaway PostgreSQL for the tests, from Debian's binaries: its own folder, its own port, gone afterwards.

use crate::{need, sh};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Made for losing: no fsync. Wide enough for one database per test and every test at once.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=128MB",
    "logging_collector=off",
];

/// Runs the server until its standard input ends, which it does however this process ends, and then cleans up.
const KEEPER: &str = r#"
dir=$1; shift
"$@" >"$dir/log" 2>&1 & server=$!
read -r _
kill -INT "$server"; wait "$server"
rm -rf "$dir"
"#;

/// A running cluster; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    /// Where tests connect to, with the right to create databases.
    pub url: String,
}

impl Cluster {
    /// Starts a cluster, installing PostgreSQL first where that is possible.
    pub fn start() -> Result<Self> {
        let why = "the tests also run on PostgreSQL; or name a server in TEST_DATABASE_URL";
        need::apt(&["postgresql"], why, || binaries().is_some())?;
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
        Self::keep(&binaries, &dir, owner)
    }

    fn keep(binaries: &Path, dir: &Path, owner: Option<(u32, u32)>) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut keeper = sh::command("sh");
        as_owner(&mut keeper, owner, dir).args(["-c", KEEPER, "sh"]).arg(dir);
        keeper.arg(binaries.join("postgres")).arg("-D").arg(dir.join("data")).args(["-p", &port.to_string()]);
        keeper.args(["-c".to_owned(), format!("unix_socket_directories={}", dir.display())]);
        keeper.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own: Ctrl-C reaches it as the end of its input, in order, not as a signal.
        let keeper =
            keeper.stdin(Stdio::piped()).process_group(0).spawn().context("cannot start PostgreSQL")?;
        let cluster = Self { keeper, url: format!("postgres://postgres@127.0.0.1:{port}/postgres") };
        for _ in 0..150 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(cluster);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(dir.join("log")).unwrap_or_default();
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
    if !need::is_root() {
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
