//! The entries of the catalogue. The matches are exhaustive: a new type does not compile without its entry.
//!
//! Types that other systems may publish ask only for the ids of the object (any id will do). Types that we
//! alone publish ask for everything that we always send.

use api_types::events::{EventType, EventTypeInfo};
use serde_json::{Map, Value, json};

use super::access::is_publishable;

pub fn info(kind: EventType) -> EventTypeInfo {
    let (required, properties) = shape(kind);
    let properties: Map<String, Value> =
        properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    EventTypeInfo {
        kind,
        description: description(kind).into(),
        group: kind.group().into(),
        publishable: is_publishable(kind),
        schema: json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": kind.as_str(),
            "type": "object",
            "properties": properties,
            "required": required,
        }),
        example: example(kind),
    }
}

const fn description(kind: EventType) -> &'static str {
    match kind {
        EventType::TicketCreated => "A ticket was created. `data` is the ticket.",
        EventType::TicketUpdated => {
            "A ticket's title, body or assignee changed, or it was opened again. `data` is the ticket as it is now."
        }
        EventType::TicketClosed => "A ticket was closed. `data` is the ticket as it is now.",
        EventType::CommentCreated => "A comment was written on a ticket. `data` is the comment.",
        EventType::NoteCreated => "An internal note was written on a ticket. `data` is the note.",
        EventType::BroadcastCreated => "A broadcast was drafted. `data` is the broadcast.",
        EventType::BroadcastSent => "A broadcast was sent. `data` is the broadcast as it is now.",
        EventType::WebhookDisabled => {
            "A webhook was disabled: by hand, because its receiver answered 410 Gone, or after five days of nothing \
             but failures. It is never sent to that webhook itself."
        }
        EventType::WebhookRecovered => {
            "A webhook that was failing works again. It is never sent to that webhook itself."
        }
        EventType::DeliveryExhausted => {
            "A delivery used up its automatic retries. It is never sent to the webhook of that delivery."
        }
        EventType::ApiKeyCreated => "An API key was created. The secret is not part of the event.",
        EventType::ApiKeyRevoked => "An API key was revoked.",
        EventType::OAuthAppSecretRotated => {
            "An OAuth app's client secret was rotated. The secret is not part of the event."
        }
        EventType::WebhookTest => {
            "Somebody pressed \"Send test\". It goes to that webhook alone, whatever it subscribes to."
        }
    }
}

type Properties = Vec<(&'static str, Value)>;

fn text(says: &str) -> Value {
    json!({ "type": "string", "description": says })
}

fn id(says: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 200, "description": says })
}

fn time(says: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": says })
}

fn or_null(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

fn words(words: &[&str], says: &str) -> Value {
    json!({ "type": "string", "enum": words, "description": says })
}

/// The properties that a type's `data` must have, and the schema of each property.
fn shape(kind: EventType) -> (&'static [&'static str], Properties) {
    match kind {
        EventType::TicketCreated | EventType::TicketUpdated | EventType::TicketClosed => (&["id"], ticket()),
        EventType::CommentCreated => (&["id", "ticket_id"], remark("comment")),
        EventType::NoteCreated => (&["id", "ticket_id"], remark("note")),
        EventType::BroadcastCreated | EventType::BroadcastSent => (&["id"], broadcast()),
        EventType::WebhookDisabled
        | EventType::WebhookRecovered
        | EventType::WebhookTest
        | EventType::DeliveryExhausted => about_deliveries(kind),
        EventType::ApiKeyCreated | EventType::ApiKeyRevoked | EventType::OAuthAppSecretRotated => {
            about_credentials(kind)
        }
    }
}

fn ticket() -> Properties {
    vec![
        ("id", id("The ticket's id.")),
        ("title", text("What it is about.")),
        ("body", text("The whole story.")),
        ("status", words(&["open", "closed"], "Where it stands.")),
        ("assignee", or_null(text("Who works on it."))),
        ("created_at", time("When it was created.")),
        ("updated_at", time("When it last changed.")),
        ("closed_at", or_null(time("When it was closed."))),
    ]
}

fn remark(what: &str) -> Properties {
    vec![
        ("id", id(&format!("The {what}'s id."))),
        ("ticket_id", id("The ticket it is on.")),
        ("body", text("What it says.")),
        ("created_at", time("When it was written.")),
    ]
}

fn broadcast() -> Properties {
    vec![
        ("id", id("The broadcast's id.")),
        ("subject", text("What it is about.")),
        ("body", text("What it says.")),
        ("status", words(&["draft", "sent"], "Where it stands.")),
        ("created_at", time("When it was drafted.")),
        ("sent_at", or_null(time("When it was sent."))),
    ]
}

