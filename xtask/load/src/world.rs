//! The real `sayless` binary, serving a workspace of its own from a temporary folder, and what is needed to load it.

use crate::api::Api;
use crate::clock::Clock;
use crate::database::{Cluster, Database, Kind};
use crate::driver::{Driver, Plan, Until};
use crate::proc;
use crate::receiver::Receiver;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal};
use serde_json::json;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The admin of every world.
pub const EMAIL: &str = "bench@example.com";
const NEIGHBOUR: &str = "neighbour@example.com";
pub const PASSWORD: &str = "only for this machine and these minutes";
/// For the databases that do not come with a folder for keys.
const KEY: &str = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The number of API keys that share the load.
const KEYS: usize = 1;

/// The ingredients of a server: binary, folder, cluster and clock.
#[derive(Clone, Debug)]
pub struct Site {
    pub binary: PathBuf,
    /// Removed when this process ends.
    pub dir: PathBuf,
    pub cluster: Option<Cluster>,
    pub clock: Clock,
}

/// A server, its workspace and its database.
#[derive(Debug)]
pub struct World {
    pub site: Site,
    pub database: Database,
    pub server: Server,
    pub driver: Driver,
    pub workspace: String,
    /// The admin's session.
    pub admin: Api,
    pub keys: Vec<String>,
    folder: PathBuf,
}

/// Another workspace of a world.
#[derive(Debug)]
pub struct Neighbour {
    /// A key that publishes.
    pub key: String,
}

/// A running `sayless` process; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
}

impl World {
    /// A server on a new database, with an admin and an API key.
    pub async fn new(site: &Site, kind: Kind, name: &str) -> Result<Self> {
        let folder = site.dir.join(format!("{name}-{kind}"));
        fs::create_dir_all(&folder)?;
        let database = Database::create(kind, &folder, site.cluster.as_ref(), name)?;
        let workspace = workspace(site, &database, EMAIL)?;
        let server = Server::start(site, &database, &folder, &["serve"]).await?;
        let admin = Api::new(server.address).sign_in(EMAIL, PASSWORD).await?;
        let mut keys = Vec::new();
        for _ in 0..KEYS {
            keys.push(key(&admin).await?);
        }
        let driver = Driver::new(site.clock);
        Ok(Self { site: site.clone(), database, server, driver, workspace, admin, keys, folder })
    }

    /// Webhooks for all of a receiver's hooks in this range, wanting these types; their ids.
    pub async fn subscribe(
        &self,
        receiver: &Receiver,
        hooks: Range<usize>,
        types: &str,
    ) -> Result<Vec<String>> {
        subscribe(&self.admin, receiver, hooks, types).await
    }

    /// Another workspace on the same server, whose one webhook leads to this hook and wants every ticket.
    pub async fn neighbour(&self, receiver: &Receiver, hook: usize) -> Result<Neighbour> {
        let admin = self.admin_elsewhere(NEIGHBOUR).await?;
        let key = key(&admin).await?;
        subscribe(&admin, receiver, hook..hook + 1, "ticket.*").await?;
        Ok(Neighbour { key })
    }

    /// The admin of another workspace on the same server, who signs in by this address.
    pub async fn admin_elsewhere(&self, email: &str) -> Result<Api> {
        workspace(&self.site, &self.database, email)?;
        Api::new(self.server.address).sign_in(email, PASSWORD).await
    }

    /// Another session of the admin.
    pub async fn sign_in(&self) -> Result<Api> {
        Api::new(self.server.address).sign_in(EMAIL, PASSWORD).await
    }

    /// Kills the server.
    pub fn stop(&mut self) {
        self.server.end();
    }

    /// Starts the server again, where it was.
    pub async fn start(&mut self) -> Result<()> {
        let address = self.server.address;
        self.server = Server::start_at(&self.site, &self.database, &self.folder, &["serve"], address).await?;
        Ok(())
    }

    /// Starts the server again as one that leaves delivering to workers.
    pub async fn serve_only(&mut self) -> Result<()> {
        self.stop();
        let args = ["serve", "--no-worker"];
        let address = self.server.address;
        self.server = Server::start_at(&self.site, &self.database, &self.folder, &args, address).await?;
        Ok(())
    }

    /// A process that only delivers, logging under this name.
    pub fn worker(&self, name: &str) -> Result<Server> {
        self.deliver(name, command(&self.site, &self.database))
    }

