//! `/oauth/authorize`: questions to a member, errors that go back to the app, and errors that go nowhere.

use serde_json::json;

use crate::harness::{
    World, both,
    oauth::{CALLBACK, ThirdPartyApp, VERIFIER, challenge, form, parameter, post},
};

/// Row 1 of the OAuth requirements.
#[both]
async fn an_unknown_a_suspended_and_a_deleted_app_send_nobody_anywhere(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for id in ["", "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "rubbish", "%00", "<script>"] {
        let page = app.authorize(&team.member, &[("client_id", id)]).await;
        assert!(!page.text.contains("<script>"), "{}", page.text);
        page.shows_page(if id.is_empty() { "invalid_request" } else { "invalid_client" });
    }
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    app.authorize(&team.member, &[]).await.shows_page("invalid_client");
    team.admin.post(&format!("{}/resume", app.path), &json!({})).await.ok(200);
    app.question(&team.member).await;
    team.admin.delete(&app.path).await.ok(204);
    app.authorize(&team.member, &[]).await.shows_page("invalid_client");
}

/// Row 2 of the OAuth requirements.
#[both]
async fn a_redirect_uri_is_compared_exactly(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for uri in [
        "https://acme.example/callback/",
        "https://acme.example/callback?",
        "https://acme.example/callback?a=b",
        "https://acme.example/callback#a",
        "https://acme.example/Callback",
        "https://ACME.example/callback",
        "HTTPS://acme.example/callback",
        "https://www.acme.example/callback",
        "https://acme.example.evil.example/callback",
        "https://user@acme.example/callback",
        "https://acme.example:443/callback",
        "https://acme.example/callback/../callback",
        "https://acme.example/%63allback",
        "http://acme.example/callback",
        "javascript:alert(1)",
        "//acme.example/callback",
        "/callback",
        "https://acme.example/callback ",
        "https://acme.example/callback\u{0}",
    ] {
        app.authorize(&team.member, &[("redirect_uri", uri)]).await.shows_page("invalid_request");
    }
    // A redirect URI may be left out where only one is registered, and not where several are.
    app.question_with(&team.member, &[("redirect_uri", "")]).await;
    let two = json!({ "redirect_uris": [CALLBACK, "https://acme.example/other?a=b"] });
    team.admin.patch(&app.path, &two).await.ok(200);
    app.authorize(&team.member, &[("redirect_uri", "")]).await.shows_page("invalid_request");
    let location =
        app.consent_with(&team.member, &[("redirect_uri", "https://acme.example/other?a=b")]).await;
    assert!(location.starts_with("https://acme.example/other?a=b&code="), "{location}");
}

/// Rows 3 and 4 of the OAuth requirements.
#[both]
async fn only_the_port_of_a_loopback_address_may_vary(world: World) {
    let team = world.business().await;
    let uris = json!({ "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]/cb"], "kind": "public",
        "grants": ["authorization_code"] });
    let app = ThirdPartyApp::with(&world, &team, uris).await;
    for uri in
        ["http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb", "http://[::1]:49152/cb"]
    {
        let location = app.consent_with(&team.member, &[("redirect_uri", uri)]).await;
        assert!(location.starts_with(&format!("{uri}?code=")), "{location}");
    }
    for uri in [
        "http://localhost/cb",
        "http://localhost:1/cb",
        "http://127.0.0.1:1/other",
        "http://127.0.0.1:1/cb/",
        "http://127.0.0.2:1/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:99999/cb",
        "https://127.0.0.1:1/cb",
        "http://127.0.0.1:1@evil.example/cb",
        "http://[::ffff:127.0.0.1]:1/cb",
    ] {
        app.authorize(&team.member, &[("redirect_uri", uri)]).await.shows_page("invalid_request");
    }
}

