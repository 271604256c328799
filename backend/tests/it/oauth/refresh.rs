//! Refresh tokens: each is replaced when it is used, a lost answer is forgiven, a stolen copy is found out.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{
    World, both,
    oauth::{ThirdPartyApp, Tokens, parameter},
};

/// Row 24 of the OAuth requirements.
#[both]
async fn each_works_once_and_a_copy_ends_the_family(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = app.tokens(&team.member).await;
    let apart = app.tokens(&team.member).await;
    world.advance(60);
    let second = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
    assert_ne!(first.refresh, second.refresh);
    let third = Tokens::of(&app.refresh(&second.refresh).await.ok(200));
    for tokens in [&first, &second, &third] {
        world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    }
    world.advance(11);
    app.refresh(&second.refresh).await.refused(400, "invalid_grant");
    // All tokens of that code are dead at once, the newest too; those of another code are not.
    for tokens in [&first, &second, &third] {
        world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
        app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    }
    world.bearer(&apart.access).get("/v1/tickets").await.ok(200);
    let audited = team.audited().await;
    assert_eq!(audited.iter().filter(|action| *action == "oauth_token.reused").count(), 1);
    let log = team.admin.get("/v1/audit-log?action=oauth_token.reused").await;
    for secret in [&first.refresh, &second.refresh, &third.refresh, &third.access] {
        assert!(!log.text.contains(secret.as_str()));
    }
    let entry = log.ok(200)["data"][0].clone();
    assert_eq!((&entry["actor"]["id"], &entry["ip"]), (&json!(app.id), &json!("127.0.0.1")));
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(activity["incidents"][0]["kind"], "refresh_token_reused");
    assert_eq!(activity["incidents"][0]["occurred_at"], "2026-11-23T08:01:11.000Z");
    assert_eq!((&activity["refresh_tokens"], &activity["authorizations"]), (&json!(1), &json!(1)));
}

/// Row 24 of the OAuth requirements.
#[both]
async fn a_lost_answer_is_given_again_until_its_refresh_token_is_used(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::public(&world, &team).await;
    let first = app.tokens(&team.member).await;
    let lost = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
    // The access token that came before works on; that is no use of the lost one.
    world.bearer(&first.access).get("/v1/tickets").await.ok(200);
    for seconds in [11, 3_600, 10 * 3_600] {
        world.advance(seconds);
        let again = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
        assert_eq!(lost.refresh, again.refresh);
        assert_ne!(lost.access, again.access);
    }
    // A used successor shows that no answer was lost: the old token is a copy.
    let next = Tokens::of(&app.refresh(&lost.refresh).await.ok(200));
    app.refresh(&first.refresh).await.refused(400, "invalid_grant");
    app.refresh(&lost.refresh).await.refused(400, "invalid_grant");
    app.refresh(&next.refresh).await.refused(400, "invalid_grant");
    assert_eq!(team.audited().await[0], "oauth_token.reused");
}

