//! A wire to PostgreSQL that can be cut: as if its machine had vanished, no packet arrives, and nothing is closed.
//!
//! Where this process may make network namespaces (as root, with `ip`), a relay runs in one, and its link is taken down: the
//! server's packets are dropped. Elsewhere the relay runs in this process and merely stops passing bytes on.

use crate::database::Cluster;
use anyhow::{Context as _, Result, bail};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

/// The relay's port in a namespace of its own.
const PORT: u16 = 5432;

/// A wire to a cluster; dropping it takes it away.
#[derive(Debug)]
pub struct Wire {
    /// The cluster's URL by way of this wire.
    pub url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Namespace(Namespace),
    Relay(Arc<AtomicBool>),
}

impl Wire {
    /// A wire to a cluster on this machine.
    pub fn to(cluster: &Cluster) -> Result<Self> {
        let socket = socket(cluster)?;
        let url = |address: &str| format!("postgres://postgres@{address}/postgres");
        if let Ok(namespace) = Namespace::new(&socket) {
            return Ok(Self { url: url(&namespace.address()), kind: Kind::Namespace(namespace) });
        }
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        std::thread::spawn(move || relay(&listener, &socket, &is_cut));
        Ok(Self { url: url(&address), kind: Kind::Relay(cut) })
    }

    /// Lets nothing through any more.
    pub fn cut(&self) -> Result<()> {
        self.set(false)
    }

    /// Lets everything through again.
    pub fn mend(&self) -> Result<()> {
        self.set(true)
    }

    fn set(&self, whole: bool) -> Result<()> {
        match &self.kind {
            Kind::Namespace(namespace) => namespace.set(whole),
            Kind::Relay(cut) => {
                cut.store(!whole, SeqCst);
                Ok(())
            }
        }
    }

    /// In words, how it is cut.
    pub const fn how(&self) -> &'static str {
        match self.kind {
            Kind::Namespace(_) => "its packets dropped",
            Kind::Relay(_) => "a relay silent",
        }
    }
}

/// A network namespace with a relay in it.
#[derive(Debug)]
struct Namespace {
    name: String,
    /// The third byte of its addresses.
    net: u32,
    relay: Option<Child>,
}

impl Namespace {
    fn new(socket: &Path) -> Result<Self> {
        let id = std::process::id();
        let mut namespace = Self { name: format!("sayless-{id}"), net: id % 250, relay: None };
        let Self { name, net, .. } = &namespace;
        let (outside, inside) = (format!("say{net}a"), format!("say{net}b"));
        ip(&["netns", "add", name])?;
        ip(&["link", "add", &outside, "type", "veth", "peer", "name", &inside, "netns", name])?;
        ip(&["addr", "add", &format!("10.231.{net}.1/30"), "dev", &outside])?;
        ip(&["link", "set", &outside, "up"])?;
        ip(&["-n", name, "addr", "add", &format!("10.231.{net}.2/30"), "dev", &inside])?;
        ip(&["-n", name, "link", "set", &inside, "up"])?;
        let mut relay = Command::new("ip");
        relay.args(["netns", "exec", name, "setpriv", "--pdeathsig", "KILL"]);
        relay.arg(std::env::current_exe()?).args(["relay", &namespace.address()]).arg(socket);
        namespace.relay = Some(relay.stdin(Stdio::null()).spawn()?);
        for _ in 0..200 {
            if TcpStream::connect(namespace.address()).is_ok() {
                return Ok(namespace);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the relay does not answer")
    }

    fn address(&self) -> String {
        format!("10.231.{}.2:{PORT}", self.net)
    }

    fn set(&self, up: bool) -> Result<()> {
        let state = if up { "up" } else { "down" };
        ip(&["-n", &self.name, "link", "set", &format!("say{}b", self.net), state])
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        if let Some(relay) = &mut self.relay {
            let _ = relay.kill();
            let _ = relay.wait();
        }
        // Its link goes with it.
        let _ = ip(&["netns", "delete", &self.name]);
    }
}

fn ip(args: &[&str]) -> Result<()> {
    let status = Command::new("ip").args(args).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { bail!("ip {} ended with {status}", args.join(" ")) }
}

/// The cluster's own socket, which is a file: any network namespace reaches it.
fn socket(cluster: &Cluster) -> Result<PathBuf> {
    let (_, port) = cluster.url.rsplit_once(':').context("a URL without a port")?;
    let port = port.split('/').next().unwrap_or_default();
    Ok(cluster.dir.join(format!(".s.PGSQL.{port}")))
}

/// `load relay ADDRESS SOCKET`: passes connections on until it is killed.
pub fn command(mut args: impl Iterator<Item = String>) -> Result<()> {
    let address = args.next().context("usage: load relay ADDRESS SOCKET")?;
    let socket = args.next().context("usage: load relay ADDRESS SOCKET")?;
    relay(&TcpListener::bind(address)?, Path::new(&socket), &Arc::new(AtomicBool::new(false)));
    Ok(())
}

fn relay(listener: &TcpListener, socket: &Path, cut: &Arc<AtomicBool>) {
    for client in listener.incoming().flatten() {
        let Ok(server) = UnixStream::connect(socket) else { continue };
        let (Ok(from_client), Ok(to_server)) = (client.try_clone(), server.try_clone()) else { continue };
        carry(from_client, to_server, Arc::clone(cut));
        carry(server, client, Arc::clone(cut));
    }
}

/// Carries bytes one way until either side has closed.
fn carry(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Closing + Send + 'static,
    cut: Arc<AtomicBool>,
) {
    std::thread::spawn(move || {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            while cut.load(SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        to.close();
    });
}

/// Streams whose both sides can be closed.
trait Closing {
    fn close(&self);
}

impl Closing for TcpStream {
    fn close(&self) {
        let _ = self.shutdown(std::net::Shutdown::Both);
    }
}

impl Closing for UnixStream {
    fn close(&self) {
        let _ = self.shutdown(std::net::Shutdown::Both);
    }
}
