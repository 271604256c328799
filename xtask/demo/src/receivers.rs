//! The systems that the demo's webhooks point to: a healthy one, one that fails, one with a certificate nobody issued,
//! and one that is not there at all.

use anyhow::{Context as _, Result};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const OK: &str = "200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"received\":true}";
const FAILING: &str = "500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 47\r\n\r\n\
                       could not reach the database: too many clients\n";

/// The port of each receiver on 127.0.0.1.
#[derive(Deserialize, Serialize)]
pub struct Ports {
    pub healthy: u16,
    pub failing: u16,
    pub untrusted: u16,
    /// A port on which nothing listens.
    pub refusing: u16,
}

impl Ports {
    /// Ports that are free now.
    pub fn free() -> Result<Self> {
        // Bound together, so that they differ.
        let listeners: Vec<TcpListener> =
            (0..4).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
        let port = |index: usize| -> Result<u16> { Ok(listeners[index].local_addr()?.port()) };
        Ok(Self { healthy: port(0)?, failing: port(1)?, untrusted: port(2)?, refusing: port(3)? })
    }
}

/// Starts the three receivers that are there.
pub fn start(ports: &Ports) -> Result<()> {
    listen(ports.healthy, |stream| {
        thread::sleep(Duration::from_millis(35));
        answer(stream, OK)
    })?;
    listen(ports.failing, |stream| answer(stream, FAILING))?;
    let tls = self_signed()?;
    listen(ports.untrusted, move |stream| {
        answer(StreamOwned::new(ServerConnection::new(Arc::clone(&tls))?, stream), OK)
    })
}

fn listen(port: u16, handle: impl Fn(TcpStream) -> Result<()> + Clone + Send + 'static) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("a receiver of the demo needs port {port} again"))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = handle.clone();
            // The sender diagnoses what goes wrong on a connection: that is what the demo shows.
            thread::spawn(move || {
                stream.set_read_timeout(Some(Duration::from_secs(30)))?;
                handle(stream)
            });
        }
    });
    Ok(())
}

/// Reads requests and gives each the same answer, until the sender hangs up.
fn answer(stream: impl Read + Write, response: &str) -> Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink())?;
        let writer = stream.get_mut();
        write!(writer, "HTTP/1.1 {response}")?;
        writer.flush()?;
    }
}

/// A certificate that only its owner vouches for.
fn self_signed() -> Result<Arc<ServerConfig>> {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "chat.harbour-goods.example");
    let own = KeyPair::generate()?;
    let certificate = params.self_signed(&own)?.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key)?;
    Ok(Arc::new(config))
}
