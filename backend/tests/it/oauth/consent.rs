//! The question that a member is asked: to whom it is shown, what it says, when it is not asked again.

use api_types::account::{Plan, Role};
use reqwest::Method;
use sayless::{
    db::{
        accounts,
        authorizations::{self, Whose},
    },
    problem::Failure,
};
use serde_json::{Value, json};

use super::{Third, approve, parameter};
use crate::{
    both,
    harness::{Client, Team, World},
};

async fn shown(member: &Client, id: &str) -> Value {
    member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200)
}

async fn answer(member: &Client, id: &str, how: &str) -> crate::harness::Reply {
    member.send(Method::POST, &format!("/v1/authorization-requests/{id}/{how}"), "", "").await
}

/// The cookie that a reply sets, as a browser sends it back.
fn cookie(reply: &crate::harness::Reply) -> String {
    reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

async fn remove(world: &World, team: &Team, member: &Client) {
    let (workspace, email, now) = (team.id, member.email.clone(), world.app.clock.now());
    let work = move |tx: &mut sayless::db::Tx<'_>| {
        let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
        authorizations::withdraw(tx, Whose::Member(workspace, id), None, now)?;
        accounts::delete_membership(tx, workspace, id)?;
        tx.on_commit(sayless::wake::Hint::CredentialsChanged);
        Ok::<_, Failure>(())
    };
    world.app.db.write(work).await.unwrap();
}

