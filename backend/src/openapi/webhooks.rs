//! The document's section of webhooks: the requests that Sayless makes itself, one for each type of event.

use api_types::events::EventType;
use serde_json::{Map, Value, json};

use crate::catalogue;

/// Describes what receivers get.
pub fn describe(document: &mut Value) {
    let webhooks: Map<String, Value> =
        EventType::ALL.iter().map(|&kind| (kind.to_string(), json!({ "post": request(kind) }))).collect();
    document["webhooks"] = Value::Object(webhooks);
}

fn request(kind: EventType) -> Value {
    let description = catalogue::info(kind).map(|info| info.description.as_str()).unwrap_or_default();
    json!({
        "tags": ["Events"],
        "operationId": operation_id(kind),
        "summary": kind,
        "description": description,
        "security": [],
        "parameters": headers(),
        "requestBody": {
            "description": "The body that is signed, byte for byte the same on every attempt. `data` of a published event is as its \
                publisher wrote it: numbers may have more digits than your language reads.",
            "required": true,
            "content": { "application/json": {
                "schema": catalogue::message_schema(kind),
                "example": catalogue::message_example(kind),
            } },
        },
        "responses": {
            "204": { "description": "Taken. Any status from 200 to 299 will do, within 15 seconds." },
            "410": { "description": "Nobody wants this any more: the webhook is disabled at once." },
            "429": { "description": "Come back later; `Retry-After` says when. So does 503." },
            "default": { "description": "Anything else is a failure, which is tried again." },
        },
    })
}

/// Such as `receiveTicketCreated`.
fn operation_id(kind: EventType) -> String {
    let words = kind.as_str().split(['.', '_']);
    words.fold("receive".to_owned(), |id, word| id + &word[..1].to_uppercase() + &word[1..])
}

/// The headers of the Standard Webhooks scheme.
fn headers() -> Value {
    let described = catalogue::message_headers().map(|header| {
        let kind = if header.example.is_string() { "string" } else { "integer" };
        json!({
            "name": header.name, "in": "header", "required": true, "description": header.says,
            "schema": { "type": kind, "examples": [header.example] },
        })
    });
    json!(described)
}
