//! What an operator watches, for Prometheus, on a listener of its own (`--metrics-listen`). Counts and durations only: no
//! ids, no addresses, no names.

use std::{
    io,
    net::TcpListener,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use actix_web::{App as Web, HttpResponse, HttpServer, dev::Server, get, http::Method, web::Data};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::{app::App, db::deliveries::leases, delivery::Told, problem::Failure};

/// Upper bounds of the durations' buckets, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Attempt {
    outcome: &'static str,
    category: &'static str,
}

/// A node's figures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Whether anybody can ask: otherwise requests are not measured.
    watched: AtomicBool,
    requests: Family<Request, Counter>,
    request_seconds: Family<Request, Histogram, fn() -> Histogram>,
    attempts: Family<Attempt, Counter>,
    attempt_seconds: Histogram,
    /// Events that were accepted by `POST /v1/events`.
    pub events: Counter,
    /// Leases that ran out: their attempts were interrupted.
    pub leases_expired: Counter,
    /// Results that came after their lease had run out.
    pub late_results: Counter,
    asked: Asked,
}

/// What is looked up when somebody asks.
#[derive(Debug, Default)]
struct Asked {
    ingest_waiting: Gauge,
    held: Gauge,
    under_way: Gauge,
    due_age: Gauge<f64, AtomicU64>,
    database_up: Gauge<i64, AtomicI64>,
    connections: Gauge,
    connections_idle: Gauge,
    streams: Gauge,
    linked: Gauge,
}

fn durations() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("sayless");
        let requests = Family::<Request, Counter>::default();
        registry.register("requests", "Requests by method, route and class of status", requests.clone());
        let request_seconds =
            Family::<Request, Histogram, fn() -> Histogram>::new_with_constructor(durations);
        registry.register_with_unit(
            "request",
            "Until the answer began",
            Unit::Seconds,
            request_seconds.clone(),
        );
        let attempts = Family::<Attempt, Counter>::default();
        registry.register(
            "attempts",
            "Attempts to deliver, by outcome and whose problem it was",
            attempts.clone(),
        );
        let attempt_seconds = durations();
        registry.register_with_unit(
            "attempt",
            "From looking the name up to the last byte",
            Unit::Seconds,
            attempt_seconds.clone(),
        );
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let events = counter("events_accepted", "Events that POST /v1/events accepted");
        let leases_expired =
            counter("leases_expired", "Attempts that were interrupted: their leases ran out");
        let late_results = counter("late_results", "Results that came after their lease had run out");
        let asked = Asked::default();
        asked.register(&mut registry);
        Self {
            registry,
            watched: AtomicBool::new(false),
            requests,
            request_seconds,
            attempts,
            attempt_seconds,
            events,
            leases_expired,
            late_results,
            asked,
        }
    }
}

impl Asked {
    fn register(&self, registry: &mut Registry) {
        for (name, help, gauge) in [
            ("ingest_waiting", "Events that wait to be stored", &self.ingest_waiting),
            ("deliveries_held", "Deliveries that this node has leased", &self.held),
            ("attempts_under_way", "Requests to receivers under way", &self.under_way),
            ("database_connections", "Connections in the pool", &self.connections),
            ("database_connections_idle", "Connections in the pool that nobody uses", &self.connections_idle),
            ("streams", "Streams of changes that are open", &self.streams),
            (
                "nodes_linked",
                "Whether this node hears of the others at once (1) or by looking (0)",
                &self.linked,
            ),
            ("database_up", "Whether the database answered just now", &self.database_up),
        ] {
            registry.register(name, help, gauge.clone());
        }
        let help = "How long the delivery that is due longest has been";
        registry.register_with_unit("due_age", help, Unit::Seconds, self.due_age.clone());
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a backlog are far below 2^53")]
    async fn look(&self, app: &App) {
        let count = |gauge: &Gauge, count: usize| {
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        };
        count(&self.ingest_waiting, app.ingest.waiting());
        let crew = app.wake.courier.crew();
        count(&self.held, crew.as_ref().map_or(0, |crew| crew.slots.held()));
        count(&self.under_way, crew.as_ref().map_or(0, |crew| crew.slots.under_way()));
        let (connections, idle) = app.db.connections();
        self.connections.set(i64::from(connections));
        self.connections_idle.set(i64::from(idle));
        count(&self.streams, app.wake.hub.listening());
        self.linked.set(i64::from(app.wake.outbox.is_linked()));
        let now = app.clock.now();
        let oldest = app.db.read(move |conn| Ok::<_, Failure>(leases::longest_due(conn, now)?)).await;
        self.database_up.set(i64::from(oldest.is_ok()));
        if let Ok(oldest) = oldest {
            self.due_age.set(oldest.map_or(0.0, |at| now.millis_since(at) as f64 / 1000.0));
        }
    }
}

impl Metrics {
    /// Whether requests are to be measured.
    pub fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    /// Notes a request: its method, the pattern of its path (not the path, which has ids in it), its status, and how long
    /// it took until its answer began.
    pub fn request(&self, method: &Method, route: Option<String>, status: u16, took: Duration) {
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "other",
        };
        let status = match status {
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        let labels = Request { method, route: route.unwrap_or_else(|| "other".into()), status };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Notes how attempts ended, once it is written down.
    pub fn attempts<'a>(&self, told: impl Iterator<Item = Told<'a>>) {
        for Told { outcome, diagnosis, timings } in told {
            let category = diagnosis.map_or("none", |diagnosis| diagnosis.category.as_str());
            self.attempts.get_or_create(&Attempt { outcome: outcome.as_str(), category }).inc();
            self.attempt_seconds.observe(timings.total_ms / 1000.0);
        }
    }

    /// All of it, as Prometheus reads it.
    async fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        self.asked.look(app).await;
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Prometheus asks here.
#[get("/metrics")]
async fn show(app: Data<App>) -> HttpResponse {
    match app.metrics.text(&app).await {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// Serves the figures on a listener of their own; it runs when awaited.
pub fn serve(app: App, listener: TcpListener) -> io::Result<Server> {
    app.metrics.watched.store(true, Ordering::Relaxed);
    let app = Data::new(app);
    let server = HttpServer::new(move || Web::new().app_data(app.clone()).service(show));
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}