fn about_deliveries(kind: EventType) -> (&'static [&'static str], Properties) {
    let url = text("Where the webhook sends.");
    match kind {
        EventType::WebhookDisabled => (
            &["id", "url", "reason", "disabled_at"],
            vec![
                ("id", id("The webhook's id.")),
                ("url", url),
                ("reason", words(&["manual", "gone", "failing", "owner_ended"], "Why it was disabled.")),
                ("disabled_at", time("When it was disabled.")),
            ],
        ),
        EventType::WebhookRecovered => (
            &["id", "url", "failing_since", "recovered_at"],
            vec![
                ("id", id("The webhook's id.")),
                ("url", url),
                ("failing_since", time("Since when it had been failing.")),
                ("recovered_at", time("When it worked again.")),
            ],
        ),
        EventType::DeliveryExhausted => (
            &["id", "webhook_id", "event_id", "event_type", "attempts"],
            vec![
                ("id", id("The delivery's id.")),
                ("webhook_id", id("The webhook that did not take it.")),
                ("event_id", id("The event that it carries.")),
                ("event_type", text("The event's type.")),
                (
                    "attempts",
                    json!({ "type": "integer", "minimum": 1, "description": "How many there were." }),
                ),
                ("diagnosis", json!({ "type": ["object", "null"], "description": "What went wrong last." })),
            ],
        ),
        _ => (
            &["message"],
            vec![
                ("webhook_id", id("The webhook's id.")),
                ("message", text("A greeting to recognise it by.")),
            ],
        ),
    }
}

fn about_credentials(kind: EventType) -> (&'static [&'static str], Properties) {
    let hint = text("Its first and last characters, to recognise it by.");
    match kind {
        EventType::ApiKeyCreated => (
            &["id", "name", "hint", "scopes", "created_at"],
            vec![
                ("id", id("The key's id.")),
                ("name", text("What it is for.")),
                ("hint", hint),
                (
                    "scopes",
                    json!({ "type": "array", "items": { "type": "string" }, "description": "What it may do." }),
                ),
                ("created_at", time("When it was created.")),
            ],
        ),
        EventType::ApiKeyRevoked => (
            &["id", "name", "hint", "revoked_at"],
            vec![
                ("id", id("The key's id.")),
                ("name", text("What it was for.")),
                ("hint", hint),
                ("revoked_at", time("When it was revoked.")),
                ("reason", or_null(text("Why, where somebody said so."))),
            ],
        ),
        _ => (
            &["id", "name", "rotated_at"],
            vec![
                ("id", id("The app's id, which is its `client_id`.")),
                ("name", text("The app's name.")),
                ("hint", hint),
                ("rotated_at", time("When the new secret was made.")),
                ("old_expires_at", or_null(time("When the secret before it stops working."))),
            ],
        ),
    }
}

const TIME: &str = "2026-11-23T06:44:50.123Z";
const LATER: &str = "2026-11-23T07:12:03.400Z";
const TICKET: &str = "tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ";
const WEBHOOK: &str = "whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ";
const URL: &str = "https://hooks.acme.example/sayless";

fn example(kind: EventType) -> Value {
    match kind {
        EventType::TicketCreated => a_ticket("open", TIME, &Value::Null),
        EventType::TicketUpdated => a_ticket("open", LATER, &Value::Null),
        EventType::TicketClosed => a_ticket("closed", LATER, &json!(LATER)),
        EventType::CommentCreated => json!({ "id": "cmt_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "ticket_id": TICKET,
            "body": "The extinguisher is empty.", "created_at": TIME }),
        EventType::NoteCreated => json!({ "id": "nte_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "ticket_id": TICKET,
            "body": "Third time this month.", "created_at": TIME }),
        EventType::BroadcastCreated => a_broadcast("draft", &Value::Null),
        EventType::BroadcastSent => a_broadcast("sent", &json!(LATER)),
        EventType::WebhookDisabled => {
            json!({ "id": WEBHOOK, "url": URL, "reason": "gone", "disabled_at": TIME })
        }
        EventType::WebhookRecovered => {
            json!({ "id": WEBHOOK, "url": URL, "failing_since": TIME, "recovered_at": LATER })
        }
        EventType::DeliveryExhausted => {
            json!({ "id": "dlv_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "webhook_id": WEBHOOK,
            "event_id": "evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "event_type": "ticket.created", "attempts": 10,
            "diagnosis": { "code": "connection_refused", "category": "outage",
                "summary": "Nothing listens at 203.0.113.7:443.",
                "advice": "Start the receiver, then retry.", "retry_helps": "later" } })
        }
        EventType::ApiKeyCreated => json!({ "id": "key_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "name": "Warehouse sync",
            "hint": "slk_a1B2…x9Z0", "scopes": ["tickets:read"], "created_at": TIME }),
        EventType::ApiKeyRevoked => json!({ "id": "key_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "name": "Warehouse sync",
            "hint": "slk_a1B2…x9Z0", "revoked_at": TIME, "reason": "Replaced" }),
        EventType::OAuthAppSecretRotated => json!({ "id": "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ",
            "name": "Acme Desk", "hint": "sls_a1B2…x9Z0", "rotated_at": TIME, "old_expires_at": LATER }),
        EventType::WebhookTest => {
            json!({ "webhook_id": WEBHOOK, "message": "Hello from Sayless. This is a test." })
        }
    }
}

fn a_ticket(status: &str, updated_at: &str, closed_at: &Value) -> Value {
    json!({ "id": TICKET, "title": "Printer on fire", "body": "Third floor, next to the plants.",
        "status": status, "assignee": "sam@acme.example", "created_at": TIME, "updated_at": updated_at,
        "closed_at": closed_at })
}

fn a_broadcast(status: &str, sent_at: &Value) -> Value {
    json!({ "id": "brd_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "subject": "Office closed on Friday",
        "body": "The building has no power between 8 and 18.", "status": status, "created_at": TIME,
        "sent_at": sent_at })
}
