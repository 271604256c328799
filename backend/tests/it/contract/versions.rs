//! Versions of objects: every object has an `ETag`, what changes it honours `If-Match`, and what makes it says where it is.

use reqwest::Method;

use crate::harness::{Fixture, Operation, World, both, operations};

/// The operation that shows the object which `operation` is about, if there is one.
fn shows(operation: &Operation) -> Option<Operation> {
    let end = operation.path.find("{id}")? + "{id}".len();
    let path = &operation.path[..end];
    operations().into_iter().find(|other| other.method == Method::GET && other.path == path)
}

#[both]
async fn every_object_has_an_etag_which_a_list_has_not(world: World) {
    let fixture = Fixture::make(&world).await;
    let mut objects = 0;
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let reply = fixture.call(operation, &fixture.team.admin).await;
        assert_eq!(reply.status, 200, "{}: {}", operation.id, reply.text);
        if operation.path.ends_with("/{id}") || operation.id == "getAppPolicy" {
            let tag =
                reply.header("etag").unwrap_or_else(|| panic!("{} has no ETag", operation.id)).to_owned();
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{}: {tag}", operation.id);
            let again = fixture.call(operation, &fixture.team.admin).await;
            assert_eq!(again.header("etag"), Some(tag.as_str()), "{}", operation.id);
            objects += 1;
        } else {
            assert_eq!(reply.header("etag"), None, "{}", operation.id);
        }
    }
    assert_eq!(objects, 11);
}

/// The path of the object that an operation at `path` changes, which `show` shows.
fn shown_at(path: &str, show: &Operation) -> String {
    let parts = show.path.split('/').count();
    path.split('/').take(parts).collect::<Vec<_>>().join("/")
}

#[both]
async fn a_change_of_an_object_honours_if_match(world: World) {
    let mut walked = 0;
    for operation in operations().iter().filter(|operation| operation.changes()) {
        let Some(show) = shows(operation) else {
            assert!(!operation.takes("If-Match"), "{}: nothing shows the object's ETag", operation.id);
            continue;
        };
        if matches!(operation.method, Method::PATCH | Method::DELETE)
            && !["/authorizations", "/tokens/"].iter().any(|part| operation.path.contains(part))
        {
            assert!(operation.takes("If-Match"), "{} takes no If-Match", operation.id);
        }
        if !operation.takes("If-Match") {
            continue;
        }
        let fixture = Fixture::make(&world).await;
        let admin = &fixture.team.admin;
        let tag = async || {
            let reply = admin.get(&shown_at(&fixture.path(operation), &show)).await;
            reply.header("etag").unwrap().to_owned()
        };
        let before = tag().await;
        let audited = fixture.team.audited().await;
        for other in ["\"another\"", "W/\"another\"", &format!("W/{before}"), "\"a\", \"b\""] {
            let client = admin.with_header("if-match", other);
            let reply = fixture.call(operation, &client).await;
            let detail = reply.problem(412, "precondition-failed")["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(&before), "{}: {detail}", operation.id);
        }
        let malformed = admin.with_header("if-match", "another");
        assert_eq!(fixture.call(operation, &malformed).await.fields(400, "bad-request"), ["If-Match"]);
        assert_eq!(
            (tag().await, fixture.team.audited().await),
            (before.clone(), audited),
            "{}",
            operation.id
        );
        let client = admin.with_header("if-match", &format!("\"another\", {before}"));
        let reply = fixture.call(operation, &client).await;
        assert!((200..300).contains(&reply.status), "{}: {}", operation.id, reply.text);
        if operation.method == Method::PATCH {
            let after = tag().await;
            assert_ne!(after, before, "{}", operation.id);
            assert_eq!(reply.header("etag"), Some(after.as_str()), "{}", operation.id);
            let any = admin.with_header("if-match", "*");
            assert_eq!(fixture.call(operation, &any).await.status, 200, "{}", operation.id);
        }
        walked += 1;
    }
    assert!(walked >= 14, "{walked}");
}

#[both]
async fn what_makes_an_object_says_where_it_is(world: World) {
    for operation in operations().iter().filter(|operation| operation.answers("201")) {
        let fixture = Fixture::make(&world).await;
        let reply = fixture.call(operation, &fixture.client(&world, operation)).await;
        assert_eq!(reply.status, 201, "{}: {}", operation.id, reply.text);
        let place =
            reply.header("location").unwrap_or_else(|| panic!("{} has no Location", operation.id)).to_owned();
        // A secret can be ended under its address, and is never shown there.
        let found = fixture.team.admin.get(&place).await;
        let expected = if place.contains("/secrets/") { 405 } else { 200 };
        assert_eq!(found.status, expected, "{}: {place}", operation.id);
        if expected == 200 && !place.ends_with('s') {
            assert_eq!(found.header("etag"), reply.header("etag"), "{}", operation.id);
        }
    }
}
