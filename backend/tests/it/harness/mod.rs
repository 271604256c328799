//! The tests' world: the real server on a fake clock and a fresh database, and clients that talk HTTP to it.

mod client;
mod database;
pub mod declared;
mod stored;

use std::{net::TcpListener, sync::OnceLock};

use actix_web::dev::ServerHandle;
use api_types::{
    Timestamp,
    account::{Plan, Role},
    ids::{MemberId, WorkspaceId},
};
pub use client::{Client, Events, Reply};
pub use database::{Fresh, Kind};
use sayless::{
    app::{App, Settings},
    chance::Chance,
    clock::Clock,
    crypto::{keys::ServerKeys, passwords},
    db::{DatabaseUrl, Tx, accounts},
    new_id,
    problem::Failure,
    server,
    wake::{Hint, nodes::Link},
};
use serde_json::{Value, json};

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// Writes each test twice: on SQLite and on PostgreSQL. Settings of their own go first: `both! { with crate::noun::adjust; … }`.
#[macro_export]
macro_rules! both {
    (with $adjust:path; $($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($world: $crate::harness::World) $body

        mod $name {
            #[actix_web::test]
            async fn sqlite() {
                super::$name($crate::harness::World::start_with($crate::harness::Kind::Sqlite, $adjust)).await;
            }

            #[actix_web::test]
            async fn postgres() {
                super::$name($crate::harness::World::start_with($crate::harness::Kind::Postgres, $adjust)).await;
            }
        }
    )+};
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {
        $crate::both! { with $crate::harness::as_they_are; $($(#[$meta])* async fn $name($world) $body)+ }
    };
}

/// Leaves the settings alone.
pub const fn as_they_are(_: &mut Settings) {}

/// A running server with a database of its own.
pub struct World {
    /// The server's parts: its clock is moved by hand.
    pub app: App,
    /// Where it answers: `http://127.0.0.1:PORT`.
    pub url: String,
    server: ServerHandle,
    // Dropped last: the database goes when nobody uses it any more.
    database: Fresh,
}

impl World {
    /// Starts a server on a fresh database of this kind.
    pub fn start(kind: Kind) -> Self {
        Self::start_with(kind, |_| {})
    }

    /// The same, with settings of one's own. Loopback destinations are allowed unless they take that back.
    pub fn start_with(kind: Kind, adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(Fresh::create(kind), adjust)
    }

    /// The same on this database.
    pub fn start_on(database: Fresh, adjust: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = Settings::new(url.parse().unwrap());
        settings.allowed_destinations = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        adjust(&mut settings);
        let chance = Chance::from_os();
        let clock = Clock::by_hand("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
        let keys = ServerKeys::random(&chance);
        let app = App::build(&database.url, keys, clock, chance, settings).unwrap();
        let server = server::build(app.clone(), listener, None, 1).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { app, url, server: handle, database }
    }

    /// A new workspace on `plan` with one admin and one member, both signed in.
    pub async fn team(&self, plan: Plan) -> Team {
        let id = new_id!(self.app, WorkspaceId);
        let app = self.app.clone();
        self.app
            .db
            .write(move |tx| {
                Ok::<_, Failure>(accounts::insert_workspace(tx, id, "Acme", plan, app.clock.now())?)
            })
            .await
            .unwrap();
        let admin = self.join(id, Role::Admin).await;
        let member = self.join(id, Role::Member).await;
        Team { id, admin, member }
    }

    /// Moves a workspace to another plan, as the operator's command does.
    pub async fn move_to(&self, workspace: WorkspaceId, plan: Plan) {
        let work = move |tx: &mut Tx<'_>| {
            accounts::set_plan(tx, workspace, plan)?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok::<_, Failure>(())
        };
        self.app.db.write(work).await.unwrap();
    }

    /// A new workspace on the business plan.
    pub async fn business(&self) -> Team {
        self.team(Plan::Business).await
    }

    /// Adds a new member to a workspace and signs them in.
    pub async fn join(&self, workspace: WorkspaceId, role: Role) -> Client {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| passwords::hash(PASSWORD, [7; 16]).unwrap());
        let (app, id) = (self.app.clone(), new_id!(self.app, MemberId));
        let email = format!("{}@example.com", id.as_str().to_lowercase());
        let written = email.clone();
        self.app
            .db
            .write(move |tx| {
                let now = app.clock.now();
                accounts::insert_member(tx, id, &written, hash, now)?;
                accounts::insert_membership(tx, workspace, id, role, now)?;
                Ok::<_, Failure>(())
            })
            .await
            .unwrap();
        self.sign_in(&email).await
    }

    /// Signs a member in as a browser would.
    pub async fn sign_in(&self, email: &str) -> Client {
        let client = self.anyone();
        let reply = client.post("/v1/session", &json!({ "email": email, "password": PASSWORD })).await;
        let cookie = reply.header("set-cookie").unwrap_or_default().to_owned();
        reply.ok(200);
        client.with_header("cookie", cookie.split(';').next().unwrap()).of(email)
    }

    /// A client without any credential.
    pub fn anyone(&self) -> Client {
        Client::new(&self.url)
    }

    /// A client that sends `key` as a Bearer credential.
    pub fn bearer(&self, key: &str) -> Client {
        self.anyone().with_header("authorization", &format!("Bearer {key}"))
    }

    /// Creates an API key with `scopes` and gives a client that uses it.
    pub async fn key(&self, team: &Team, scopes: &[&str]) -> Client {
        let made = team.create_key(scopes).await;
        self.bearer(made["key"].as_str().unwrap())
    }

    /// Moves the clock.
    pub fn advance(&self, seconds: u64) {
        self.app.clock.advance(std::time::Duration::from_secs(seconds));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Another node on a world's database, with its keys and its clock.
pub struct Node {
    /// Its parts.
    pub app: App,
    /// Where it answers.
    pub url: String,
    server: ServerHandle,
    _link: Option<Link>,
}

impl World {
    /// Starts another node, linked with the others or not.
    pub async fn another_node(&self, linked: bool) -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = (*self.app.settings).clone();
        // Browsers reach all nodes under one name.
        settings.public_url = self.url.parse().unwrap();
        let keys = (*self.app.keys).clone();
        let app = App::build(&self.database.url, keys, self.app.clock.clone(), Chance::from_os(), settings)
            .unwrap();
        let server = server::build(app.clone(), listener, None, 1).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let link = if linked { Some(self.link_of(&app).await) } else { None };
        Node { app, url, server: handle, _link: link }
    }

    /// Where its database is.
    pub fn database_url(&self) -> &DatabaseUrl {
        &self.database.url
    }

    /// Links the world's own node with the others.
    pub async fn link(&self) -> Link {
        self.link_of(&self.app).await
    }

    async fn link_of(&self, app: &App) -> Link {
        let link = Link::start(app, &self.database.url).unwrap();
        crate::receiver::eventually("the link is up", async || app.wake.outbox.is_linked()).await;
        link
    }
}

impl Node {
    /// The same client, talking to this node.
    pub fn serves(&self, client: &Client) -> Client {
        client.at(&self.url)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// A workspace with its people.
pub struct Team {
    /// The workspace.
    pub id: WorkspaceId,
    /// Its admin's session.
    pub admin: Client,
    /// Its member's session.
    pub member: Client,
}

impl Team {
    /// Creates an API key and answers with it, its secret included.
    pub async fn create_key(&self, scopes: &[&str]) -> Value {
        self.admin.post("/v1/api-keys", &json!({ "name": "A key", "scopes": scopes })).await.ok(201)
    }

    /// The actions in the audit log, newest first.
    pub async fn audited(&self) -> Vec<String> {
        let log = self.admin.get("/v1/audit-log?limit=200").await.ok(200);
        let entries = log["data"].as_array().unwrap();
        entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    }
}
