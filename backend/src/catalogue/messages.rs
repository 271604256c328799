//! The messages of the catalogue's types: the whole body that a webhook receives, as a schema and an example.

use api_types::events::EventType;
use serde_json::{Map, Value, json};

use super::{access::is_publishable, entries};

/// `true` if messages of the type tell of an update, and so have the old values of what changed.
const fn has_previous(kind: EventType) -> bool {
    matches!(kind, EventType::TicketUpdated | EventType::TicketClosed | EventType::BroadcastSent)
}

/// The JSON Schema (2020-12) of a message's whole body. What systems of others publish has no `previous`.
pub fn message_schema(kind: EventType) -> Value {
    let mut data = entries::info(kind).schema;
    if let Some(data) = data.as_object_mut() {
        data.remove("$schema");
        data.remove("title");
        data.insert("description".into(), json!("What happened. More properties may stand here."));
    }
    let mut properties = Map::new();
    let mut add = |name: &str, schema: Value| properties.insert(name.to_owned(), schema);
    let text = |says: &str| json!({ "type": "string", "description": says });
    add(
        "id",
        text(
            "The event's id, as in the header `webhook-id`: the same on every attempt. Skip one that you have seen.",
        ),
    );
    add("type", json!({ "type": "string", "const": kind, "description": "The event's type." }));
    add("timestamp", json!({ "type": "string", "format": "date-time", "description": "When it happened." }));
    add("workspace_id", text("The workspace in which it happened."));
    add("actor", actor_schema());
    add("data", data);
    if has_previous(kind) {
        add(
            "previous",
            json!({ "type": "object", "description": "The old values of the fields of `data` that changed." }),
        );
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": ["id", "type", "timestamp", "workspace_id", "actor", "data"],
    })
}

fn actor_schema() -> Value {
    json!({
        "type": "object",
        "description": "Who did it. An integration knows by it what it did itself.",
        "properties": {
            "type": {
                "type": "string",
                "description": "`member`, `api_key`, `oauth_app` or `system`. More words may be added.",
            },
            "id": {
                "type": ["string", "null"],
                "description": "The member's, key's or app's id; `null` for the system.",
            },
            "name": {
                "type": "string",
                "description": "A key's name, as it was then. Members and apps are told by their ids alone.",
            },
        },
        "required": ["type", "id"],
    })
}

/// An example of a message's whole body.
pub fn message_example(kind: EventType) -> Value {
    let mut message = json!({
        "id": "evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ",
        "type": kind,
        "timestamp": "2026-11-23T07:12:03.400Z",
        "workspace_id": "wsp_01JDBN5X7W3Q9K2M4E6R8T0VYZ",
        "actor": actor_example(kind),
        "data": entries::info(kind).example,
    });
    let previous = match kind {
        EventType::TicketUpdated => {
            json!({ "title": "Smell of smoke", "updated_at": "2026-11-23T06:44:50.123Z" })
        }
        EventType::TicketClosed => {
            json!({ "status": "open", "updated_at": "2026-11-23T06:44:50.123Z", "closed_at": null })
        }
        EventType::BroadcastSent => json!({ "status": "draft", "sent_at": null }),
        _ => return message,
    };
    message["previous"] = previous;
    message
}

fn actor_example(kind: EventType) -> Value {
    match kind {
        EventType::WebhookRecovered | EventType::DeliveryExhausted | EventType::WebhookDisabled => {
            json!({ "type": "system", "id": null, "name": "Sayless" })
        }
        _ if is_publishable(kind) => {
            json!({ "type": "api_key", "id": "key_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "name": "Warehouse sync" })
        }
        _ => json!({ "type": "member", "id": "usr_01JDBN5X7W3Q9K2M4E6R8T0VYZ" }),
    }
}

/// A header of every message, by the Standard Webhooks scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageHeader {
    pub name: &'static str,
    pub says: &'static str,
    pub example: Value,
}

/// The headers that a message is verified by.
pub fn message_headers() -> [MessageHeader; 3] {
    let header = |name, says, example| MessageHeader { name, says, example };
    [
        header(
            "webhook-id",
            "The event's id: the same on every attempt.",
            json!("evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ"),
        ),
        header(
            "webhook-timestamp",
            "When this attempt was made, in unix seconds. Refuse what is more than five minutes away from your clock.",
            json!(1_795_417_923),
        ),
        header(
            "webhook-signature",
            "Signatures of `{webhook-id}.{webhook-timestamp}.{body}`, one for each secret that is valid, separated by spaces: \
             `v1,` (HMAC-SHA256) or `v1a,` (ed25519) and base64. One that verifies is enough.",
            json!("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_an_example_that_is_of_its_form() {
        for &kind in EventType::ALL {
            let (schema, example) = (message_schema(kind), message_example(kind));
            assert!(jsonschema::is_valid(&schema, &example), "{kind}: {example}");
            assert_eq!(has_previous(kind), example.get("previous").is_some(), "{kind}");
            assert!(!jsonschema::is_valid(&schema, &json!({})), "{kind}");
        }
    }
}
