//! Public apps in workspaces that are not their own: let in, used, paused, removed, and never seen by the wrong people.

use api_types::account::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, PASSWORD, Reply, Team, World, both,
    oauth::{CALLBACK, ThirdPartyApp, Tokens, approve, parameter},
};

async fn public(world: &World, publisher: &Team) -> ThirdPartyApp {
    let fields = json!({ "distribution": "public", "publisher_name": "Acme Ltd",
        "scopes": ["tickets:read", "tickets:write", "webhooks:read", "webhooks:write"] });
    ThirdPartyApp::with(world, publisher, fields).await
}

async fn shown(member: &Client, id: &str) -> Value {
    member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200)
}

async fn answer(member: &Client, id: &str, how: &str) -> Reply {
    member.send(Method::POST, &format!("/v1/authorization-requests/{id}/{how}"), "", "").await
}

/// The installs that an admin sees.
async fn installs(team: &Team) -> Vec<Value> {
    team.admin.get("/v1/app-installs").await.ok(200)["data"].as_array().unwrap().clone()
}

/// Decides about the one install that an admin sees.
async fn decide(team: &Team, how: &str) -> Value {
    let id = installs(team).await[0]["id"].as_str().unwrap().to_owned();
    team.admin.send(Method::POST, &format!("/v1/app-installs/{id}/{how}"), "", "").await.ok(200)
}

async fn set_policy(team: &Team, policy: &str) {
    team.admin.patch("/v1/app-policy", &json!({ "policy": policy })).await.ok(200);
}

/// The status of a call with this token, and the workspace that it acts in.
async fn acts_in(world: &World, tokens: &Tokens) -> (u16, Value) {
    let session = world.bearer(&tokens.access).get("/v1/session").await;
    let body: Value = serde_json::from_str(&session.text).unwrap();
    (session.status, body["workspace"]["id"].clone())
}

#[both]
async fn an_app_is_asked_for_approved_used_paused_and_removed_in_one_workspace_alone(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let app = public(&world, &publisher).await;
    let at_home = app.tokens(&publisher.member).await;
    // A member asks, and an admin lets it in.
    let id = app.question(&team.member).await;
    let question = shown(&team.member, &id).await;
    assert_eq!(question["workspace"]["id"], team.id.as_str());
    assert_eq!((&question["publisher_name"], &question["admission"]), (&json!("Acme Ltd"), &json!("ask")));
    answer(&team.member, &id, "approve").await.problem(409, "conflict");
    assert_eq!(answer(&team.member, &id, "install").await.ok(200)["admission"], "waiting");
    answer(&team.member, &id, "install").await.problem(409, "conflict");
    let asked = installs(&team).await;
    assert_eq!(asked.len(), 1);
    assert_eq!((&asked[0]["status"], &asked[0]["publisher_name"]), (&json!("requested"), &json!("Acme Ltd")));
    assert_eq!(asked[0]["requested_by"]["email"], team.member.email);
    assert_eq!(decide(&team, "approve").await["status"], "active");
    let location = approve(&team.member, &id).await;
    let tokens = Tokens::of(&app.redeem(&parameter(&location, "code").unwrap()).await.ok(200));
    assert_eq!(acts_in(&world, &tokens).await, (200, json!(team.id)));
    world.bearer(&tokens.access).post("/v1/tickets", &json!({ "title": "Here" })).await.ok(201);
    // What it sees is this workspace's.
    let here = world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    assert_eq!(here["data"].as_array().unwrap().len(), 1);
    let there = world.bearer(&at_home.access).get("/v1/tickets").await.ok(200);
    assert_eq!(there["data"], json!([]));

    // Paused, it is refused here on the next request, and works on at home.
    decide(&team, "pause").await;
    assert_eq!(acts_in(&world, &tokens).await.0, 401);
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    assert_eq!(app.introspect(&tokens.refresh).await, json!({ "active": false }));
    assert_eq!(acts_in(&world, &at_home).await, (200, json!(publisher.id)));
    let id = app.question_with(&team.member, &[("prompt", "consent")]).await;
    assert_eq!(shown(&team.member, &id).await["admission"], "paused");
    decide(&team, "resume").await;
    assert_eq!(acts_in(&world, &tokens).await.0, 200);
    let tokens = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));

    // Removed, it is gone with all that members allowed it.
    let path = format!("/v1/app-installs/{}", installs(&team).await[0]["id"].as_str().unwrap());
    team.admin.delete(&path).await.ok(204);
    assert_eq!(acts_in(&world, &tokens).await.0, 401);
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    assert_eq!(team.member.get("/v1/authorizations").await.ok(200)["data"], json!([]));
    team.admin.get(&path).await.problem(404, "not-found");
    let id = app.question(&team.member).await;
    assert_eq!(shown(&team.member, &id).await["admission"], "ask");
    assert_eq!(acts_in(&world, &at_home).await.0, 200);
    assert_eq!(team.audited().await[0], "app_install.removed");
}

