//! `receivers`: the receivers of `docs/receivers`, run as they stand there. Each gets messages of the real server under both schemes,
//! and messages that are none.

use crate::database::Kind;
use crate::http::Connection;
use crate::options::Options;
use crate::world::{Site, World};
use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;

/// The time that a receiver may take to start: some are compiled first.
const PATIENCE: Duration = Duration::from_mins(3);
const SCHEMES: [&str; 2] = ["v1", "v1a"];
const OK: u16 = 204;
const REFUSED: u16 = 401;

/// The command of each language's receiver, started in the project's root. `PORT` stands for the port.
fn commands(options: &Options) -> Vec<(&'static str, Vec<String>)> {
    let file = |name: &str| format!("docs/receivers/{name}");
    let rust = options.server.with_file_name("examples").join("receiver");
    vec![
        ("Node.js", vec!["node".into(), file("receiver.mjs")]),
        ("Python", vec![options.python.display().to_string(), file("receiver.py")]),
        ("Go", vec!["go".into(), "run".into(), file("receiver.go")]),
        ("Ruby", vec!["ruby".into(), file("receiver.rb")]),
        ("PHP", vec!["php".into(), "-S".into(), "127.0.0.1:PORT".into(), file("receiver.php")]),
        ("Java", vec!["java".into(), file("Receiver.java")]),
        ("Rust", vec![rust.display().to_string()]),
    ]
}

/// Tries every receiver under both schemes.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    let world = World::new(site, Kind::Sqlite, "receivers").await?;
    let mut samples = Vec::new();
    for (language, command) in commands(options) {
        if options.wants(language) {
            for scheme in SCHEMES {
                samples.push(Sample::start(&world, language, &command, scheme).await?);
            }
        }
    }
    ensure!(!samples.is_empty(), "no receiver is called so");
    let mut wrong = Vec::new();
    for sample in &mut samples {
        sample.wait_until_ready().await?;
        wrong.extend(sample.try_out(&world).await?);
    }
    ensure!(wrong.is_empty(), "{} answers were wrong:\n{}", wrong.len(), wrong.join("\n"));
    println!("{} receivers took what was meant for them, and refused the rest", samples.len());
    Ok(())
}

/// A receiver that runs, and its webhook.
struct Sample {
    name: String,
    child: Child,
    /// What it says.
    log: PathBuf,
    address: SocketAddr,
    scheme: &'static str,
    webhook: String,
    /// The signing secret; none under `v1a`.
    secret: Option<String>,
}

/// A message as it goes over the wire.
#[derive(Clone)]
struct Message {
    headers: Vec<(String, String)>,
    body: String,
}

