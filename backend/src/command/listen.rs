//! `sayless listen`: brings the events of a workspace to a developer's machine. It reads the log, signs each event with a secret of
//! its own, and posts it to a local address, so that no public address is needed.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use api_types::events::EventType;
use bytes::Bytes;
use ipnet::IpNet;

use super::{
    error::CommandError,
    log_client::{LogClient, LogError, LogEvent, LogPage},
    receive::printable,
    stop::StopSignal,
};
use crate::{
    catalogue::Subscription,
    clock::Clock,
    config::Listen,
    delivery::{
        address::{AddressPolicy, WebhookUrl},
        diagnosis::{self, History},
        send::{
            Limits, Open, Sender, SenderConfig, Tls,
            exchange::{Outcome, Outgoing},
            resolve::Resolver,
        },
        signature::{SigningSecret, signature_header},
    },
    random::Random,
};

/// The first pause after the server could not be reached; each further one is twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Forwards events until it is stopped.
pub fn listen(args: &Listen) -> Result<(), CommandError> {
    let listener = Listener::new(args)?;
    actix_web::rt::System::new().block_on(async {
        let stop = StopSignal::catch()?;
        tokio::select! {
            ended = listener.run() => ended,
            () = stop.wait() => Ok(()),
        }
    })
}

struct Listener {
    client: LogClient,
    sender: Sender,
    secret: SigningSecret,
    forward_to: WebhookUrl,
    /// The types that are wanted, as the query names them; empty for all.
    types: String,
    clock: Clock,
}

impl Listener {
    fn new(args: &Listen) -> Result<Self, CommandError> {
        let url = |flag: &str, text: &str| {
            WebhookUrl::stored(text).map_err(|problem| CommandError::new(format!("{flag}: {problem}")))
        };
        let server = url("--url", &args.url)?;
        let is_local = server.host().known_addresses().is_some_and(|all| all.iter().all(IpAddr::is_loopback));
        if !server.is_https() && !is_local {
            return Err(CommandError::new(
                "--url must be https: over plain http to another machine anybody on the way could read the key",
            ));
        }
        let tls = |error| CommandError::new(format!("TLS cannot be set up: {error}"));
        let client = LogClient::new(server, &args.key.0, Tls::new(&[]).map_err(tls)?).ok_or_else(|| {
            CommandError::new("--key is no API key: it has characters that a header cannot have")
        })?;
        Ok(Self {
            client,
            sender: sender()?,
            secret: SigningSecret::v1(Random::from_os().bytes()),
            forward_to: url("--forward-to", &args.forward_to)?,
            types: types(&args.types)?,
            clock: Clock::wall(),
        })
    }

    async fn run(&self) -> Result<(), CommandError> {
        println!("Signing secret of this run: {}", *self.secret.expose());
        let mut cursor: Option<String> = None;
        let mut pause = FIRST_PAUSE;
        let mut cut_off = false;
        loop {
            let is_beginning = cursor.is_none();
            match self.client.after(&self.query(cursor.as_deref())).await {
                Ok(LogPage { data, next_cursor }) => {
                    if is_beginning {
                        println!("Forwarding new events to {}. Stop with Ctrl-C.", self.forward_to.as_str());
                    } else if cut_off {
                        println!("{} connected again", self.clock.now());
                    }
                    (cut_off, pause) = (false, FIRST_PAUSE);
                    for event in &data {
                        self.forward(event).await;
                    }
                    cursor = Some(next_cursor);
                }
                Err(LogError::Refused(why)) => return Err(CommandError::new(printable(&why))),
                Err(LogError::Expired(why)) => {
                    eprintln!("{} events were missed: {}", self.clock.now(), printable(&why));
                    cursor = None;
                }
                Err(LogError::Busy { detail, retry_after }) => {
                    cut_off = true;
                    self.rest(&detail, retry_after.unwrap_or(pause)).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                Err(LogError::Unreachable(why)) => {
                    cut_off = true;
                    self.rest(&why, pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
            }
        }
    }

    /// Says why the log cannot be read, and waits before the next try.
    async fn rest(&self, why: &str, pause: Duration) {
        let seconds = pause.as_secs();
        eprintln!("{} {}; trying again in {seconds} s", self.clock.now(), printable(why));
        tokio::time::sleep(pause).await;
    }

    /// The query for what comes after a place: first for the end of the log, then for what is published from there on.
    fn query(&self, cursor: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        match cursor {
            None => query.append_pair("after", "latest").append_pair("limit", "1"),
            Some(cursor) => {
                query.append_pair("after", cursor).append_pair("limit", "100").append_pair("wait", "30")
            }
        };
        if !self.types.is_empty() {
            query.append_pair("type", &self.types);
        }
        query.finish()
    }

    /// Posts an event, and prints a line about it.
    async fn forward(&self, event: &LogEvent) {
        let (kind, id) = (printable(&event.kind), event.id);
        let now = self.clock.now();
        let Some(payload) = &event.payload else {
            println!("{now} {kind} {id} hidden: the key may not read this type");
            return;
        };
        let body = Bytes::copy_from_slice(payload.get().as_bytes());
        let id_text = id.to_string();
        let timestamp = now.as_secs();
        let signature = signature_header([&self.secret], &id_text, timestamp, &body);
        let url = self.forward_to.clone();
        let outgoing = Outgoing { url, id: id_text, timestamp, signature, headers: Vec::new(), body };
        let Some(exchange) = self.sender.send(&outgoing, &Open).await else { return };
        let took = exchange.timings.total_ms.round();
        match &exchange.outcome {
            Outcome::Response(answer) => println!("{now} {kind} {id} {} {took} ms", answer.status),
            Outcome::Failure(_) => {
                let history =
                    History { now: now.as_millis(), last_success_at: None, secret_rotated_at: None };
                let diagnosis = diagnosis::diagnose(&exchange.outcome, &history);
                let why = diagnosis.map(|diagnosis| diagnosis.summary).unwrap_or_default();
                println!("{now} {kind} {id} failed {took} ms: {}", printable(&why));
            }
        }
    }
}

/// A sender that may reach every address: it runs on the developer's own machine.
fn sender() -> Result<Sender, CommandError> {
    let anywhere = ["0.0.0.0/0", "::/0"].into_iter().filter_map(|range| range.parse::<IpNet>().ok());
    let config = SenderConfig {
        policy: AddressPolicy::new(anywhere.collect()),
        limits: Limits::default(),
        resolver: Resolver::system(),
        user_agent: "Sayless-Listen/1".to_owned(),
        extra_roots: Vec::new(),
    };
    Sender::new(config).map_err(|error| CommandError::new(format!("TLS cannot be set up: {error}")))
}

/// Types and groups of types, as the list of events takes them.
fn types(wanted: &[String]) -> Result<String, CommandError> {
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    for word in wanted {
        let subscription: Subscription = word
            .parse()
            .map_err(|error| CommandError::new(format!("--types: {} is {error}", printable(word))))?;
        let all = EventType::ALL.iter().filter(|kind| subscription.matches(**kind));
        kinds.extend(all.map(|kind| kind.as_str()));
    }
    Ok(Vec::from_iter(kinds).join(","))
}