/// Rows 5 to 8, 22 and 34 of the OAuth requirements.
#[both]
async fn what_is_wrong_with_the_rest_goes_back_to_the_app(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let short = "a".repeat(42);
    let long = "a".repeat(44);
    for (name, value, error) in [
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", short.as_str(), "invalid_request"),
        ("code_challenge", long.as_str(), "invalid_request"),
        ("code_challenge", &format!("{}=", &short), "invalid_request"),
        ("code_challenge", &format!("{}é", &short[1..]), "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "s256", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code token", "unsupported_response_type"),
        ("response_type", "none", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("request", "eyJ", "request_not_supported"),
        ("scope", "broadcasts:read", "invalid_scope"),
        ("scope", "openid everything", "invalid_scope"),
        ("scope", " ", "invalid_scope"),
        ("resource", "https://elsewhere.example", "invalid_target"),
        ("resource", "https://elsewhere.example/v1", "invalid_target"),
    ] {
        let location = app.authorize(&team.member, &[(name, value)]).await.sent_back(&app, error);
        assert_eq!(parameter(&location, "state").as_deref(), Some("xyz &=ü"));
    }
    app.question_with(&team.member, &[("resource", &world.url)]).await;
    team.admin.patch(&app.path, &json!({ "grants": ["client_credentials"] })).await.ok(200);
    app.authorize(&team.member, &[]).await.sent_back(&app, "unauthorized_client");
    // Without a state, none goes back.
    let location = app.authorize(&team.member, &[("state", "")]).await.sent_back(&app, "unauthorized_client");
    assert_eq!(parameter(&location, "state"), None);
}

/// Row 9 of the OAuth requirements.
#[both]
async fn a_repeated_parameter_is_refused_and_one_that_says_where_to_go_is_not_followed(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let url = app.authorize_url(&[]);
    for again in [
        "scope=tickets%3Aread&scope=tickets%3Aread",
        "state=again",
        "response_type=code",
        "code_challenge=again",
        "code_challenge_method=S256",
        "unknown=1&unknown=2",
    ] {
        team.member.get(&format!("{url}&{again}")).await.sent_back(&app, "invalid_request");
    }
    for again in [
        form(&[("redirect_uri", CALLBACK)]),
        form(&[("client_id", &app.id)]),
        form(&[("redirect_uri", "https://evil.example")]),
    ] {
        team.member.get(&format!("{url}&{again}")).await.shows_page("invalid_request");
    }
    // A parameter that comes ten thousand times is refused, too.
    let many = vec![form(&[("redirect_uri", CALLBACK)]); 10_000].join("&");
    let body = format!("{}&{many}", url.split_once('?').unwrap().1);
    let kind = "application/x-www-form-urlencoded";
    team.member
        .send(reqwest::Method::POST, "/oauth/authorize", kind, body)
        .await
        .shows_page("invalid_request");
}

/// Rows 10 to 12 of the OAuth requirements.
#[both]
async fn a_member_says_yes_or_no_and_the_app_is_told_by_whom(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let id = app.question(&team.member).await;
    let path = format!("/v1/authorization-requests/{id}");
    let denied = team.member.send(reqwest::Method::POST, &format!("{path}/deny"), "", "").await.ok(200);
    let location = denied["redirect_to"].as_str().unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?error=access_denied&")), "{location}");
    assert_eq!(parameter(location, "state").as_deref(), Some("xyz &=ü"));
    assert_eq!(parameter(location, "iss").as_deref(), Some(world.url.as_str()));
    assert_eq!(team.audited().await[0], "authorization.denied");
    team.member.get(&path).await.problem(404, "not-found");

    let location = app.consent(&team.member).await;
    assert_eq!(parameter(&location, "state").as_deref(), Some("xyz &=ü"));
    assert_eq!(parameter(&location, "iss").as_deref(), Some(world.url.as_str()));
    assert_eq!(parameter(&location, "code").unwrap().len(), 43);
    assert_eq!(team.audited().await[0], "authorization.granted");

    // A form is treated alike, and the browser is never told to repeat its POST elsewhere.
    let challenge = challenge(VERIFIER);
    let params = [
        ("client_id", app.id.as_str()),
        ("response_type", "code"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("scope", "tickets:read"),
    ];
    let again = post(&team.member, "/oauth/authorize", &params).await;
    assert_eq!(again.status, 303);
    assert!(again.header("location").unwrap().starts_with(&format!("{CALLBACK}?code=")));
    let wrong = post(&team.member, "/oauth/authorize", &params[..4]).await;
    assert_eq!(wrong.status, 303);
}
