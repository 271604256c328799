//! Serves the node's metrics to Prometheus, on a listener of their own (`--metrics-listen`).

use std::{io, net::TcpListener};

use actix_web::{App as Web, HttpResponse, HttpServer, dev::Server, get, web::Data};
use prometheus_client::{encoding::text::encode, metrics::gauge::Gauge};

use super::Metrics;
use crate::{db::deliveries::leases, delivery::Delivery};

/// The most connections at once: whoever reaches this listener must not take the files of a node.
const MOST_CONNECTIONS: usize = 64;

/// Looks up the figures that are not counted as they happen.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a backlog are far below 2^53")]
async fn sample(delivery: &Delivery) {
    let sampled = &delivery.metrics.sampled;
    let count = |gauge: &Gauge, count: usize| {
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
    };
    count(&sampled.ingest_waiting, delivery.ingest.waiting());
    let load = delivery.dock.load();
    count(&sampled.leased, load.leased);
    count(&sampled.under_way, load.under_way);
    let (connections, idle) = delivery.base.db.connections();
    sampled.connections.set(i64::from(connections));
    sampled.connections_idle.set(i64::from(idle));
    count(&sampled.streams, delivery.signals.hub.listening());
    sampled.linked.set(i64::from(delivery.signals.outbox.is_linked()));
    sampled.clock_offset.set(delivery.base.clock.offset_ms() as f64 / 1000.0);
    let now = delivery.base.now();
    let oldest = delivery.base.db.query(move |conn| leases::longest_due(conn, now)).await;
    sampled.database_up.set(i64::from(oldest.is_ok()));
    if let Ok(oldest) = oldest {
        sampled.due_age.set(oldest.map_or(0.0, |at| now.millis_since(at) as f64 / 1000.0));
    }
}

/// All figures, as the text that Prometheus reads.
async fn text(delivery: &Delivery) -> Result<String, std::fmt::Error> {
    sample(delivery).await;
    let mut text = String::new();
    encode(&mut text, &delivery.metrics.registry)?;
    Ok(text)
}

#[get("/metrics")]
async fn show(delivery: Data<Delivery>) -> HttpResponse {
    match text(&delivery).await {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// Serves the figures. The server runs when awaited.
pub fn serve(delivery: Delivery, listener: TcpListener) -> io::Result<Server> {
    Metrics::watch(&delivery.metrics);
    let delivery = Data::new(delivery);
    let server = HttpServer::new(move || Web::new().app_data(delivery.clone()).service(show));
    Ok(server
        .workers(1)
        .max_connections(MOST_CONNECTIONS)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run())
}
