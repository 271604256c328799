//! Metrics: counts and durations of a node, for Prometheus. Labels hold no ids, no addresses and no names.
//! [`scrape`] serves them.

pub mod scrape;

use std::{
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use actix_web::http::Method;
use api_types::deliveries::{AttemptOutcome, Category};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper bounds of the durations' buckets, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AttemptLabels {
    outcome: &'static str,
    category: &'static str,
}

/// The figures of a node.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// `true` once the figures are served: before that, requests are not measured.
    watched: AtomicBool,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RequestLabels, Histogram, fn() -> Histogram>,
    attempts: Family<AttemptLabels, Counter>,
    attempt_seconds: Histogram,
    /// Events that were accepted by `POST /v1/events`.
    pub events: Counter,
    /// Leases that ran out and were reclaimed: their attempts were interrupted.
    pub leases_expired: Counter,
    /// Results that came after their lease had run out.
    pub late_results: Counter,
    /// Failed requests of OAuth apps that were not noted, since there were too many.
    pub oauth_failures_dropped: Counter,
    sampled: Sampled,
}

/// Figures that are looked up when Prometheus asks.
#[derive(Debug, Default)]
struct Sampled {
    ingest_waiting: Gauge,
    leased: Gauge,
    under_way: Gauge,
    due_age: Gauge<f64, AtomicU64>,
    clock_offset: Gauge<f64, AtomicU64>,
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
        let requests = Family::<RequestLabels, Counter>::default();
        registry.register("requests", "Requests by method, route and class of status", requests.clone());
        let request_seconds =
            Family::<RequestLabels, Histogram, fn() -> Histogram>::new_with_constructor(durations);
        let until = "Until the answer began";
        registry.register_with_unit("request", until, Unit::Seconds, request_seconds.clone());
        let attempts = Family::<AttemptLabels, Counter>::default();
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
        let oauth_failures_dropped =
            counter("oauth_failures_dropped", "Failed requests of OAuth apps that were not noted");
        let sampled = Sampled::default();
        sampled.register(&mut registry);
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
            oauth_failures_dropped,
            sampled,
        }
    }
}

impl Sampled {
    fn register(&self, registry: &mut Registry) {
        for (name, help, gauge) in [
            ("ingest_waiting", "Events that wait to be stored", &self.ingest_waiting),
            ("deliveries_held", "Deliveries that this node has leased", &self.leased),
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
        let help = "How far the database's time, which is used, is ahead of this machine's clock";
        registry.register_with_unit("clock_offset", help, Unit::Seconds, self.clock_offset.clone());
    }
}

impl Metrics {
    /// Begins to measure requests.
    fn watch(&self) {
        self.watched.store(true, Ordering::Relaxed);
    }

    pub fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    /// Notes a request. `route` is the pattern of the path, not the path itself (that has ids in it); `took`
    /// is the time until the answer began.
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
        let labels = RequestLabels { method, route: route.unwrap_or_else(|| "other".into()), status };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Notes the end of an attempt to deliver. `category` is none for a success; `total_ms` is the whole
    /// exchange.
    pub fn attempt(&self, outcome: AttemptOutcome, category: Option<Category>, total_ms: f64) {
        let category = category.map_or("none", Category::as_str);
        self.attempts.get_or_create(&AttemptLabels { outcome: outcome.as_str(), category }).inc();
        self.attempt_seconds.observe(total_ms / 1000.0);
    }
}
