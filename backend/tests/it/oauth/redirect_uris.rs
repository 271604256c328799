//! Redirect URIs as they are registered: which are refused, and which are allowed with a remark.

use serde_json::{Value, json};

use crate::harness::{
    Team, World, both,
    oauth::{ThirdPartyApp, parameter},
};

fn app(kind: &str, uri: &str) -> Value {
    json!({ "name": "Acme", "kind": kind, "redirect_uris": [uri], "scopes": ["tickets:read"],
        "grants": ["authorization_code"] })
}

async fn refused(team: &Team, kind: &str, uri: &str) {
    let reply = team.admin.post("/v1/oauth-apps", &app(kind, uri)).await;
    assert_eq!(reply.status, 422, "{kind} {uri}: {}", reply.text);
    assert_eq!(reply.fields(422, "validation"), ["redirect_uris/0"], "{uri}");
}

/// Row 35 of the OAuth requirements.
#[both]
async fn what_browsers_read_otherwise_than_it_stands_is_refused(world: World) {
    let team = world.business().await;
    for uri in [
        // To a browser these lead to `app.example`, or to a path of this very server.
        "https:app.example/cb",
        "https:/app.example/cb",
        "https:///app.example/cb",
        "HTTPS:app.example/cb",
        // Numbers that browsers read as 127.0.0.1.
        "http://127.1/cb",
        "http://0x7f.0.0.1/cb",
        "http://2130706433/cb",
        "http:127.0.0.1/cb",
        "https://ex%61mple.com/cb",
        "https://acme.example/a/../cb",
        "https://acme.example/%2e%2e/cb",
        "https://acme.example/c|b",
        "https://acme.example/cb\\x",
        "https://acme.example/cb\tx",
        "https://acme.example/cb#x",
        "https://user@acme.example/cb",
        "https://*.acme.example/cb",
        // What an answer adds.
        "https://acme.example/cb?code=a",
        "https://acme.example/cb?a=b&state=c",
        "https://acme.example/cb?iss",
        "https://acme.example/cb?%65rror=a",
        "javascript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "ws://acme.example/cb",
    ] {
        for kind in ["confidential", "public"] {
            refused(&team, kind, uri).await;
        }
    }
    // A change is held to the same.
    let good = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let change = json!({ "redirect_uris": ["https:app.example/cb"] });
    assert_eq!(team.admin.patch(&good.path, &change).await.fields(422, "validation"), ["redirect_uris/0"]);
}

/// Rows 3 and 35 of the OAuth requirements.
#[both]
async fn localhost_and_short_schemes_are_for_public_apps_and_carry_a_remark(world: World) {
    let team = world.business().await;
    for (uri, remark) in [
        ("http://localhost/cb", "localhost"),
        ("http://localhost:8976/oauth/callback", "localhost"),
        ("cursor://anysphere.cursor-retrieval/oauth/callback", "scheme_without_dot"),
        ("vscode:/cb", "scheme_without_dot"),
    ] {
        refused(&team, "confidential", uri).await;
        let fields = json!({ "kind": "public", "redirect_uris": [uri, "http://127.0.0.1/cb"],
            "grants": ["authorization_code", "refresh_token"] });
        let made = ThirdPartyApp::with(&world, &team, fields).await;
        let shown = team.admin.get(&made.path).await.ok(200);
        assert_eq!(shown["redirect_uri_remarks"], json!([{ "redirect_uri": uri, "remark": remark }]));
        let id = made.question(&team.member).await;
        let question = team.member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200);
        assert_eq!(question["redirect_remark"], remark);
        made.tokens(&team.member).await;
    }
    // As with a loopback address, the port may vary and nothing else.
    let fields = json!({ "kind": "public", "redirect_uris": ["http://localhost/cb"], "grants": ["authorization_code"] });
    let made = ThirdPartyApp::with(&world, &team, fields).await;
    let location = made.consent_with(&team.member, &[("redirect_uri", "http://localhost:33418/cb")]).await;
    assert!(location.starts_with("http://localhost:33418/cb?code="), "{location}");
    for uri in [
        "http://127.0.0.1:33418/cb",
        "http://localhost:33418/other",
        "http://LOCALHOST/cb",
        "http://localhost.evil.example/cb",
        "http://localhost:0/cb",
    ] {
        made.authorize(&team.member, &[("redirect_uri", uri)]).await.shows_page("invalid_request");
    }
    // Others have none.
    let usual = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    assert_eq!(team.admin.get(&usual.path).await.ok(200)["redirect_uri_remarks"], json!([]));
    let id = usual.question(&team.member).await;
    let question = team.member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200);
    assert_eq!(question["redirect_remark"], json!(null));
    let answer = usual.consent(&team.admin).await;
    assert!(parameter(&answer, "code").is_some());
}