#[both]
async fn a_workspace_chooses_which_apps_come_in(world: World) {
    let publisher = world.business().await;
    let app = public(&world, &publisher).await;
    let admission = async |member: &Client| {
        let id = app.question(member).await;
        (shown(member, &id).await["admission"].as_str().unwrap().to_owned(), id)
    };
    // Open: whoever allows an app installs it.
    let open = world.business().await;
    assert_eq!(
        open.admin.get("/v1/app-policy").await.ok(200),
        json!({ "policy": "ask", "client_documents": "off" })
    );
    set_policy(&open, "open").await;
    let (said, id) = admission(&open.member).await;
    assert_eq!(said, "installs");
    approve(&open.member, &id).await;
    assert_eq!(installs(&open).await[0]["status"], "active");
    assert_eq!(open.audited().await[..2], ["authorization.granted", "app_install.approved"]);
    // A list: an admin installs it by allowing it.
    let closed = world.business().await;
    set_policy(&closed, "list").await;
    let (said, id) = admission(&closed.member).await;
    assert_eq!(said, "not_listed");
    answer(&closed.member, &id, "approve").await.problem(409, "conflict");
    answer(&closed.member, &id, "install").await.problem(409, "conflict");
    let refused = app.authorize(&closed.member, &[("prompt", "none")]).await.sent_back(&app, "access_denied");
    assert!(parameter(&refused, "error_description").unwrap().contains("Only apps that an admin"));
    let (said, id) = admission(&closed.admin).await;
    assert_eq!(said, "installs");
    approve(&closed.admin, &id).await;
    assert_eq!(admission(&closed.member).await.0, "admitted");
    // Refused: members are told, and an admin may think again.
    let team = world.business().await;
    let (_, id) = admission(&team.member).await;
    answer(&team.member, &id, "install").await.ok(200);
    decide(&team, "refuse").await;
    assert_eq!(admission(&team.member).await.0, "refused");
    let denied = answer(&team.member, &id, "deny").await.ok(200)["redirect_to"].as_str().unwrap().to_owned();
    assert!(parameter(&denied, "error_description").unwrap().contains("refused"), "{denied}");
    decide(&team, "approve").await;
    assert_eq!(admission(&team.member).await.0, "admitted");
    let id = installs(&team).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/app-installs/{id}");
    for wrong in ["refuse", "resume"] {
        // Resuming what works changes nothing.
        let reply = team.admin.send(Method::POST, &format!("{path}/{wrong}"), "", "").await;
        if wrong == "refuse" {
            reply.problem(409, "conflict")
        } else {
            reply.ok(200)
        };
    }
    let wrong = team.admin.patch("/v1/app-policy", &json!({ "policy": "some" })).await;
    assert_eq!(wrong.fields(422, "validation"), ["policy"]);
}

