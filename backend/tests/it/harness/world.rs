//! The world of a test: the real server on a database of its own, with a clock that only the test moves.

use std::{net::TcpListener, time::Duration};

use actix_web::dev::ServerHandle;
use api_types::Timestamp;
use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::connection::SimpleConnection;
use sayless::{
    app::App,
    base::{FixedNames, Settings},
    clock::Clock,
    crypto::keys::ServerKeys,
    db::{Conn, DatabaseUrl, DbError, Tx},
    http::problem::Failure,
    metrics,
    random::Random,
    server,
};

use super::{Client, Fresh, Kind, Team};

/// A running server with a database of its own.
pub struct World {
    /// The server's inside. Tests reach it by the functions of this folder.
    pub(super) app: App,
    /// The server's address: `http://127.0.0.1:PORT`.
    pub url: String,
    server: ServerHandle,
    pub(super) keys: EnvironmentKeys,
    // The last field is dropped last: the database goes when nobody uses it any more.
    pub(super) database: Fresh,
}

/// A server's keys as the environment has them, so that a command can be given the same.
pub(super) struct EnvironmentKeys {
    pub(super) pepper: String,
    pub(super) sealing_key: String,
}

impl EnvironmentKeys {
    fn random(random: &Random) -> Self {
        let key = || format!("1:{}", STANDARD.encode(random.bytes::<32>()));
        Self { pepper: key(), sealing_key: key() }
    }

    fn parse(&self) -> ServerKeys {
        ServerKeys::parse(&self.pepper, &self.sealing_key).unwrap()
    }
}

impl World {
    /// Starts a server on a fresh database of this kind.
    pub fn start(kind: Kind) -> Self {
        Self::start_with(kind, |_| {})
    }

    /// Starts a server with settings of its own. Webhooks may lead to loopback addresses unless they take that back.
    pub fn start_with(kind: Kind, adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(Fresh::create(kind), adjust)
    }

    /// Starts a server on this database, with settings of its own.
    pub fn start_on(database: Fresh, adjust: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = Settings::new(url.parse().unwrap());
        settings.allowed_destinations = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        adjust(&mut settings);
        let random = Random::from_os();
        let clock = Clock::by_hand("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
        let keys = EnvironmentKeys::random(&random);
        let app = App::build(&database.url, keys.parse(), clock, random, settings).unwrap();
        let server = serve(&app, listener);
        Self { app, url, server, keys, database }
    }

    /// Builds several nodes at once on a database without tables, as machines do that an operator starts together.
    pub fn build_together(nodes: usize, database: &Fresh) {
        let keys = EnvironmentKeys::random(&Random::from_os());
        let build = || {
            let random = Random::from_os();
            let settings = Settings::new("http://127.0.0.1:1".parse().unwrap());
            App::build(&database.url, keys.parse(), Clock::wall(), random, settings).map(drop)
        };
        std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..nodes).map(|_| scope.spawn(build)).collect();
            for node in nodes {
                node.join().unwrap().unwrap();
            }
        });
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

    /// The time on the server's clock.
    pub fn now(&self) -> Timestamp {
        self.app.base.clock.now()
    }

    /// Moves the clock by whole seconds.
    pub fn advance(&self, seconds: u64) {
        self.advance_by(Duration::from_secs(seconds));
    }

    /// Moves the clock.
    pub fn advance_by(&self, duration: Duration) {
        self.app.base.clock.advance(duration);
    }

    /// Sets the clock back, as an operator or a time server does.
    pub fn set_back(&self, seconds: u64) {
        self.app.base.clock.set_back(Duration::from_secs(seconds));
    }

    /// Moves the clock in steps that the worker can follow, until something holds.
    pub async fn step_until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        for _ in 0..400 {
            if holds().await {
                return;
            }
            self.advance_by(Duration::from_millis(250));
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        panic!("never: {what}");
    }

    /// The names that exist for deliveries, where the settings have any.
    pub fn names(&self) -> &FixedNames {
        self.app.base.settings.names.as_ref().unwrap()
    }

    /// The database's address.
    pub fn database_url(&self) -> &DatabaseUrl {
        &self.database.url
    }

    /// True where the database is SQLite, within the server's own process.
    pub fn is_embedded(&self) -> bool {
        self.app.base.db.is_embedded()
    }

    /// Reads from the database.
    pub async fn read<T, F>(&self, query: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.app.base.db.read(query).await.unwrap()
    }

    /// Writes to the database in a transaction.
    pub async fn write<T, F>(&self, work: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.try_write(work).await.unwrap()
    }

    /// Writes to the database in a transaction that may fail.
    pub fn try_write<T, F>(&self, work: F) -> impl Future<Output = Result<T, Failure>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let db = self.app.base.db.clone();
        async move { db.write(work).await }
    }

    /// Executes an SQL statement in a transaction.
    pub fn execute<S: Into<String>>(
        &self,
        statement: S,
    ) -> impl Future<Output = Result<(), DbError>> + Send + use<S> {
        let statement = statement.into();
        let db = self.app.base.db.clone();
        async move { db.write(move |tx| Ok(tx.batch_execute(&statement)?)).await }
    }

    /// Serves the operator's metrics on a listener of their own.
    pub fn serve_metrics(&self) -> (Client, ServerHandle) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let prometheus = Client::new(&format!("http://{}", listener.local_addr().unwrap()));
        let server = metrics::scrape::serve(self.app.delivery.clone(), listener).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        (prometheus, handle)
    }

    /// Ends all streams of hints, as the server does when it is asked to stop.
    pub fn close_streams(&self) {
        self.app.signals.close();
    }

    /// The number of streams of hints that are open.
    pub fn open_streams(&self) -> usize {
        self.app.signals.hub.listening()
    }

    /// The number of requests that wait for events of a log.
    pub fn waiting_readers(&self) -> usize {
        self.app.signals.log.waiting()
    }

    /// The number of deliveries that the node has leased.
    pub fn leased(&self) -> usize {
        self.app.delivery.dock.load().leased
    }

    /// The number of events that wait to be stored.
    pub fn waiting_events(&self) -> usize {
        self.app.delivery.ingest.waiting()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Has a server answer on a listener.
pub(super) fn serve(app: &App, listener: TcpListener) -> ServerHandle {
    let server = server::build(app.clone(), listener, None, 1).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    handle
}