/// Row 24 of the OAuth requirements.
#[both]
async fn a_lost_answer_is_given_again_until_its_access_token_is_used(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let mut tokens = app.tokens(&team.member).await;
    // The same after each refresh.
    for _ in 0..3 {
        let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
        let again = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
        assert_eq!(next.refresh, again.refresh);
        tokens = next;
    }
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    let again = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    // Whatever the call is answered: the answer with the token has arrived.
    world
        .bearer(&again.access)
        .post("/v1/tickets", &json!({ "title": "A" }))
        .await
        .problem(403, "insufficient-scope");
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    world.bearer(&next.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    app.refresh(&next.refresh).await.refused(400, "invalid_grant");
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"].as_array().unwrap().len(), 1);
}

/// Row 24 of the OAuth requirements.
#[both]
async fn an_old_token_gives_its_successor_for_a_day_and_no_longer_than_it_lives(world: World) {
    const HOUR: u64 = 3_600;
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for (idle, good, over) in [(0, 24 * HOUR - 1, 1), (30 * 24 * HOUR - 2 * HOUR, 2 * HOUR - 1, 1)] {
        let first = app.tokens(&world.sign_in(&team.member.email).await).await;
        world.advance(idle);
        let next = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
        world.advance(good);
        app.refresh(&first.refresh).await.ok(200);
        world.advance(over);
        // It is over, and no copy: what it gave works on.
        app.refresh(&first.refresh).await.refused(400, "invalid_grant");
        app.refresh(&next.refresh).await.ok(200);
    }
    let admin = world.sign_in(&team.admin.email).await;
    let activity = admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"], json!([]));
}

#[both]
async fn refreshes_at_once_give_the_same_successor(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let answers = join_all((0..8).map(|_| app.refresh(&tokens.refresh))).await;
    let mut successors: Vec<String> =
        answers.into_iter().map(|answer| Tokens::of(&answer.ok(200)).refresh).collect();
    successors.dedup();
    assert_eq!(successors.len(), 1);
    app.refresh(&successors[0]).await.ok(200);
}

/// Row 25 of the OAuth requirements.
#[both]
async fn nothing_more_and_nobody_else(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write", "broadcasts:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = app.consent_with(&team.member, &[("scope", "tickets:read tickets:write")]).await;
    let tokens = Tokens::of(&app.redeem(&parameter(&code, "code").unwrap()).await.ok(200));
    let with = |scope: &'static str| {
        let app = app.clone();
        let token = tokens.refresh.clone();
        async move {
            app.token(&[("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", scope)]).await
        }
    };
    for scope in ["broadcasts:read", "tickets:read broadcasts:read", "everything"] {
        with(scope).await.refused(400, "invalid_scope");
    }
    other.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    // No refusal used the token up. It may ask for fewer scopes, and the next one for all again.
    let less = with("tickets:read").await.ok(200);
    assert_eq!(less["scope"], "tickets:read");
    let narrow = world.bearer(less["access_token"].as_str().unwrap());
    narrow.get("/v1/tickets").await.ok(200);
    narrow.post("/v1/tickets", &json!({ "title": "A" })).await.problem(403, "insufficient-scope");
    let all = app.refresh(&Tokens::of(&less).refresh).await.ok(200);
    assert_eq!(all["scope"], "tickets:read tickets:write");
    // A scope that the app lost meanwhile is not given.
    team.admin.patch(&app.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
    let left = app.refresh(&Tokens::of(&all).refresh).await.ok(200);
    assert_eq!(left["scope"], "tickets:read");
    team.admin.patch(&app.path, &json!({ "scopes": ["broadcasts:read"] })).await.ok(200);
    app.refresh(&Tokens::of(&left).refresh).await.refused(400, "invalid_scope");
}

#[both]
async fn one_that_is_not_used_for_thirty_days_ends_and_all_end_after_a_year(world: World) {
    const DAY: u64 = 86_400;
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let idle = app.tokens(&team.member).await;
    world.advance(30 * DAY - 1);
    let idle = Tokens::of(&app.refresh(&idle.refresh).await.ok(200));
    world.advance(30 * DAY);
    app.refresh(&idle.refresh).await.refused(400, "invalid_grant");
    let mut busy = app.tokens(&world.sign_in(&team.member.email).await).await;
    for _ in 0..18 {
        world.advance(20 * DAY);
        busy = Tokens::of(&app.refresh(&busy.refresh).await.ok(200));
    }
    world.advance(5 * DAY);
    app.refresh(&busy.refresh).await.refused(400, "invalid_grant");
}

#[both]
async fn a_forged_one_is_refused_and_harms_nobody(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let (start, secret) = tokens.refresh.rsplit_once('-').unwrap_or_default();
    let swapped = tokens.refresh.replacen("-1-", "-2-", 1);
    for bad in
        [swapped.as_str(), start, secret, "slr_", "rubbish", &tokens.access, &format!("{}x", tokens.refresh)]
    {
        app.refresh(bad).await.refused(400, "invalid_grant");
    }
    app.token(&[("grant_type", "refresh_token")]).await.refused(400, "invalid_request");
    app.refresh(&tokens.refresh).await.ok(200);
}