    /// The same on a machine whose clock is wrong, by `offset` as libfaketime writes it.
    pub fn worker_at(&self, name: &str, offset: &str) -> Result<Server> {
        let mut command = command(&self.site, &self.database);
        command.env("LD_PRELOAD", faketime()?).env("FAKETIME", offset);
        // The wall clock alone is wrong.
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        self.deliver(name, command)
    }

    fn deliver(&self, name: &str, mut command: Command) -> Result<Server> {
        let log = File::options().create(true).append(true).open(self.folder.join(name))?;
        command.args(["worker", "--allow-destination", "127.0.0.0/8"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        Ok(Server { child, address: self.server.address })
    }

    /// A plan of publishing over so many connections, without pauses.
    pub fn plan(&self, connections: usize, until: Until) -> Plan {
        Plan {
            server: self.server.address,
            keys: self.keys.clone(),
            connections,
            until,
            pause: Duration::ZERO,
        }
    }

    /// CPU seconds of the server and of the database's processes.
    pub fn cpu(&self) -> Result<(f64, f64)> {
        Ok((proc::cpu(self.server.child.id())?, self.database.cpu()?))
    }
}

async fn key(admin: &Api) -> Result<String> {
    let key = json!({ "name": "load", "scopes": ["events:write", "deliveries:read"] });
    let key = admin.post("/v1/api-keys", &key).await?;
    Ok(key["key"].as_str().context("no key was made")?.to_owned())
}

async fn subscribe(
    admin: &Api,
    receiver: &Receiver,
    hooks: Range<usize>,
    types: &str,
) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for hook in hooks {
        let webhook = json!({ "url": receiver.url(hook), "event_types": [types] });
        let made = admin.post("/v1/webhooks", &webhook).await?;
        ids.push(made["id"].as_str().context("no webhook was made")?.to_owned());
    }
    Ok(ids)
}

/// Makes the tables where there are none, a workspace and its admin; the workspace's id.
fn workspace(site: &Site, database: &Database, email: &str) -> Result<String> {
    let create = ["workspace", "create", "--name", "Load", "--plan", "enterprise"];
    let workspace = feed(command(site, database).args(create), "")?;
    let add = ["member", "add", "--workspace", &workspace, "--email", email, "--role", "admin"];
    feed(command(site, database).args(add).arg("--password-stdin"), PASSWORD)?;
    Ok(workspace)
}

/// `sayless` on a database; it dies with this process.
fn command(site: &Site, database: &Database) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(&site.binary);
    command.env("SAYLESS_DATABASE_URL", &database.url).env("RUST_LOG", "warn").env("RUST_BACKTRACE", "0");
    if database.kind == Kind::Postgres {
        command.env("SAYLESS_PEPPER", KEY).env("SAYLESS_SEALING_KEY", KEY);
    }
    command
}

/// The library that has a program see another time.
fn faketime() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path());
    let mut libraries = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.is_file()).context("libfaketime is missing")
}

fn feed(command: &mut Command, input: &str) -> Result<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{} ended with {}", command.get_program().to_string_lossy(), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Server {
    /// Starts `sayless serve` (or whatever the arguments begin with) and waits until it is ready.
    pub async fn start(site: &Site, database: &Database, folder: &Path, args: &[&str]) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Self::start_at(site, database, folder, args, ([127, 0, 0, 1], port).into()).await
    }

    /// The same at an address that is known.
    pub async fn start_at(
        site: &Site,
        database: &Database,
        folder: &Path,
        args: &[&str],
        address: SocketAddr,
    ) -> Result<Self> {
        let log = File::options().create(true).append(true).open(folder.join("log"))?;
        let mut command = command(site, database);
        command.args(args).args(["--listen", &address.to_string()]);
        command.args(["--allow-destination", "127.0.0.0/8"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().context("cannot start the server")?;
        let mut server = Self { child, address };
        server.wait_until_ready(folder).await?;
        Ok(server)
    }

    async fn wait_until_ready(&mut self, folder: &Path) -> Result<()> {
        let api = Api::new(self.address);
        let request = api.request("GET", "/readyz", &serde_json::Value::Null);
        for _ in 0..20_000 {
            if let Ok(mut connection) = crate::http::Connection::open(self.address).await
                && connection.exchange(&request).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}; its log is {}", said(folder));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("the server did not become ready; its log is {}", said(folder))
    }
}

fn said(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

impl Server {
    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        Ok(rustix::process::kill_process(pid, signal)?)
    }

    /// The server's exit status, if it ends within this time.
    pub async fn ended(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(None)
    }

    /// Kills the server with SIGKILL and waits for its end.
    pub fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