both! {
    async fn it_says_who_asks_for_what_and_where_one_is_sent(world) {
        let team = world.business().await;
        let fields = json!({ "name": "<b>Acme</b>", "description": "Charts", "homepage_url": "https://acme.example",
            "scopes": ["tickets:read", "webhooks:read"], "redirect_uris": ["https://login.acme.example/cb?x=y"] });
        let third = Third::with(&world, &team, fields).await;
        let id = third.question(&team.member).await;
        let question = shown(&team.member, &id).await;
        assert_eq!(question["app"]["name"], "<b>Acme</b>");
        assert_eq!(question["app"]["homepage_url"], "https://acme.example");
        assert_eq!(question["workspace"]["name"], "Acme");
        assert_eq!(question["member"]["email"], team.member.email);
        assert_eq!(question["redirect_host"], "login.acme.example");
        assert_eq!(question["remembered"], false);
        assert_eq!(question["scopes"], json!([
            { "scope": "tickets:read", "description": "Read tickets, their comments and notes", "available": true,
                "granted_before": false },
            // Only admins read webhooks: a member cannot hand that on.
            { "scope": "webhooks:read", "description": "Read webhooks and the event catalogue", "available": false,
                "granted_before": false },
        ]));
        let location = approve(&team.member, &id).await;
        let given = third.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
        assert_eq!(given["scope"], "tickets:read");
        assert_eq!(shown(&team.admin, &third.question(&team.admin).await).await["scopes"][1]["available"], true);
    }

    async fn it_is_answered_once_in_the_browser_in_which_it_was_asked(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let id = third.question(&team.member).await;
        let path = format!("/v1/authorization-requests/{id}");
        world.anyone().get(&path).await.problem(401, "unauthenticated");
        team.admin.get(&path).await.problem(404, "not-found");
        answer(&team.admin, &id, "approve").await.problem(404, "not-found");
        // Row 13: a change that rides on a cookie comes from our own pages alone.
        for (header, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let elsewhere = team.member.with_header(header, value);
            answer(&elsewhere, &id, "approve").await.problem(403, "cross-origin");
            answer(&elsewhere, &id, "deny").await.problem(403, "cross-origin");
        }
        answer(&team.member, &id, "approve").await.ok(200);
        answer(&team.member, &id, "approve").await.problem(404, "not-found");
        answer(&team.member, &id, "deny").await.problem(404, "not-found");
        // Ten minutes are enough.
        let id = Third::new(&world, &team, &["tickets:read"]).await.question(&team.member).await;
        world.advance(600);
        answer(&team.member, &id, "approve").await.problem(404, "not-found");
    }

    async fn whoever_is_not_signed_in_signs_in_first_and_answers_then(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let asked = third.authorize(&world.anyone(), &[]).await;
        let id = asked.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap().to_owned();
        let set = asked.header("set-cookie").unwrap().to_owned();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
        // The session of another browser is no help: not even the right member's.
        answer(&team.member, &id, "approve").await.problem(404, "not-found");
        let signed_in = world.anyone().post("/v1/session", &json!({ "email": team.member.email,
            "password": crate::harness::PASSWORD })).await;
        let both = format!("{}; {}", cookie(&signed_in), cookie(&asked));
        let member = world.anyone().with_header("cookie", &both);
        assert_eq!(shown(&member, &id).await["member"]["email"], team.member.email);
        approve(&member, &id).await;
    }

    async fn nobody_answers_for_whoever_has_signed_in_since(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let browser = "sayless-browser=the-same";
        let signed_in = async |email: &str| {
            let client = world.anyone();
            let body = json!({ "email": email, "password": crate::harness::PASSWORD });
            let session = cookie(&client.post("/v1/session", &body).await);
            client.with_header("cookie", &format!("{session}; {browser}"))
        };
        let (first, second) = (signed_in(&team.member.email).await, signed_in(&team.admin.email).await);
        let id = third.question(&first).await;
        shown(&first, &id).await;
        answer(&second, &id, "approve").await.problem(409, "conflict");
        answer(&second, &id, "deny").await.problem(409, "conflict");
        // Who looks at it may answer it, and then the other may not.
        assert_eq!(shown(&second, &id).await["member"]["email"], team.admin.email);
        answer(&first, &id, "approve").await.problem(409, "conflict");
        approve(&second, &id).await;
        assert_eq!(first.get("/v1/authorizations").await.ok(200)["data"], json!([]));
    }

    async fn somebody_of_another_workspace_is_told_whom_it_takes(world) {
        let (team, others) = (world.business().await, world.business().await);
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let id = third.question(&others.member).await;
        let path = format!("/v1/authorization-requests/{id}");
        let problem = others.member.get(&path).await.problem(403, "not-a-member");
        assert!(problem["detail"].as_str().unwrap().contains(&others.member.email));
        answer(&others.member, &id, "approve").await.problem(403, "not-a-member");
        assert_eq!(team.admin.get(&format!("{}/authorizations", third.path)).await.ok(200)["data"], json!([]));
    }

    async fn a_session_in_another_workspace_of_the_member_answers_all_the_same(world) {
        let (team, free) = (world.business().await, world.team(Plan::Free).await);
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let (workspace, email, now) = (team.id, free.member.email.clone(), world.app.clock.now());
        world.app.db.write(move |tx| {
            let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
            Ok::<_, Failure>(accounts::insert_membership(tx, workspace, id, Role::Member, now)?)
        }).await.unwrap();
        let tokens = third.tokens(&free.member).await;
        let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
        assert_eq!(session["workspace"]["id"], team.id.as_str());
    }

    async fn it_is_remembered_until_the_app_wants_more(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read", "tickets:write", "broadcasts:read"]).await;
        third.consent_with(&team.member, &[("scope", "tickets:read")]).await;
        let again = third.authorize(&team.member, &[("scope", "tickets:read")]).await;
        let location = again.header("location").unwrap();
        assert!(parameter(location, "code").is_some() && parameter(location, "state").is_some(), "{location}");
        third.redeem(&parameter(location, "code").unwrap()).await.ok(200);
        let more = third.question_with(&team.member, &[("scope", "tickets:write tickets:read")]).await;
        let question = shown(&team.member, &more).await;
        assert_eq!(question["scopes"][0]["granted_before"], true);
        assert_eq!(question["scopes"][1]["granted_before"], false);
        approve(&team.member, &more).await;
        // What was agreed to comes together in one authorization.
        let mine = team.member.get("/v1/authorizations").await.ok(200);
        assert_eq!(mine["data"].as_array().unwrap().len(), 1);
        assert_eq!(mine["data"][0]["scopes"], json!(["tickets:read", "tickets:write"]));
        // Another member is asked for themselves; and who withdrew is asked anew.
        third.question_with(&team.admin, &[("scope", "tickets:read")]).await;
        let id = mine["data"][0]["id"].as_str().unwrap();
        team.member.delete(&format!("/v1/authorizations/{id}")).await.ok(204);
        third.question_with(&team.member, &[("scope", "tickets:read")]).await;
        // A consent that was asked in one tab and given in another is no second question.
        let asked = world.anyone().with_header("cookie", "sayless-browser=x");
        let asked = third.authorize(&asked, &[("scope", "tickets:read")]).await;
        let id = asked.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap().to_owned();
        third.consent_with(&team.member, &[("scope", "tickets:read")]).await;
        let session = world.anyone().post("/v1/session", &json!({ "email": team.member.email,
            "password": crate::harness::PASSWORD })).await;
        let member = world.anyone().with_header("cookie", &format!("{}; sayless-browser=x", cookie(&session)));
        assert_eq!(shown(&member, &id).await["remembered"], true);
    }

    async fn an_app_that_any_program_could_pass_for_is_asked_about_each_time(world) {
        let team = world.business().await;
        let fields = json!({ "kind": "public", "grants": ["authorization_code"],
            "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"] });
        let third = Third::with(&world, &team, fields).await;
        for uri in ["com.example.app:/cb", "http://127.0.0.1:5000/cb"] {
            let location = third.consent_with(&team.member, &[("redirect_uri", uri)]).await;
            assert!(location.starts_with(&format!("{uri}?code=")), "{location}");
            let id = third.question_with(&team.member, &[("redirect_uri", uri)]).await;
            assert_eq!(shown(&team.member, &id).await["remembered"], false);
        }
    }

    async fn what_changes_while_a_member_thinks_counts(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read", "tickets:write"]).await;
        let id = third.question(&team.member).await;
        // The app lost a scope: it is not given.
        team.admin.patch(&third.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
        let location = approve(&team.member, &id).await;
        let given = third.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
        assert_eq!(given["scope"], "tickets:read");
        // The redirect URI is no longer one: nobody is sent there.
        let id = third.question(&team.admin).await;
        team.admin.patch(&third.path, &json!({ "redirect_uris": ["https://acme.example/new"] })).await.ok(200);
        answer(&team.admin, &id, "approve").await.problem(409, "conflict");
        answer(&team.admin, &id, "deny").await.problem(409, "conflict");
        // It was suspended, or deleted.
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let (first, second) = (third.question(&team.member).await, third.question(&team.member).await);
        team.admin.patch(&third.path, &json!({ "suspended": true })).await.ok(200);
        team.member.get(&format!("/v1/authorization-requests/{first}")).await.problem(409, "conflict");
        answer(&team.member, &first, "approve").await.problem(409, "conflict");
        team.admin.delete(&third.path).await.ok(204);
        answer(&team.member, &second, "approve").await.problem(409, "conflict");
        team.member.get(&format!("/v1/authorization-requests/{second}")).await.problem(409, "conflict");
    }

    async fn who_may_do_none_of_it_cannot_allow_it(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["webhooks:read"]).await;
        let id = third.question(&team.member).await;
        answer(&team.member, &id, "approve").await.problem(409, "conflict");
        answer(&team.member, &id, "deny").await.ok(200);
    }

    async fn two_answers_at_once_are_one(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let id = third.question(&team.member).await;
        let answers = futures_util::future::join_all((0..8).map(|_| answer(&team.member, &id, "approve"))).await;
        let yes = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(yes, 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 404 | 409)), "{answers:?}");
    }

    async fn consents_to_the_same_app_at_once_are_one_authorization(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read", "tickets:write"]).await;
        let mut asked = Vec::new();
        for scope in ["tickets:read", "tickets:write"].into_iter().cycle().take(8) {
            asked.push(third.question_with(&team.member, &[("scope", scope)]).await);
        }
        let answers = futures_util::future::join_all(asked.iter().map(|id| answer(&team.member, id, "approve"))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        let mine = team.member.get("/v1/authorizations").await.ok(200);
        assert_eq!(mine["data"].as_array().unwrap().len(), 1);
        assert_eq!(mine["data"][0]["scopes"], json!(["tickets:read", "tickets:write"]));
    }

    async fn who_left_and_came_back_is_asked_again(world) {
        let team = world.business().await;
        let third = Third::new(&world, &team, &["tickets:read"]).await;
        let tokens = third.tokens(&team.member).await;
        remove(&world, &team, &team.member).await;
        world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
        third.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        let (workspace, email, now) = (team.id, team.member.email.clone(), world.app.clock.now());
        world.app.db.write(move |tx| {
            let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
            Ok::<_, Failure>(accounts::insert_membership(tx, workspace, id, Role::Member, now)?)
        }).await.unwrap();
        world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
        third.question(&team.member).await;
    }
}
