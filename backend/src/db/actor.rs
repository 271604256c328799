//! An actor as rows keep it: JSON text whose words stay as they are, whatever the wire calls them.

use api_types::audit::{Actor, ActorKind};
use serde::{Deserialize, Serialize};

/// The member, key or app that made an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredActor {
    kind: ActorKind,
    id: Option<String>,
    name: String,
}

impl From<Actor> for StoredActor {
    fn from(Actor { kind, id, name }: Actor) -> Self {
        Self { kind, id, name }
    }
}

impl From<StoredActor> for Actor {
    fn from(StoredActor { kind, id, name }: StoredActor) -> Self {
        Self { kind, id, name }
    }
}
