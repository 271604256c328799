//! Domains of publishers: proved by a file, checked again, and seen by others only while they are proved.

mod checks;
mod faults;
mod rechecks;

use std::sync::LazyLock;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Receiver, Reply, Settings, Team, World,
    certificates::{Authority, Validity},
    oauth::ThirdPartyApp,
    sender::FixedNames,
};

/// The authority that the servers of domains are certified by.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("Domains"));

/// Names of the test's own, and servers that are certified.
fn certified(settings: &mut Settings) {
    settings.extra_roots = vec![AUTHORITY.root.clone()];
    settings.names = Some(FixedNames::default());
}

/// A server at a domain, which is found at port 443.
async fn server_at(world: &World, domain: &str) -> Receiver {
    let certificate = AUTHORITY.issue(&[domain], Validity::Now);
    let server = Receiver::https(Behaviour::Close, &certificate).await;
    world.names().set_at(domain, server.address);
    server
}

/// A public app of a new workspace, whose publisher claims a domain.
struct Claimant {
    team: Team,
    app: ThirdPartyApp,
}

impl Claimant {
    async fn new(world: &World, domain: &str) -> Self {
        let team = world.business().await;
        let fields =
            json!({ "distribution": "public", "publisher_name": "Acme Ltd", "publisher_domain": domain });
        let app = ThirdPartyApp::with(world, &team, fields).await;
        Self { team, app }
    }

    /// Signs the admin in again, whose session has ended meanwhile.
    async fn sign_in(&mut self, world: &World) {
        self.team.admin = world.sign_in(&self.team.admin.email).await;
    }

    async fn shown(&self) -> Value {
        self.team.admin.get(&self.app.path).await.ok(200)
    }

    async fn ask(&self) -> Reply {
        let path = format!("{}/verify-domain", self.app.path);
        self.team.admin.send(Method::POST, &path, "", "").await
    }

    /// Has the domain checked; the app.
    async fn verify(&self, world: &World) -> Value {
        world.advance(10);
        self.ask().await.ok(200)
    }

    /// The verification, and the fault that the last check found.
    async fn state(&self) -> (bool, Option<String>) {
        state(&self.shown().await)
    }
}

fn state(app: &Value) -> (bool, Option<String>) {
    let fault = app["publisher_domain_fault"].as_str().map(str::to_owned);
    (!app["publisher_domain_verified_at"].is_null(), fault)
}

/// An answer with a text as its body.
fn text(body: &str) -> Behaviour {
    typed("text/plain; charset=utf-8", body)
}

fn typed(kind: &str, body: &str) -> Behaviour {
    let length = body.len();
    Behaviour::Raw(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}
