//! The event catalogue: for each event type its meaning, the schema and an example of its `data` and of its whole message,
//! and the access to its events.
//!
//! All `data` must match its schema: [`check`] refuses events that other systems publish with the field at
//! fault, and events about our own changes must pass too. Further properties are always allowed. Texts in
//! `data` are not scanned for pasted secrets: they come from a system that signs in, not from a person's
//! keyboard.

mod access;
mod entries;
pub mod filter;
mod messages;
mod reader;
pub mod subscription;

use std::sync::LazyLock;

use api_types::{
    FieldError,
    events::{EventType, EventTypeInfo},
    pointer::Pointer,
    problem::FaultCode,
};
use jsonschema::{Draft, Validator, error::ValidationErrorKind, paths::LocationSegment};
use serde_json::Value;

pub use access::{is_publishable, scope_for_reading};
pub use messages::{MessageHeader, message_example, message_headers, message_schema};
pub use reader::{Reader, Sight};
pub use subscription::Subscription;

/// The most problems that one answer names.
const MAX_ERRORS: usize = 20;

struct Catalogue {
    infos: Vec<EventTypeInfo>,
    /// In the order of [`EventType::ALL`]; `None` is a schema that does not compile, which a test rules out.
    validators: Vec<Option<Validator>>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let infos: Vec<EventTypeInfo> = EventType::ALL.iter().map(|&kind| entries::info(kind)).collect();
    let validators = infos
        .iter()
        .map(|info| {
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .build(&info.schema)
                .ok()
        })
        .collect();
    Catalogue { infos, validators }
});

/// Every entry, in the order of [`EventType::ALL`].
pub fn all() -> &'static [EventTypeInfo] {
    &CATALOGUE.infos
}

/// The entry of one type.
pub fn info(kind: EventType) -> Option<&'static EventTypeInfo> {
    CATALOGUE.infos.iter().find(|info| info.kind == kind)
}

/// Checks `data` against the type's schema. The errors name fields as `/data/title` and never repeat a value.
pub fn check(kind: EventType, data: &Value) -> Result<(), Vec<FieldError>> {
    let at = EventType::ALL.iter().position(|&known| known == kind);
    let Some(Some(validator)) = at.and_then(|at| CATALOGUE.validators.get(at)) else {
        return Err(vec![FieldError::in_body("type", FaultCode::NotAllowed, "Its schema cannot be used.")]);
    };
    let errors: Vec<FieldError> = validator.iter_errors(data).take(MAX_ERRORS).map(|e| name(&e)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn name(error: &jsonschema::ValidationError<'_>) -> FieldError {
    let mut field = Pointer::from("data");
    for segment in error.instance_path() {
        field = match segment {
            LocationSegment::Property(name) => field.member(&name),
            LocationSegment::Index(at) => field.element(at),
        };
    }
    if let ValidationErrorKind::Required { property } = error.kind() {
        let field = field.member(property.as_str().unwrap_or_default());
        return FieldError::in_body(field, FaultCode::Required, "It is required.");
    }
    let code = match error.kind() {
        ValidationErrorKind::Type { .. } => FaultCode::WrongType,
        ValidationErrorKind::Enum { .. } => FaultCode::UnknownWord,
        _ => FaultCode::Malformed,
    };
    FieldError::in_body(field, code, format!("{}.", error.masked_with("It")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_has_a_schema_that_its_example_passes_and_that_asks_for_something() {
        for info in all() {
            assert_eq!(check(info.kind, &info.example), Ok(()), "{}", info.kind);
            assert!(check(info.kind, &json!({})).is_err(), "{} takes anything", info.kind);
            assert!(check(info.kind, &json!("text")).is_err(), "{} takes a text", info.kind);
            assert!(!info.description.is_empty());
            assert_eq!(info.schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        }
        assert_eq!(all().len(), EventType::ALL.len());
    }

    #[test]
    fn further_properties_are_allowed_everywhere() {
        for info in all() {
            let mut data = info.example.clone();
            data["further"] = json!({ "anything": [1, null] });
            assert_eq!(check(info.kind, &data), Ok(()), "{}", info.kind);
        }
    }

    #[test]
    fn the_field_at_fault_is_named_without_its_value() {
        let data = json!({ "id": "tkt_1", "title": 5, "status": "slk_secret", "created_at": "yesterday" });
        let errors = check(EventType::TicketCreated, &data).expect_err("refused");
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        for field in ["/data/title", "/data/status", "/data/created_at"] {
            assert!(fields.contains(&field), "{fields:?}");
        }
        assert!(!format!("{errors:?}").contains("slk_secret"), "{errors:?}");
        let errors = check(EventType::TicketCreated, &json!({ "title": "a" })).expect_err("refused");
        assert_eq!(
            errors,
            [FieldError::in_body(Pointer::from("data").member("id"), FaultCode::Required, "It is required.")]
        );
    }

    #[test]
    fn only_what_a_scope_lets_read_can_be_published_by_others() {
        for info in all() {
            let ours = matches!(info.group.as_str(), "webhook" | "delivery" | "api_key" | "oauth_app");
            assert_eq!(info.publishable, !ours, "{}", info.kind);
            assert_eq!(scope_for_reading(info.kind).is_none(), ours, "{}", info.kind);
        }
    }
}