#[both]
async fn neither_workspace_sees_what_is_the_others(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let app = public(&world, &publisher).await;
    let tokens = app.tokens(&team.admin).await;
    app.tokens(&publisher.member).await;
    // The publisher sees counts.
    let shown = publisher.admin.get(&app.path).await.ok(200);
    assert_eq!((&shown["installs"], &shown["distribution"]), (&json!(1), &json!("public")));
    let activity = publisher.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["authorizations"], 2);
    let listed = publisher.admin.get(&format!("{}/authorizations", app.path)).await.ok(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed["data"][0]["member"]["email"], publisher.member.email);
    let install = installs(&team).await[0]["id"].as_str().unwrap().to_owned();
    for path in [format!("/v1/app-installs/{install}"), format!("/v1/app-installs/{install}/activity")] {
        publisher.admin.get(&path).await.problem(404, "not-found");
    }
    for how in ["approve", "refuse", "pause", "resume"] {
        let path = format!("/v1/app-installs/{install}/{how}");
        publisher.admin.send(Method::POST, &path, "", "").await.problem(404, "not-found");
        team.member.send(Method::POST, &path, "", "").await.problem(403, "admin-required");
    }
    // The other workspace has the install, and nothing of the app itself.
    team.admin.get(&app.path).await.problem(404, "not-found");
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.problem(404, "not-found");
    let theirs = team.admin.get(&format!("/v1/app-installs/{install}/activity")).await.ok(200);
    assert_eq!((&theirs["authorizations"], &theirs["refresh_tokens"]), (&json!(1), &json!(1)));
    // A copy of a token is an incident where it acted.
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    world.bearer(&next.access).get("/v1/tickets").await.ok(200);
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    let theirs = team.admin.get(&format!("/v1/app-installs/{install}/activity")).await.ok(200);
    assert_eq!(theirs["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(team.audited().await[0], "oauth_token.reused");
    let activity = publisher.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"], json!([]));
    let log = publisher.admin.get("/v1/audit-log?limit=200").await.ok(200).to_string();
    assert!(!log.contains(&team.admin.email) && !log.contains(team.id.as_str()), "{log}");
}

#[both]
async fn the_publisher_ends_it_everywhere(world: World) {
    let publisher = world.business().await;
    let (one, two) = (world.business().await, world.business().await);
    let app = public(&world, &publisher).await;
    let tokens = [app.tokens(&one.admin).await, app.tokens(&two.admin).await];
    let webhook = json!({ "url": "http://127.0.0.1:1/hook", "event_types": ["ticket.*"] });
    let webhook = world.bearer(&tokens[0].access).post("/v1/webhooks", &webhook).await.ok(201);
    let webhook = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    let work = async |status: u16| {
        for tokens in &tokens {
            assert_eq!(acts_in(&world, tokens).await.0, status);
        }
    };
    work(200).await;
    publisher.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    work(401).await;
    assert_eq!(one.admin.get(&webhook).await.ok(200)["status"], "disabled");
    publisher.admin.post(&format!("{}/resume", app.path), &json!({})).await.ok(200);
    work(200).await;
    // It becomes the workspace's own again.
    publisher.admin.patch(&app.path, &json!({ "distribution": "workspace" })).await.ok(200);
    work(401).await;
    publisher.admin.patch(&app.path, &json!({ "distribution": "public" })).await.ok(200);
    work(200).await;
    publisher.admin.delete(&app.path).await.ok(204);
    work(401).await;
    for team in [&one, &two] {
        assert_eq!(installs(team).await, Vec::<Value>::new());
        assert_eq!(team.admin.get("/v1/authorizations").await.ok(200)["data"], json!([]));
        let audited = team.audited().await;
        for action in ["app_install.removed", "authorization.withdrawn"] {
            assert!(audited.contains(&action.to_owned()), "{action}: {audited:?}");
        }
    }
}

#[both]
async fn a_member_of_two_workspaces_lets_it_act_in_each(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let app = public(&world, &publisher).await;
    set_policy(&team, "open").await;
    world.add_to(team.id, &publisher.member, Role::Member).await;
    let at_home = app.tokens(&publisher.member).await;
    let sign_in = json!({ "email": publisher.member.email, "password": PASSWORD, "workspace_id": team.id });
    let signed_in = world.anyone().post("/v1/session", &sign_in).await;
    let elsewhere = world.anyone().with_header("cookie", signed_in.cookies()[0].split(';').next().unwrap());
    let switched = app.question(&elsewhere).await;
    let location = approve(&elsewhere, &switched).await;
    let away = Tokens::of(&app.redeem(&parameter(&location, "code").unwrap()).await.ok(200));
    assert_eq!(acts_in(&world, &at_home).await, (200, json!(publisher.id)));
    assert_eq!(acts_in(&world, &away).await, (200, json!(team.id)));
    world.remove_from(team.id, &publisher.member).await;
    assert_eq!(acts_in(&world, &away).await.0, 401);
    assert_eq!(acts_in(&world, &at_home).await.0, 200);
}

#[both]
async fn an_app_says_who_stands_behind_it_and_stays_at_home_as_itself(world: World) {
    let publisher = world.business().await;
    let body = json!({ "name": "Acme", "kind": "public", "redirect_uris": [CALLBACK],
        "scopes": ["tickets:read"], "distribution": "public" });
    let nameless = publisher.admin.post("/v1/oauth-apps", &body).await;
    assert_eq!(nameless.fields(422, "validation"), ["publisher_name"]);
    let app = public(&world, &publisher).await;
    let cleared = publisher.admin.patch(&app.path, &json!({ "publisher_name": null })).await;
    assert_eq!(cleared.fields(422, "validation"), ["publisher_name"]);
    let own = Tokens { access: app.own_token().await, refresh: String::new() };
    assert_eq!(acts_in(&world, &own).await, (200, json!(publisher.id)));
    // An app of the workspace alone is still none of the others' business.
    let team = world.business().await;
    let private = ThirdPartyApp::new(&world, &publisher, &["tickets:read"]).await;
    let id = private.question(&team.member).await;
    let path = format!("/v1/authorization-requests/{id}");
    team.member.get(&path).await.problem(403, "not-a-member");
    answer(&team.member, &id, "install").await.problem(403, "not-a-member");
}
