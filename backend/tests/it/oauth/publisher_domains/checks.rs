//! A domain that is proved, what others see of it, and who may have it checked.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Claimant, certified, server_at, state, text};
use crate::harness::{
    Team, World, both,
    oauth::{CALLBACK, ThirdPartyApp, approve},
};

/// The domain of the one app that members and admins of another workspace see, wherever they see it.
async fn seen_by(team: &Team, app: &ThirdPartyApp) -> Vec<Value> {
    let id = app.question_with(&team.admin, &[("prompt", "consent")]).await;
    let question = team.admin.get(&format!("/v1/authorization-requests/{id}")).await.ok(200);
    approve(&team.admin, &id).await;
    let installs = team.admin.get("/v1/app-installs").await.ok(200);
    let authorizations = team.admin.get("/v1/authorizations").await.ok(200);
    let pages = [&question, &installs["data"][0], &authorizations["data"][0]];
    for page in pages {
        assert!(page["publisher_domain"].is_null() && page["app"]["publisher_domain"].is_null(), "{page}");
    }
    pages.map(|page| page["app"]["verified_domain"].clone()).to_vec()
}

#[both(with = certified)]
async fn a_file_at_the_domain_proves_it_to_everybody(world: World) {
    let server = server_at(&world, "acme.example").await;
    let acme = Claimant::new(&world, "acme.example").await;
    let elsewhere = world.business().await;
    let app = &acme.app;
    assert_eq!(acme.state().await, (false, None));
    assert_eq!(acme.shown().await["publisher_domain"], "acme.example");
    let (unseen, seen) = (vec![Value::Null; 3], vec![json!("acme.example"); 3]);
    assert_eq!(seen_by(&elsewhere, app).await, unseen);
    assert_eq!(server.connections(), 0);

    // One GET, which says nothing of anybody.
    server.set(text(&format!("# Apps of ours\r\n\r\napp_01JDBN5X7W3Q9K2M4E6R8T0VYZ\r\n{}\r\n", app.id)));
    let verified = acme.verify(&world).await;
    assert_eq!(state(&verified), (true, None));
    assert_eq!(verified["publisher_domain_verified_at"], json!(world.now()));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].head.starts_with("GET /.well-known/sayless-oauth-apps.txt HTTP/1.1"));
    assert_eq!(requests[0].header("host"), Some("acme.example"));
    for absent in ["cookie", "referer", "authorization", "webhook-id", "webhook-signature"] {
        assert_eq!(requests[0].header(absent), None);
    }
    assert_eq!(acme.team.audited().await[0], "oauth_app.domain_verified");
    assert_eq!(seen_by(&elsewhere, app).await, seen);

    // A check that finds the same changes nothing.
    let again = acme.verify(&world).await;
    assert_eq!(again["publisher_domain_verified_at"], verified["publisher_domain_verified_at"]);
    assert_eq!(acme.team.audited().await[0], "oauth_app.domain_checked");

    // Other changes leave it alone, and so does the same domain.
    let same = json!({ "name": "Renamed", "publisher_domain": "acme.example" });
    assert!(state(&acme.team.admin.patch(&app.path, &same).await.ok(200)).0);
    let other = json!({ "publisher_domain": "other.example" });
    let changed = acme.team.admin.patch(&app.path, &other).await.ok(200);
    assert_eq!((state(&changed), &changed["publisher_domain"]), ((false, None), &json!("other.example")));
    assert_eq!(acme.team.audited().await[..2], ["oauth_app.updated", "oauth_app.domain_lost"]);
    assert_eq!(seen_by(&elsewhere, app).await, unseen);
    let back = json!({ "publisher_domain": "acme.example" });
    assert!(!state(&acme.team.admin.patch(&app.path, &back).await.ok(200)).0);
}

#[both(with = certified)]
async fn only_the_apps_that_a_domain_lists_are_verified(world: World) {
    let server = server_at(&world, "acme.example").await;
    let acme = Claimant::new(&world, "acme.example").await;
    let thief = Claimant::new(&world, "acme.example").await;
    server.set(text(&format!("{}\n", acme.app.id)));
    assert!(state(&acme.verify(&world).await).0);
    let (verified, fault) = state(&thief.verify(&world).await);
    let words = format!("The file at acme.example does not list {}.", thief.app.id);
    assert_eq!((verified, fault), (false, Some(words)));
    // The same domain may list both.
    server.set(text(&format!("{}\n{}", acme.app.id, thief.app.id)));
    assert!(state(&thief.verify(&world).await).0);
    assert!(acme.state().await.0);
}

#[both(with = certified)]
async fn an_admin_of_the_app_has_it_checked_every_ten_seconds_at_most(world: World) {
    let server = server_at(&world, "acme.example").await;
    let acme = Claimant::new(&world, "acme.example").await;
    server.set(text(&acme.app.id));
    acme.ask().await.ok(200);
    let refused = acme.ask().await;
    assert_eq!(refused.header("retry-after"), Some("10"));
    refused.problem(429, "rate-limited");
    // Another domain is no way around it.
    acme.team.admin.patch(&acme.app.path, &json!({ "publisher_domain": "other.example" })).await.ok(200);
    acme.ask().await.problem(429, "rate-limited");
    world.advance(10);
    acme.ask().await.ok(200);
    assert_eq!(server.requests().len(), 1);
    // Others have nothing checked.
    let path = format!("{}/verify-domain", acme.app.path);
    let other = world.business().await;
    other.admin.send(Method::POST, &path, "", "").await.problem(404, "not-found");
    acme.team.member.send(Method::POST, &path, "", "").await.problem(403, "admin-required");
    // There must be a domain.
    acme.team.admin.patch(&acme.app.path, &json!({ "publisher_domain": null })).await.ok(200);
    world.advance(10);
    acme.ask().await.problem(409, "conflict");
    assert_eq!(server.requests().len(), 1);
}

#[both]
async fn a_domain_is_a_host_name(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for bad in ["acme", "Acme.example", "acme.example:443", "https://acme.example", "localhost", "127.0.0.1"]
    {
        let change = json!({ "publisher_domain": bad });
        let named = team.admin.patch(&app.path, &change).await.fields(422, "validation");
        assert_eq!(named, ["publisher_domain"], "{bad}");
        let new = json!({ "name": "Acme", "kind": "public", "redirect_uris": [CALLBACK],
            "scopes": ["tickets:read"], "publisher_domain": bad });
        let named = team.admin.post("/v1/oauth-apps", &new).await.fields(422, "validation");
        assert_eq!(named, ["publisher_domain"], "{bad}");
    }
}
