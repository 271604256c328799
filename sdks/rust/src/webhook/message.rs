//! A message: what every event has, around the data of its type.

use crate::generated::models::{ActorKind, EventId, WorkspaceId};
use crate::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// An event as a webhook receives it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Message<D> {
    /// The event's id, as in the header `webhook-id`: the same on every attempt.
    pub id: EventId,
    /// The event's type.
    #[serde(rename = "type")]
    pub type_: String,
    /// When the event happened.
    pub timestamp: Timestamp,
    /// The workspace in which the event happened.
    pub workspace_id: WorkspaceId,
    /// Who did it. An integration knows by it what it did itself.
    pub actor: Actor,
    /// What happened.
    pub data: D,
    /// The old values of the fields of `data` that changed, where the type tells them.
    #[serde(default)]
    pub previous: Option<Map<String, Value>>,
}

/// The actor of an event: the member, key or app that did it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Actor {
    /// A member, an API key, an OAuth app or the system.
    #[serde(rename = "type")]
    pub type_: ActorKind,
    /// The member's, key's or app's id; absent for the system.
    #[serde(default)]
    pub id: Option<String>,
    /// A key's name, as it was then.
    #[serde(default)]
    pub name: Option<String>,
}

impl Message<Value> {
    /// The message with its data read as `D`; `None` where they are not.
    pub(crate) fn read<D: for<'de> Deserialize<'de>>(&self) -> Option<Message<D>> {
        Some(Message {
            data: D::deserialize(&self.data).ok()?,
            id: self.id.clone(),
            type_: self.type_.clone(),
            timestamp: self.timestamp.clone(),
            workspace_id: self.workspace_id.clone(),
            actor: self.actor.clone(),
            previous: self.previous.clone(),
        })
    }
}
