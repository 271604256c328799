//! A job: one leased attempt with everything that the courier needs to make it, kept in memory.

use std::sync::Arc;

use api_types::ids::EventId;
use bytes::Bytes;

use super::slots::Slot;
use crate::db::deliveries::{
    destinations::{Destination, SealedSecret},
    leases::Lease,
};

/// An attempt to make.
#[derive(Debug)]
pub struct Job {
    /// The right to make the attempt, until a fixed time.
    pub lease: Lease,
    /// The event that is delivered; its id is the message's `webhook-id`.
    pub event: EventId,
    /// The body, byte for byte.
    pub payload: Bytes,
    pub destination: Arc<Destination>,
    /// Every secret of the webhook, newest first. All that are valid sign the request.
    pub secrets: Arc<[SealedSecret]>,
    /// The delivery's place among those that this node has leased.
    pub slot: Slot,
}
