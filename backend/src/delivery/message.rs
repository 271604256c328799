//! The body of a message: made once, when its event is published, and sent and signed as it is on every attempt.

use api_types::{
    Timestamp,
    events::{EventActor, EventType},
    ids::{EventId, WorkspaceId},
};
use diesel::{QueryResult, result::Error};
use serde::{Deserialize, Serialize};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use crate::db::{audit::Who, events::EventRow};

/// The members of a body that tell of the event itself: what, when, where, by whom.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub id: EventId,
    pub kind: EventType,
    pub at: Timestamp,
    /// The workspace that the event happened in, and the one who did it.
    pub who: &'a Who,
}

/// The exact body of a message. Its members stand in this order.
#[derive(Serialize)]
struct Body<'a> {
    id: EventId,
    #[serde(rename = "type")]
    kind: EventType,
    timestamp: Timestamp,
    workspace_id: WorkspaceId,
    actor: EventActor,
    data: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<&'a Map<String, Value>>,
}

impl Envelope<'_> {
    /// The event as it is stored.
    pub fn event(&self, data: &RawValue, previous: Option<&Map<String, Value>>) -> QueryResult<EventRow> {
        let payload = self.body(data, previous)?;
        let Self { id, kind, at: created_at, who } = *self;
        let object_id = object_id(data);
        Ok(EventRow { id, workspace_id: who.workspace_id, kind, payload, created_at, object_id })
    }

    /// The body with this `data`, whose text goes into it byte for byte, and the old values of what an update changed.
    pub fn body(&self, data: &RawValue, previous: Option<&Map<String, Value>>) -> QueryResult<String> {
        let body = Body {
            id: self.id,
            kind: self.kind,
            timestamp: self.at,
            workspace_id: self.who.workspace_id,
            actor: EventActor::from(&self.who.actor),
            data,
            previous,
        };
        serde_json::to_string(&body).map_err(unserializable)
    }
}

/// The most characters of an object's id.
const MAX_OBJECT_ID: usize = 200;

/// The id of the object that `data` is, by which its events are found.
fn object_id(data: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Object {
        id: String,
    }
    let Object { id } = serde_json::from_str(data.get()).ok()?;
    // PostgreSQL's texts hold no NUL, and nobody could ask for such an id.
    Some(id).filter(|id| id.chars().count() <= MAX_OBJECT_ID && !id.chars().any(char::is_control))
}

/// An object as the text that a body holds.
pub fn text(data: &impl Serialize) -> QueryResult<Box<RawValue>> {
    to_raw_value(data).map_err(unserializable)
}

/// The old values of the fields that differ between an object before and after its change.
pub fn previous(before: &impl Serialize, after: &impl Serialize) -> QueryResult<Map<String, Value>> {
    let fields = |object: Value| match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let before = fields(serde_json::to_value(before).map_err(unserializable)?);
    let after = fields(serde_json::to_value(after).map_err(unserializable)?);
    Ok(before.into_iter().filter(|(name, old)| after.get(name) != Some(old)).collect())
}

fn unserializable(error: serde_json::Error) -> Error {
    Error::SerializationError(error.into())
}
