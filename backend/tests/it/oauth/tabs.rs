//! Several tabs, and programs that open a link before the member does: each request is a question of its own, and an answer ends
//! it.

use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Client, PASSWORD, Reply, World, both,
    oauth::{CALLBACK, ThirdPartyApp, VERIFIER, approve, challenge, form, parameter},
};

/// The cookies of a browser, as answers set them.
#[derive(Default)]
struct Jar(Vec<(String, String)>);

impl Jar {
    fn take(&mut self, reply: &Reply) {
        for cookie in reply.cookies() {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.0.retain(|(known, _)| known != name);
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    fn client(&self, world: &World) -> Client {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        world.anyone().with_header("cookie", &pairs.join("; "))
    }
}

fn question(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap().to_owned()
}

#[both]
async fn two_tabs_that_are_opened_before_anybody_signs_in_are_both_answered(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:write"]).await;
    // Both tabs ask before either has its answer.
    let (one, two) = (app.authorize(&world.anyone(), &[]).await, other.authorize(&world.anyone(), &[]).await);
    let mut jar = Jar::default();
    jar.take(&one);
    jar.take(&two);
    for cookie in one.cookies() {
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
    }
    let body = json!({ "email": team.member.email, "password": PASSWORD });
    let signed_in = jar.client(&world).post("/v1/session", &body).await;
    jar.take(&signed_in);
    let member = jar.client(&world);
    for asked in [&one, &two] {
        let id = question(asked);
        member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200);
        // Another browser is still another.
        team.admin.get(&format!("/v1/authorization-requests/{id}")).await.problem(404, "not-found");
    }
    for asked in [&two, &one] {
        approve(&member, &question(asked)).await;
    }
    // A browser that has a cookie is given no more.
    assert_eq!(app.authorize(&member, &[("prompt", "consent")]).await.cookies(), Vec::<String>::new());
}

async fn push(app: &ThirdPartyApp) -> String {
    let challenge = challenge(VERIFIER);
    let params = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("state", "pushed"),
    ];
    let given = app.call("/oauth/par", &params).await.ok(201);
    let uri = given["request_uri"].as_str().unwrap();
    format!("/oauth/authorize?{}", form(&[("client_id", &app.id), ("request_uri", uri)]))
}

/// Row 33 of the OAuth requirements.
#[both]
async fn a_pushed_request_is_used_up_by_its_answer(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for how in ["approve", "deny"] {
        let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
        let link = push(&app).await;
        // A preview, then the member, twice.
        let preview = question(&world.anyone().get(&link).await);
        let id = question(&team.member.get(&link).await);
        assert_eq!(question(&team.member.get(&link).await), id, "the same question");
        assert_ne!(id, preview);
        let path = format!("/v1/authorization-requests/{id}");
        team.member.get(&path).await.ok(200);
        // The request is answered after it can no longer be opened.
        world.advance(91);
        team.member.get(&link).await.shows_page("invalid_request_uri");
        let answered = team.member.send(Method::POST, &format!("{path}/{how}"), "", "").await.ok(200);
        let location = answered["redirect_to"].as_str().unwrap();
        assert_eq!(parameter(location, "state").as_deref(), Some("pushed"));
        team.member.get(&path).await.problem(404, "not-found");
    }
    // Once it is answered, nobody opens it again, and no other question that was made of it can be answered.
    let link = push(&app).await;
    let elsewhere = world.sign_in(&team.member.email).await;
    let (id, other) = (question(&team.member.get(&link).await), question(&elsewhere.get(&link).await));
    assert_ne!(id, other);
    approve(&team.member, &id).await;
    let path = format!("/v1/authorization-requests/{other}/approve");
    elsewhere.send(Method::POST, &path, "", "").await.problem(404, "not-found");
    for member in [&team.member, &team.admin, &elsewhere] {
        member.get(&link).await.shows_page("invalid_request_uri");
    }
    // A consent that is remembered answers at once.
    let link = push(&app).await;
    let location = team.member.get(&link).await.header("location").unwrap().to_owned();
    assert!(parameter(&location, "code").is_some(), "{location}");
    team.member.get(&link).await.shows_page("invalid_request_uri");
}

#[both]
async fn a_pushed_request_that_is_answered_twice_at_once_has_one_answer(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for _ in 0..3 {
        let link = push(&app).await;
        let mut asked = Vec::new();
        for _ in 0..4 {
            let member = world.sign_in(&team.admin.email).await;
            let id = question(&member.get(&format!("{link}&prompt=consent")).await);
            asked.push((member, id));
        }
        let answers = futures_util::future::join_all(asked.iter().map(|(member, id)| {
            let path = format!("/v1/authorization-requests/{id}/deny");
            async move { member.send(Method::POST, &path, "", "").await }
        }))
        .await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 404 | 409)), "{answers:?}");
    }
}
