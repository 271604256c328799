//! A job: one leased attempt with everything that the courier needs to make it, kept in memory.

use api_types::ids::EventId;
use bytes::Bytes;

use super::{slots::Slot, view::View};
use crate::db::deliveries::leases::Lease;

/// An attempt to make.
#[derive(Debug)]
pub struct Job {
    /// The right to make the attempt, until a fixed time.
    pub lease: Lease,
    /// The event that is delivered; its id is the message's `webhook-id`.
    pub event: EventId,
    /// The body, byte for byte.
    pub payload: Bytes,
    /// The webhook as it was when the attempt was leased. At its turn the job looks again.
    pub view: View,
    /// The delivery's place among those that this node has leased.
    pub slot: Slot,
}
