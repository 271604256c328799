//! Each operation is refused to callers who lack its permission.

use std::collections::BTreeMap;

use api_types::{Scope, account::Plan};

use crate::harness::{Client, Fixture, World, both, operations};

#[both]
async fn nothing_is_done_without_a_credential(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        let problem = fixture.call(operation, &world.anyone()).await.problem(401, "unauthenticated");
        assert!(problem["detail"].as_str().unwrap().contains("Sign in"), "{}", operation.id);
        fixture.call(operation, &world.bearer("slk_rubbish")).await.problem(401, "invalid-credential");
    }
    assert_eq!(fixture.team.admin.get("/v1/tickets").await.ok(200)["data"].as_array().unwrap().len(), 1);
}

#[both]
async fn a_key_needs_the_scope_and_is_told_which(world: World) {
    let fixture = Fixture::make(&world).await;
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let everything = world.key(&fixture.team, &all).await;
    let mut keys = BTreeMap::new();
    for &scope in &all {
        let others: Vec<&str> = all.iter().copied().filter(|other| *other != scope).collect();
        // Webhooks are for events that the key may read: here, tickets'.
        let with = world.key(&fixture.team, &[scope, "tickets:read"]).await;
        keys.insert(scope, (world.key(&fixture.team, &others).await, with));
    }
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        match operation.bearer.as_deref() {
            None => {
                fixture.call(operation, &everything).await.problem(403, "session-required");
            }
            Some([]) => {
                fixture.call(operation, &everything).await.ok(200);
            }
            Some(_) if operation.is_of_key_itself() => {
                fixture.call(operation, &everything).await.problem(403, "not-rotatable");
                let key = fixture.client(&world, operation);
                fixture.call(operation, &key).await.ok(201);
            }
            Some([scope]) => {
                let (without, with) = &keys[scope.as_str()];
                let problem = fixture.call(operation, without).await.problem(403, "insufficient-scope");
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains(scope.as_str()), "{}: {detail}", operation.id);
                let reply = fixture.call(operation, with).await;
                assert!(reply.status != 401 && reply.status != 403, "{}: {}", operation.id, reply.text);
            }
            Some(several) => panic!("{} needs {several:?} at once", operation.id),
        }
    }
}

#[both]
async fn a_member_is_told_to_ask_an_admin(world: World) {
    let fixture = Fixture::make(&world).await.of_member();
    for operation in operations().iter().filter(|operation| operation.path != "/v1/session") {
        // A member's own request or authorization can be answered or withdrawn only once.
        let own = operation.path.starts_with("/v1/authorization");
        let fresh = if own { Some(Fixture::make(&world).await.of_member()) } else { None };
        let fixture = fresh.as_ref().unwrap_or(&fixture);
        let reply = fixture.call(operation, &fixture.team.member).await;
        match operation.session.as_deref() {
            Some([role]) if role == "admin" => drop(reply.problem(403, "admin-required")),
            Some([]) => assert!(reply.status < 300, "{}: {}", operation.id, reply.text),
            None if operation.is_of_key_itself() => drop(reply.problem(403, "not-rotatable")),
            other => panic!("{} is open to {other:?}", operation.id),
        }
    }
}

#[both]
async fn a_request_that_names_another_workspace_is_refused(world: World) {
    let fixture = Fixture::make(&world).await;
    let elsewhere = world.business().await;
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let key = world.key(&fixture.team, &all).await;
    let before = fixture.team.audited().await;
    let header = |client: &Client, id: &str| client.with_header("sayless-workspace", id);
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        for client in [&fixture.team.admin, &key] {
            let mistaken = header(client, elsewhere.id.as_str());
            fixture.call(operation, &mistaken).await.problem(409, "workspace-mismatch");
            let garbled = fixture.call(operation, &header(client, "here")).await;
            assert_eq!(garbled.fields(400, "bad-request"), ["Sayless-Workspace"], "{}", operation.id);
        }
    }
    assert_eq!(fixture.team.audited().await, before);
    for operation in operations().iter().filter(|operation| !operation.is_open() && !operation.changes()) {
        let admin = header(&fixture.team.admin, fixture.team.id.as_str());
        let reply = fixture.call(operation, &admin).await;
        assert!(reply.status != 409, "{}: {}", operation.id, reply.text);
    }
}

#[both]
async fn a_change_from_another_site_is_refused(world: World) {
    let fixture = Fixture::make(&world).await;
    let before = fixture.team.audited().await;
    for operation in operations().iter().filter(|operation| operation.changes()) {
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let client = fixture.team.admin.with_header(header, value);
            fixture.call(operation, &client).await.problem(403, "cross-origin");
        }
        // A header of our own does not make up for the browser's.
        let client =
            fixture.team.admin.with_header("sec-fetch-site", "cross-site").with_header("origin", &world.url);
        fixture.call(operation, &client).await.problem(403, "cross-origin");
    }
    assert_eq!(fixture.team.audited().await, before);
}

#[both]
async fn the_free_plan_has_no_api(world: World) {
    let fixture = Fixture::make(&world).await;
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let key = world.key(&fixture.team, &all).await;
    world.move_to(fixture.team.id, Plan::Free).await;
    for operation in operations().iter().filter(|operation| operation.path != "/v1/session") {
        fixture.call(operation, &fixture.team.admin).await.problem(403, "plan-required");
        if operation.bearer.is_some() {
            fixture.call(operation, &key).await.problem(403, "plan-required");
        }
    }
    assert_eq!(fixture.team.admin.get("/v1/session").await.ok(200)["limits"]["api_access"], false);
    world.move_to(fixture.team.id, Plan::Business).await;
    for operation in operations().iter().filter(|operation| !operation.changes()) {
        let reply = fixture.call(operation, &fixture.team.admin).await;
        assert_eq!(reply.status, 200, "{}: {}", operation.id, reply.text);
    }
}

#[both]
async fn another_workspaces_objects_are_not_found(world: World) {
    let ours = Fixture::make(&world).await;
    let theirs = world.business().await;
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let key = world.key(&theirs, &all).await;
    let before = ours.team.audited().await;
    for operation in operations().iter().filter(|operation| operation.path.contains("{id}")) {
        ours.call(operation, &theirs.admin).await.problem(404, "not-found");
        if operation.bearer.is_some() {
            ours.call(operation, &key).await.problem(404, "not-found");
        }
    }
    assert_eq!(ours.team.audited().await, before);
}
