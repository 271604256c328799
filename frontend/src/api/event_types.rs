//! The catalogue of event types: the operation under `/v1/event-types`.

use api_types::{Page, events::EventTypeInfo};

use crate::{api::call::Query, paths::api as paths};

pub fn list() -> Query<Page<EventTypeInfo>> {
    Query::new(paths::EVENT_TYPES)
}
