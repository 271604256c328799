//! Refresh tokens: one after the other, a lost answer forgiven, a copy found out.

use futures_util::future::join_all;
use serde_json::json;

use super::{Third, Tokens};
use crate::both;

both! {
    /// Row 24.
    async fn each_works_once_and_a_copy_ends_the_family(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let first = third.tokens(&team.member).await;
        let apart = third.tokens(&team.member).await;
        world.advance(60);
        let second = Tokens::of(&third.refresh(&first.refresh).await.ok(200));
        assert_ne!(first.refresh, second.refresh);
        let third_one = Tokens::of(&third.refresh(&second.refresh).await.ok(200));
        for tokens in [&first, &second, &third_one] {
            world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
        }
        world.advance(11);
        third.refresh(&second.refresh).await.refused(400, "invalid_grant");
        // All of it is dead at once, the newest too; what came from another code is not.
        for tokens in [&first, &second, &third_one] {
            world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
            third.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        }
        world.bearer(&apart.access).get("/v1/tickets").await.ok(200);
        let audited = team.audited().await;
        assert_eq!(audited.iter().filter(|action| *action == "oauth_token.reused").count(), 1);
        let log = team.admin.get("/v1/audit-log?action=oauth_token.reused").await;
        for secret in [&first.refresh, &second.refresh, &third_one.refresh, &third_one.access] {
            assert!(!log.text.contains(secret.as_str()));
        }
        let entry = log.ok(200)["data"][0].clone();
        assert_eq!((&entry["actor"]["id"], &entry["ip"]), (&json!(third.id), &json!("127.0.0.1")));
        let activity = team.admin.get(&format!("{}/activity", third.path)).await.ok(200);
        assert_eq!(activity["incidents"].as_array().unwrap().len(), 1);
        assert_eq!(activity["incidents"][0]["kind"], "refresh_token_reused");
        assert_eq!(activity["incidents"][0]["occurred_at"], "2026-11-23T08:01:11.000Z");
        assert_eq!((&activity["refresh_tokens"], &activity["authorizations"]), (&json!(1), &json!(1)));
    }

    async fn a_lost_answer_is_given_again_for_ten_seconds(world) {
        let team = world.business().await;
        let third = Third::public(&world, &team).await;
        let first = third.tokens(&team.member).await;
        let lost = Tokens::of(&third.refresh(&first.refresh).await.ok(200));
        world.advance(10);
        let again = Tokens::of(&third.refresh(&first.refresh).await.ok(200));
        assert_eq!(lost.refresh, again.refresh);
        assert_ne!(lost.access, again.access);
        // Once the successor was used, nobody lost an answer.
        third.refresh(&again.refresh).await.ok(200);
        third.refresh(&first.refresh).await.refused(400, "invalid_grant");
        third.refresh(&again.refresh).await.refused(400, "invalid_grant");
        assert_eq!(team.audited().await[0], "oauth_token.reused");
    }

    async fn refreshes_at_once_give_the_same_successor(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let tokens = third.tokens(&team.member).await;
        let answers = join_all((0..8).map(|_| third.refresh(&tokens.refresh))).await;
        let mut successors: Vec<String> = answers.into_iter().map(|answer| Tokens::of(&answer.ok(200)).refresh).collect();
        successors.dedup();
        assert_eq!(successors.len(), 1);
        third.refresh(&successors[0]).await.ok(200);
    }

    /// Row 25.
    async fn nothing_more_and_nobody_else(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read", "tickets:write", "broadcasts:read"]).await;
        let other = Third::new(&world, &team, &["tickets:read"]).await;
        let code = third.consent_with(&team.member, &[("scope", "tickets:read tickets:write")]).await;
        let tokens = Tokens::of(&third.redeem(&super::parameter(&code, "code").unwrap()).await.ok(200));
        let with = |scope: &'static str| {
            let (third, token) = (third.clone(), tokens.refresh.clone());
            async move {
                third.token(&[("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", scope)]).await
            }
        };
        for scope in ["broadcasts:read", "tickets:read broadcasts:read", "everything"] {
            with(scope).await.refused(400, "invalid_scope");
        }
        other.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        // None of that used it up; less may be asked for, and the next may ask for all again.
        let less = with("tickets:read").await.ok(200);
        assert_eq!(less["scope"], "tickets:read");
        let narrow = world.bearer(less["access_token"].as_str().unwrap());
        narrow.get("/v1/tickets").await.ok(200);
        narrow.post("/v1/tickets", &json!({ "title": "A" })).await.problem(403, "insufficient-scope");
        let all = third.refresh(&Tokens::of(&less).refresh).await.ok(200);
        assert_eq!(all["scope"], "tickets:read tickets:write");
        // What the app lost meanwhile, it is not given.
        team.admin.patch(&third.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
        let left = third.refresh(&Tokens::of(&all).refresh).await.ok(200);
        assert_eq!(left["scope"], "tickets:read");
        team.admin.patch(&third.path, &json!({ "scopes": ["broadcasts:read"] })).await.ok(200);
        third.refresh(&Tokens::of(&left).refresh).await.refused(400, "invalid_scope");
    }

    async fn one_that_is_not_used_for_thirty_days_ends_and_all_end_after_a_year(world) {
        const DAY: u64 = 86_400;
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let idle = third.tokens(&team.member).await;
        world.advance(30 * DAY - 1);
        let idle = Tokens::of(&third.refresh(&idle.refresh).await.ok(200));
        world.advance(30 * DAY);
        third.refresh(&idle.refresh).await.refused(400, "invalid_grant");
        let mut busy = third.tokens(&world.sign_in(&team.member.email).await).await;
        for _ in 0..18 {
            world.advance(20 * DAY);
            busy = Tokens::of(&third.refresh(&busy.refresh).await.ok(200));
        }
        world.advance(5 * DAY);
        third.refresh(&busy.refresh).await.refused(400, "invalid_grant");
    }

    async fn a_forged_one_is_refused_and_harms_nobody(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let tokens = third.tokens(&team.member).await;
        let (start, secret) = tokens.refresh.rsplit_once('-').unwrap_or_default();
        let swapped = tokens.refresh.replacen("-1-", "-2-", 1);
        for bad in [swapped.as_str(), start, secret, "slr_", "rubbish", &tokens.access, &format!("{}x", tokens.refresh)] {
            third.refresh(bad).await.refused(400, "invalid_grant");
        }
        third.token(&[("grant_type", "refresh_token")]).await.refused(400, "invalid_request");
        third.refresh(&tokens.refresh).await.ok(200);
    }
}
