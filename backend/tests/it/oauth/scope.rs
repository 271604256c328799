//! Scopes that are asked for and cannot be had: they are left out, and the answer says which were given.

use serde_json::json;

use crate::harness::{
    World, both,
    oauth::{ThirdPartyApp, Tokens, parameter},
};

/// The scopes of a client that takes `scopes_supported` for its list, and a few words of `OpenID`'s.
fn all_there_is() -> String {
    let all: Vec<&str> = api_types::Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    format!("openid {} offline_access profile", all.join(" "))
}

/// Row 8 of the OAuth requirements.
#[both]
async fn what_the_app_may_not_have_is_left_out_and_the_answer_says_so(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let all = all_there_is();
    for scope in [all.as_str(), "tickets:write everything tickets:read", "tickets:read tickets:write \u{e9}"]
    {
        let location = app.consent_with(&team.member, &[("scope", scope)]).await;
        let given = app.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
        assert_eq!(given["scope"], "tickets:read tickets:write", "{scope}");
        // A client that repeats its list when it refreshes is given what it has.
        let tokens = Tokens::of(&given);
        let again = app
            .token(&[("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh), ("scope", scope)])
            .await
            .ok(200);
        assert_eq!(again["scope"], "tickets:read tickets:write");
    }
    let own = app.token(&[("grant_type", "client_credentials"), ("scope", &all)]).await.ok(200);
    assert_eq!(own["scope"], "tickets:read tickets:write");
    // The member is asked for nothing else.
    let member = world.sign_in(&team.admin.email).await;
    let id = app.question_with(&member, &[("scope", "openid tickets:read")]).await;
    let shown = member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200);
    assert_eq!(shown["scopes"].as_array().unwrap().len(), 1);
}

/// Row 8 of the OAuth requirements.
#[both]
async fn where_nothing_is_left_the_refusal_names_the_words_and_no_secret(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let secret = app.secret.clone().unwrap();
    for (scope, named) in [
        ("broadcasts:read webhooks:read", "broadcasts:read, webhooks:read."),
        ("openid offline_access", "openid, offline_access."),
        ("everything <script>", "everything, and others."),
        (secret.as_str(), "and others."),
        (" ", "scope names nothing."),
    ] {
        let back = app.authorize(&team.member, &[("scope", scope)]).await.sent_back(&app, "invalid_scope");
        let description = parameter(&back, "error_description").unwrap();
        assert!(description.ends_with(named), "{description}");
        let params = [("grant_type", "client_credentials"), ("scope", scope)];
        let refused = app.token(&params).await.refused(400, "invalid_scope");
        assert_eq!(refused["error_description"], json!(description));
        assert!(!description.contains(&secret));
    }
    let many = "a ".repeat(500);
    let back = app.authorize(&team.member, &[("scope", &many)]).await.sent_back(&app, "invalid_scope");
    assert!(back.len() < 500, "{back}");
}

/// Row 25 of the OAuth requirements: what the app could ask the member for is not taken along by a refresh.
#[both]
async fn a_refresh_adds_nothing_that_the_member_was_not_asked_for(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:read"]).await;
    let ask = async |member: &crate::harness::Client, asked: &str, refreshed: &str| {
        let location = app.consent_with(member, &[("scope", asked)]).await;
        let tokens = Tokens::of(&app.redeem(&parameter(&location, "code").unwrap()).await.ok(200));
        app.token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.refresh),
            ("scope", refreshed),
        ])
        .await
    };
    let both = "tickets:read webhooks:read";
    let refused = ask(&team.admin, "tickets:read", both).await.refused(400, "invalid_scope");
    assert!(refused["error_description"].as_str().unwrap().ends_with("webhooks:read."), "{refused}");
    // A member cannot hand on `webhooks:read`, so there is nothing more to ask for.
    assert_eq!(ask(&team.member, both, both).await.ok(200)["scope"], "tickets:read");
}
