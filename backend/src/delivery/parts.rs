//! The parts of the delivery engine, put together once for a node.

use std::sync::Arc;

use super::{
    address::AddressPolicy,
    attempt::Means,
    dock::Dock,
    ingest::Ingest,
    publish::Publisher,
    send::{Limits, Sender, SenderConfig, TlsSetupError, resolve::Resolver},
    views::Views,
};
use crate::{
    base::{Base, Settings},
    engine::Engine,
    metrics::Metrics,
    signals::Signals,
};

/// The delivery engine of a node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Database, time, randomness, keys and settings.
    pub base: Base,
    pub publisher: Arc<Publisher>,
    /// The queue behind `POST /v1/events`.
    pub ingest: Arc<Ingest>,
    /// The place of the worker's berth.
    pub dock: Arc<Dock>,
    pub sender: Sender,
    /// Webhooks as jobs see them.
    pub views: Arc<Views>,
    /// Wakes the worker and the recoveries, and tells screens of changes.
    pub signals: Arc<Signals>,
    /// Counts attempts and events for Prometheus.
    pub metrics: Arc<Metrics>,
    /// The threads that deliver.
    pub engine: Arc<Engine>,
}

/// The parts that exist before the engine: the rest of the node puts them together.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The place of the worker's berth. Hints of commits reach the dock directly, so it is made first.
    pub dock: Arc<Dock>,
    /// Wakes the worker and the recoveries, and tells screens of changes.
    pub signals: Arc<Signals>,
    /// Counts attempts and events for Prometheus.
    pub metrics: Arc<Metrics>,
    /// The threads that deliver.
    pub engine: Arc<Engine>,
}

impl Delivery {
    /// Puts the parts together. Fails where TLS towards receivers cannot be set up.
    pub fn new(base: Base, surroundings: Surroundings) -> Result<Self, TlsSetupError> {
        let Surroundings { dock, signals, metrics, engine } = surroundings;
        let sender = sender(&base.settings)?;
        let publisher = Arc::new(Publisher::new(Arc::clone(&dock), Arc::clone(&signals)));
        let ingest = Arc::new(Ingest::new(
            base.clone(),
            Arc::clone(&publisher),
            Arc::clone(&metrics),
            engine.handle().clone(),
        ));
        let views = Arc::new(Views::new(base.db.clone(), Arc::clone(&dock)));
        Ok(Self { base, publisher, ingest, dock, sender, views, signals, metrics, engine })
    }

    /// The parts that an attempt needs.
    pub(super) fn means(&self) -> Means {
        Means { base: self.base.clone(), sender: self.sender.clone(), views: Arc::clone(&self.views) }
    }
}

fn sender(settings: &Settings) -> Result<Sender, TlsSetupError> {
    let user_agent = if settings.is_https() {
        format!("Sayless-Webhooks/1 (+{})", settings.public_url)
    } else {
        "Sayless-Webhooks/1".to_owned()
    };
    Sender::new(SenderConfig {
        policy: AddressPolicy::new(settings.allowed_destinations.clone()),
        limits: Limits {
            total: settings.delivery_timeout,
            connect: settings.connect_timeout,
            idle: settings.idle_deliveries,
            ..Limits::default()
        },
        resolver: settings.names.clone().map_or_else(Resolver::system, Resolver::Fixed),
        user_agent,
        extra_roots: settings.extra_roots.clone(),
    })
}