impl Sample {
    async fn start(world: &World, language: &str, command: &[String], scheme: &'static str) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let made = webhook(world, address, scheme).await?;
        let secret = made["signing_secret"].as_str().map(str::to_owned);
        let key = secret.as_deref().or(made["public_key"].as_str()).context("no key was made")?;
        let port = address.port().to_string();
        let mut words = command.iter().map(|word| word.replace("PORT", &port));
        let mut program = Command::new(words.next().context("a command")?);
        program.args(words).env("SAYLESS_SIGNING_KEY", key).env("PORT", &port);
        // Some start another process, which is to end with them.
        let log = world.site.dir.join(format!("receiver-{port}"));
        program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?).process_group(0);
        let child = program.spawn().with_context(|| format!("cannot start {}", command.join(" ")))?;
        let name = format!("{language}, {scheme}");
        let webhook = made["id"].as_str().context("no webhook was made")?.to_owned();
        Ok(Self { name, child, log, address, scheme, webhook, secret })
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let begun = SystemTime::now();
        while TcpStream::connect(self.address).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}: {}", self.name, self.said());
            }
            ensure!(begun.elapsed()? < PATIENCE, "{} did not start: {}", self.name, self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Sends everything; what was answered wrongly.
    async fn try_out(&self, world: &World) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        let mut judge = |what: &str, status: u16, expected: u16| {
            if status != expected {
                wrong.push(format!("{}: {what} was answered {status} instead of {expected}", self.name));
            }
        };
        let (status, message) = test(world, &self.webhook).await?;
        judge("a message", status, OK);
        for (what, message, expected) in self.variations(&message)? {
            judge(what, self.send(&message).await?, expected);
        }
        // While the secret is rotated, the receiver still has the old one.
        world
            .admin
            .post(&format!("/v1/webhooks/{}/secrets", self.webhook), &json!({ "overlap": "24h" }))
            .await?;
        let (status, message) = test(world, &self.webhook).await?;
        judge("a message during a rotation", status, OK);
        for (what, message) in repeated(&message) {
            judge(what, self.send(&message).await?, OK);
        }
        let stranger = webhook(world, self.address, self.scheme).await?;
        let stranger = stranger["id"].as_str().context("no webhook was made")?;
        judge("a message under another secret", test(world, stranger).await?.0, REFUSED);
        Ok(wrong)
    }

    /// Messages that are not the server's, though they look like it.
    fn variations(&self, real: &Message) -> Result<Vec<(&'static str, Message, u16)>> {
        let signature = real.header("webhook-signature").to_owned();
        let forged = format!("{},{}", self.scheme, STANDARD.encode([7; 64]));
        let other = if self.scheme == "v1" { "v1a" } else { "v1" };
        let mut all = vec![
            ("the message once more", real.clone(), OK),
            ("a changed body", Message { body: real.body.replacen('{', "{ ", 1), ..real.clone() }, REFUSED),
            ("a forged signature", real.with("webhook-signature", &forged), REFUSED),
            ("an empty signature", real.with("webhook-signature", ""), REFUSED),
            ("half a signature", real.with("webhook-signature", &format!("{},", self.scheme)), REFUSED),
            ("no base64", real.with("webhook-signature", &format!("{},%%=%", self.scheme)), REFUSED),
            ("a short signature", real.with("webhook-signature", &format!("{},AAA", self.scheme)), REFUSED),
            ("another id", real.with("webhook-id", "evt_1"), REFUSED),
            ("another time", real.with("webhook-timestamp", &now()?.to_string().replace('1', "2")), REFUSED),
            ("a time that is none", real.with("webhook-timestamp", "soon"), REFUSED),
            (
                "the other scheme",
                real.with("webhook-signature", &signature.replacen(self.scheme, other, 1)),
                REFUSED,
            ),
        ];
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            all.push(("a message without a header", real.without(name), REFUSED));
        }
        let several = format!("{other},{} {forged} {signature}", STANDARD.encode([7; 32]));
        all.push(("several signatures", real.with("webhook-signature", &several), OK));
        if let Some(secret) = &self.secret {
            for (what, age, expected) in [
                ("a stale message", 600, REFUSED),
                ("one from the future", -600, REFUSED),
                ("one of late", 240, OK),
            ] {
                all.push((what, signed_anew(real, secret, now()? - age)?, expected));
            }
        }
        Ok(all)
    }

    async fn send(&self, message: &Message) -> Result<u16> {
        let mut lines = String::new();
        for (name, value) in &message.headers {
            write!(lines, "{name}: {value}\r\n")?;
        }
        let body = &message.body;
        let request = format!(
            "POST /hook HTTP/1.1\r\nhost: {}\r\n{lines}content-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.exchange(request.as_bytes()).await;
        Ok(answer.with_context(|| format!("{} hung up", self.name))?.status)
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = rustix::process::kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

impl Message {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    fn without(&self, name: &str) -> Self {
        let headers = self.headers.iter().filter(|(found, _)| found != name).cloned().collect();
        Self { headers, body: self.body.clone() }
    }

    fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(name);
        changed.headers.push((name.to_owned(), value.to_owned()));
        changed
    }
}

/// A message with two good signatures, written as a proxy or another sender may write it.
fn repeated(real: &Message) -> Vec<(&'static str, Message)> {
    let bare = real.without("webhook-signature");
    let signatures: Vec<&str> = real.header("webhook-signature").split(' ').collect();
    let lines = |order: &[&str]| {
        let mut message = bare.clone();
        message.headers.extend(order.iter().map(|one| ("webhook-signature".to_owned(), (*one).to_owned())));
        message
    };
    let turned: Vec<&str> = signatures.iter().rev().copied().collect();
    vec![
        ("a signature in each of two lines", lines(&signatures)),
        ("the same the other way around", lines(&turned)),
        ("signatures joined by a comma", real.with("webhook-signature", &signatures.join(", "))),
    ]
}

/// A webhook that leads to a receiver.
async fn webhook(world: &World, address: SocketAddr, scheme: &str) -> Result<Value> {
    let body =
        json!({ "url": format!("http://{address}/hook"), "event_types": ["ticket.*"], "signature": scheme });
    world.admin.post("/v1/webhooks", &body).await
}

/// Has the server send a test message: the status of the answer, and the message.
async fn test(world: &World, webhook: &str) -> Result<(u16, Message)> {
    let tested = world.admin.post(&format!("/v1/webhooks/{webhook}/test"), &Value::Null).await?;
    let attempt = &tested["attempt"];
    let status = attempt["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.with_context(|| format!("no answer came: {}", attempt["diagnosis"]))?;
    let headers = attempt["request"]["headers"].as_array().context("no request")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers = headers.iter().map(|header| (text(&header["name"]), text(&header["value"])));
    let ours = |(name, _): &(String, String)| name.starts_with("webhook-") || name == "content-type";
    Ok((status, Message { headers: headers.filter(ours).collect(), body: text(&attempt["request"]["body"]) }))
}

/// A message signed again, with a time of its own.
fn signed_anew(real: &Message, secret: &str, timestamp: i64) -> Result<Message> {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key)?;
    mac.update(format!("{}.{timestamp}.{}", real.header("webhook-id"), real.body).as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    Ok(real.with("webhook-timestamp", &timestamp.to_string()).with("webhook-signature", &signature))
}

fn now() -> Result<i64> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs().try_into()?)
}
