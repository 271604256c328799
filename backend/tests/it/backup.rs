//! Backup and restore: a copy of a database in use, and what an older state means for what happened since.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use sayless::db::restores;
use serde_json::{Value, json};

use crate::harness::{
    Client, PASSWORD, World, both,
    command::{CommandServer, DataFolder},
    oauth::{ThirdPartyApp, Tokens},
};

async fn make_key(admin: &Client) -> String {
    let made = admin.post("/v1/api-keys", &json!({ "name": "CI", "scopes": ["tickets:read"] })).await.ok(201);
    format!("Bearer {}", made["key"].as_str().unwrap())
}

fn using(server: &CommandServer, key: &str) -> Client {
    Client::new(&server.url).with_header("authorization", key)
}

#[actix_web::test]
async fn a_backup_of_a_database_in_use_is_restored_with_its_keys() {
    let folder = DataFolder::new();
    let workspace = folder.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
    folder.add(&workspace, "ada@example.com", "admin");
    let server = folder.serve();
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    let early = make_key(&ada).await;
    let file = folder.path().join("monday.backup");
    let name = file.to_str().unwrap();
    assert!(folder.ok(&["backup", name]).contains("It is a secret"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(folder.refused(&["backup", name]).contains("is there already"));
    let late = make_key(&ada).await;
    using(&server, &late).get("/v1/tickets").await.ok(200);
    assert!(folder.refused(&["restore", name, "--replace"]).contains("another sayless serve"));
    server.terminate();

    assert!(folder.refused(&["restore", name]).contains("--replace"));
    let said = folder.ok(&["restore", name, "--replace"]);
    assert!(
        said.contains("Deliveries that wait and go on: 0") && said.contains("look through keys"),
        "{said}"
    );
    let kept = said.lines().find_map(|line| line.strip_prefix("What was there before is kept as ")).unwrap();
    assert!(Path::new(kept).is_file(), "{said}");
    let server = folder.serve();
    using(&server, &early).get("/v1/tickets").await.ok(200);
    using(&server, &late).get("/v1/tickets").await.problem(401, "invalid-credential");
    ada.at(&server.url).get("/v1/session").await.problem(401, "unauthenticated");
    assert!(server.sign_in("ada@example.com", PASSWORD).await.is_some());
    server.terminate();

    // On another machine, where there is nothing.
    let elsewhere = DataFolder::new();
    elsewhere.ok(&["restore", name]);
    let path = |name: &str| elsewhere.path().join("data").join(name);
    for name in ["keys.json", "sayless.db"] {
        assert_eq!(fs::metadata(path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let keys: Value = serde_json::from_slice(&fs::read(path("keys.json")).unwrap()).unwrap();
    let pepper = keys["pepper"].as_str().unwrap().as_bytes().to_vec();
    let database = fs::read(path("sayless.db")).unwrap();
    assert!(
        !database.windows(pepper.len()).any(|window| window == pepper),
        "the keys stay out of the database"
    );
    let server = elsewhere.serve();
    using(&server, &early).get("/v1/tickets").await.ok(200);
}

#[test]
fn what_cannot_be_backed_up_or_restored_is_refused_with_a_sentence() {
    let folder = DataFolder::new();
    let at = |name: &str| folder.path().join(name).display().to_string();
    assert!(folder.refused(&["backup", &at("a")]).contains("keys.json is missing"));
    folder.ok(&["migrate"]);
    assert!(folder.refused(&["backup", &at("no/folder/a")]).contains("cannot be written"));
    let bare = at("bare");
    assert!(folder.ok(&["backup", "--without-keys", &bare]).contains("without them no credential"));
    let empty = DataFolder::new();
    assert!(empty.refused(&["restore", &bare]).contains("keys are not in this backup"));
    assert!(empty.refused(&["restore", &at("nothing")]).contains("no backup at"));
    fs::copy(folder.path().join("data/sayless.db"), at("plain")).unwrap();
    assert!(empty.refused(&["restore", &at("plain")]).contains("it is no backup"));
    fs::write(at("letter"), "This is a letter, and by far too long for an empty database.").unwrap();
    assert!(empty.refused(&["restore", &at("letter")]).contains("not a database"));
    let whole = at("whole");
    folder.ok(&["backup", &whole]);
    let bytes = fs::read(&whole).unwrap();
    fs::write(at("half"), &bytes[..bytes.len() / 2]).unwrap();
    let said = empty.refused(&["restore", &at("half")]);
    assert!(said.contains("half") && (said.contains("malformed") || said.contains("damaged")), "{said}");
    // Nothing was left behind by what was refused.
    let left: Vec<_> =
        fs::read_dir(empty.path().join("data")).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["serve.lock"]);
    // With the keys put back by hand, the backup without them works.
    fs::copy(folder.path().join("data/keys.json"), empty.path().join("data/keys.json")).unwrap();
    empty.ok(&["restore", &bare]);
    assert_eq!(empty.serve().terminate(), Some(0));
}

/// Puts a database back to an older state as far as tokens go: every family has its first refresh token again.
async fn put_back(world: &World) {
    world.execute("UPDATE token_families SET generation = 1, rotated_at = created_at").await.unwrap();
    world
        .execute("UPDATE deliveries SET lease_until = 99999999999999 WHERE lease_until IS NOT NULL")
        .await
        .unwrap();
    world
        .write(|tx| {
            let now = tx.now();
            restores::settle(tx, now)?;
            Ok(())
        })
        .await;
}

#[both]
async fn a_refresh_token_from_the_lost_time_does_not_look_stolen(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = app.tokens(&team.member).await;
    let mut newest = first;
    for _ in 0..3 {
        world.advance(60);
        newest = Tokens::of(&app.refresh(&newest.refresh).await.ok(200));
    }
    let untouched = app.tokens(&team.member).await;
    put_back(&world).await;
    world.advance(60);
    app.refresh(&newest.refresh).await.refused(400, "invalid_grant");
    // The family ended, quietly; what did not move on in the lost time goes on.
    world.bearer(&newest.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    app.refresh(&untouched.refresh).await.ok(200);
    assert_eq!(
        world.number("(SELECT count(*) FROM audit_entries WHERE action = 'oauth_token.reused')").await,
        0
    );
    let ended = "(SELECT count(*) FROM token_families WHERE revoked_reason = 'restored')";
    assert_eq!(world.number(ended).await, 1);
    assert_eq!(world.session_rows().await, 0, "members sign in anew");
}

#[both]
async fn an_old_copy_that_is_used_after_a_restore_is_still_found_out(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = app.tokens(&team.member).await;
    world.advance(60);
    let second = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
    world.advance(60);
    let third = Tokens::of(&app.refresh(&second.refresh).await.ok(200));
    put_back(&world).await;
    world.advance(60);
    // Its owner gave the first one up for the second: whoever comes with it has a copy.
    app.refresh(&first.refresh).await.ok(200);
    app.refresh(&third.refresh).await.refused(400, "invalid_grant");
    assert_eq!(
        world.number("(SELECT count(*) FROM audit_entries WHERE action = 'oauth_token.reused')").await,
        1
    );
}

#[both]
async fn a_restored_server_is_settled_while_no_node_runs(world: World) {
    if world.is_embedded() {
        assert!(world.refuses(&["restore", "--after-pg-restore"]).contains("is for PostgreSQL"));
        return;
    }
    world.business().await;
    assert!(world.refuses(&["restore", "some.dump"]).contains("pg_restore into an empty database"));
    let link = world.link().await;
    assert!(world.refuses(&["restore", "--after-pg-restore"]).contains("stop them first"));
    drop(link);
    let settle = || world.operation(&["restore", "--after-pg-restore"]).output().unwrap();
    let mut output = settle();
    // The server notices a moment later that the node is gone.
    for _ in 0..100 {
        if output.status.success() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        output = settle();
    }
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("The newest event or audit entry") && said.contains("webhook-id"), "{said}");
    assert_eq!(world.session_rows().await, 0);
    let said = world.operation(&["backup", "x.dump"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.contains("pg_dump --format=custom --file=x.dump") && said.contains("SAYLESS_PEPPER"),
        "{said}"
    );
}
