//! Texts that people write, in every operation that takes any: names on one line show what is stored, and free texts are
//! kept as they came.

use serde_json::{Value, json};

use crate::harness::{
    Client, Fixture, Operation, World, both, oauth::ThirdPartyApp, openapi::resolve, operations,
};

/// The fields that are names or other texts on one line, wherever they stand.
const ONE_LINE: &[&str] = &["publisher_name", "name", "title", "subject", "assignee", "reason"];
/// The operations whose description is on one line.
const ONE_LINE_DESCRIPTION: &[&str] = &["createWebhook", "updateWebhook"];
/// One-line texts that may be left empty.
const OPTIONAL: &[&str] = &["publisher_name", "assignee", "reason", "description"];

/// The fields of an operation's body.
fn fields(operation: &Operation) -> Vec<String> {
    let content = &operation.described["requestBody"]["content"]["application/json"]["schema"];
    let properties = resolve(content)["properties"].as_object();
    properties.map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

fn is_one_line(operation: &Operation, field: &str) -> bool {
    ONE_LINE.contains(&field)
        || field == "description" && ONE_LINE_DESCRIPTION.contains(&operation.id.as_str())
}

async fn send(
    fixture: &Fixture,
    operation: &Operation,
    client: &Client,
    field: &str,
    text: &str,
) -> crate::harness::Reply {
    let mut body = fixture.body(operation);
    body[field] = json!(text);
    operation.send(client, &fixture.path(operation), &body).await
}

#[both]
async fn a_name_shows_what_is_stored(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    let before = fixture.team.audited().await;
    let mut checked = 0;
    for operation in operations() {
        for field in fields(&operation).iter().filter(|field| is_one_line(&operation, field)) {
            let hidden = [
                "Ac\u{200b}me",
                "Acme \u{202e}txt",
                "\u{2066}Acme\u{2069}",
                "\u{feff}Acme",
                "Ac\u{ad}me",
                "Acme\u{e0041}",
                "Acme\u{200d}",
                "\u{200c}Acme",
                "Ac\u{85}me",
                "Ac\u{9d}me",
                "Ac\u{2028}me",
                "Ac\u{2029}me",
                "Ac\nme",
                "Ac\tme",
                "\u{301}",
                "\u{fe0f}",
                "\u{200b}",
            ];
            let empty = if OPTIONAL.contains(&field.as_str()) {
                &[][..]
            } else {
                &["", "  ", "\u{3164}", "\u{2800}"]
            };
            for text in hidden.iter().chain(empty) {
                let named = send(&fixture, &operation, admin, field, text).await.fields(422, "validation");
                assert_eq!(named, [field.as_str()], "{} {text:?}", operation.id);
            }
            checked += 1;
        }
    }
    assert!(checked >= 12, "{checked} names");
    assert_eq!(fixture.team.audited().await, before);
}

#[both]
async fn a_name_of_any_script_is_kept_without_the_blanks_around_it(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations() {
        for field in fields(&operation).iter().filter(|field| is_one_line(&operation, field)) {
            for name in ["می\u{200c}خواهم", "👨\u{200d}👩\u{200d}👧", "שלום", "Zoë & Söhne"]
            {
                // An API key can be revoked once, with one reason.
                let fresh = if field == "reason" { Some(Fixture::make(&world).await) } else { None };
                let fixture = fresh.as_ref().unwrap_or(&fixture);
                let admin = &fixture.team.admin;
                let padded = format!(" \u{2003}{name}\u{3164} ");
                let reply = send(fixture, &operation, admin, field, &padded).await;
                // A plan has only so much room.
                if reply.status == 403 {
                    reply.problem(403, "plan-limit");
                    continue;
                }
                let status = reply.status;
                assert!((200..300).contains(&status), "{}: {}", operation.id, reply.text);
                let stored = reply.ok(status);
                let stored = if field == "reason" { &stored["revoked_reason"] } else { &stored[field] };
                assert_eq!(stored, name, "{}", operation.id);
            }
        }
    }
}

#[both]
async fn a_free_text_is_kept_as_it_came(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    let text = "\n    an indented line\r\n\ttabbed \u{200e}\u{feff}\n\n  ";
    let mut kept = 0;
    for operation in operations() {
        for field in fields(&operation) {
            let free = matches!(field.as_str(), "body" | "note")
                || field == "description" && !is_one_line(&operation, &field);
            if !free {
                continue;
            }
            let reply = send(&fixture, &operation, admin, &field, text).await;
            let status = reply.status;
            assert!((200..300).contains(&status), "{}: {}", operation.id, reply.text);
            assert_eq!(reply.ok(status)[&field], text, "{}", operation.id);
            kept += 1;
        }
    }
    assert!(kept >= 9, "{kept} free texts");
    for operation in
        operations().iter().filter(|operation| operation.path.ends_with("ments") && operation.changes())
    {
        for empty in ["", "  \n\t ", "\u{200b}", "\u{3164}"] {
            let named = send(&fixture, operation, admin, "body", empty).await.fields(422, "validation");
            assert_eq!(named, ["body"], "{empty:?}");
        }
    }
}

#[test]
fn every_text_of_a_body_is_known_to_be_a_name_or_free() {
    // What the other tests leave out: words, ids, times, addresses, secrets and pictures.
    const OTHERS: &[&str] = &[
        "canary",
        "category",
        "client_documents",
        "data",
        "declined_scopes",
        "distribution",
        "email",
        "event_id",
        "event_type",
        "event_types",
        "expires_at",
        "filter",
        "grants",
        "headers",
        "homepage_url",
        "include",
        "kind",
        "logo",
        "optional_scopes",
        "ordered",
        "overlap",
        "password",
        "policy",
        "publisher_domain",
        "redirect_uris",
        "replaces",
        "scopes",
        "signature",
        "since",
        "status",
        "type",
        "until",
        "url",
        "user_code",
        "webhook_id",
        "workspace_id",
        "allowed_ips",
        "rate_limit",
        "rate_per_second",
        "dry_run",
        "suspended",
        "body",
        "description",
        "note",
        "rotatable",
    ];
    for operation in operations() {
        for field in fields(&operation) {
            let known = is_one_line(&operation, &field) || OTHERS.contains(&field.as_str());
            assert!(known, "is {field} of {} a name on one line? Say so in this file", operation.id);
        }
    }
}

#[both]
async fn the_consent_screen_never_shows_a_name_that_hides_another(world: World) {
    let team = world.business().await;
    let body = |name: &str| {
        json!({ "name": name, "redirect_uris": ["https://app.example/callback"], "scopes": ["tickets:read"],
            "kind": "confidential" })
    };
    for name in ["emcA\u{202e}", "\u{202d}Acme", "Acme\u{200b}", "\u{115f}\u{1160}", "\u{2800}\u{2800}"] {
        let reply = team.admin.post("/v1/oauth-apps", &body(name)).await;
        assert_eq!(reply.fields(422, "validation"), ["name"], "{name:?}");
    }
    let app = ThirdPartyApp::with(&world, &team, json!({ "name": "\u{3164} Acme \u{2003}" })).await;
    let id = app.question(&team.member).await;
    let question: Value = team.member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200);
    assert_eq!(question["app"]["name"], "Acme");
}
