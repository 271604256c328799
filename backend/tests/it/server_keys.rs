//! The server's own keys: what tells that they are the right ones, and how they are replaced.

use std::{fs, process::Output};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::harness::{
    Behaviour, Integrator, PASSWORD, Receiver, World, both,
    command::{CommandServer, DataFolder, ReceiveCommand},
    eventually,
};

/// The command on a world's database with these keys.
fn with_keys(world: &World, args: &[&str], (pepper, sealing): (&str, &str)) -> Output {
    let mut command = world.operation(args);
    command.env("SAYLESS_PEPPER", pepper).env("SAYLESS_SEALING_KEY", sealing).output().unwrap()
}

#[track_caller]
fn refusal(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn success(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn key(version: i32, byte: u8) -> String {
    format!("{version}:{}", STANDARD.encode([byte; 32]))
}

#[both]
async fn other_keys_than_the_databases_are_refused_by_name(world: World) {
    let team = world.business().await;
    world.key(&team, &["tickets:read"]).await;
    let (pepper, sealing) = world.environment_keys();
    success(&with_keys(&world, &["migrate"], (&pepper, &sealing)));
    let said = refusal(&with_keys(&world, &["migrate"], (&key(1, 7), &sealing)));
    assert!(
        said.contains("SAYLESS_PEPPER is not the pepper") && said.contains("version 1 is another key"),
        "{said}"
    );
    assert!(said.contains("backup of the keys") && !said.contains(&key(1, 7)[2..]), "{said}");
    let said = refusal(&with_keys(&world, &["migrate"], (&pepper, &key(1, 7))));
    assert!(said.contains("SAYLESS_SEALING_KEY is not the sealing key"), "{said}");
    // A key of another version does not stand in for it: what was made under the first one still works.
    let said = refusal(&with_keys(&world, &["migrate"], (&key(2, 7), &sealing)));
    assert!(said.contains("lacks version 1") && said.contains("API keys: 1"), "{said}");
    assert_eq!(world.number("(SELECT count(*) FROM server_keys)").await, 2);
}

#[both]
async fn a_database_of_an_older_version_is_tried_out_before_its_keys_are_recorded(world: World) {
    let integrator = Integrator::new(&world).await;
    integrator.webhook("http://127.0.0.1:1/", &["ticket.*"]).await;
    world.execute("DELETE FROM server_keys").await.unwrap();
    let (pepper, sealing) = world.environment_keys();
    let said = refusal(&with_keys(&world, &["migrate"], (&pepper, &key(1, 7))));
    assert!(
        said.contains("SAYLESS_SEALING_KEY") && said.contains("no signing secret can be opened"),
        "{said}"
    );
    let said = refusal(&with_keys(&world, &["migrate"], (&key(1, 7), &sealing)));
    assert!(said.contains("SAYLESS_PEPPER") && said.contains("digest"), "{said}");
    assert_eq!(world.number("(SELECT count(*) FROM server_keys)").await, 0);
    success(&with_keys(&world, &["migrate"], (&pepper, &sealing)));
    assert_eq!(world.number("(SELECT count(*) FROM server_keys)").await, 2);
}

#[test]
fn a_key_file_that_is_missing_is_not_made_anew() {
    let folder = DataFolder::new();
    folder.ok(&["migrate"]);
    let path = folder.path().join("data/keys.json");
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for args in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0"], &["keys", "rotate"]] {
        let said = folder.refused(args);
        assert!(said.contains("data/keys.json is missing") && said.contains("backup"), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    assert!(!path.exists());
    fs::write(&path, &whole).unwrap();
    folder.ok(&["migrate"]);
    // The keys of another installation are no help.
    let other = DataFolder::new();
    other.ok(&["migrate"]);
    fs::copy(other.path().join("data/keys.json"), &path).unwrap();
    let said = folder.refused(&["migrate"]);
    assert!(said.contains("data/keys.json is not the pepper"), "{said}");
}

#[test]
fn keys_that_are_lost_for_good_are_replaced_when_told_so() {
    let folder = DataFolder::new();
    folder.ok(&["migrate"]);
    let path = folder.path().join("data/keys.json");
    fs::remove_file(&path).unwrap();
    let server = folder.refused(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(server.contains("keys replace-lost --help"), "{server}");
    assert!(folder.ok(&["keys", "replace-lost"]).contains("Dead are all API keys"));
    assert!(fs::read_to_string(&path).unwrap().contains("\"2:"));
    assert_eq!(folder.serve().terminate(), Some(0));
    let status = folder.ok(&["keys", "status"]);
    assert!(status.starts_with("pepper version 2, in use: nothing"), "{status}");
}

/// A data folder with an admin, and the server on it; webhooks may lead to this machine.
fn acme() -> (DataFolder, impl Fn(&DataFolder) -> CommandServer) {
    let folder = DataFolder::new();
    let workspace = folder.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
    folder.add(&workspace, "ada@example.com", "admin");
    (folder, |folder| folder.serve_with("http", &["--allow-destination", "127.0.0.0/8"]))
}

#[actix_web::test]
async fn new_keys_in_the_file_leave_everything_working_and_the_old_ones_can_go_when_nothing_needs_them() {
    let (folder, serve) = acme();
    let server = serve(&folder);
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    let made = ada.post("/v1/api-keys", &json!({ "name": "CI", "scopes": ["tickets:read"] })).await.ok(201);
    let header = format!("Bearer {}", made["key"].as_str().unwrap());
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    let webhook = ada.post("/v1/webhooks", &body).await.ok(201);
    let secret = webhook["signing_secret"].as_str().unwrap().to_owned();
    assert!(folder.refused(&["keys", "rotate"]).contains("another sayless serve"));
    server.terminate();

    let said = folder.ok(&["keys", "rotate"]);
    assert!(said.contains("back it up now") && said.contains("sealed anew: 1"), "{said}");
    assert!(said.contains("pepper version 2, in use: nothing"), "{said}");
    assert!(said.contains("pepper version 1, recognised: API keys: 1\n"), "{said}");
    assert!(said.contains("sealing key version 1, recognised: nothing; may be dropped"), "{said}");
    let keys: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("data/keys.json")).unwrap()).unwrap();
    let list = |name: &str| keys[name].as_str().unwrap().to_owned();
    assert!(!said.contains(&list("pepper")[2..40]), "no key on the terminal");

    // The key works, and moves to the new pepper because it was used.
    let server = serve(&folder);
    let ci = crate::harness::Client::new(&server.url).with_header("authorization", &header);
    ci.get("/v1/tickets").await.ok(200);
    eventually("nothing needs the old pepper", async || {
        folder.ok(&["keys", "status"]).contains("pepper version 1, recognised: nothing; may be dropped")
    })
    .await;
    // What is sent is signed with the same secret as before.
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    let mut receiver = ReceiveCommand::start(&["--secret", &secret]);
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    ada.patch(&path, &json!({ "url": receiver.url() })).await.ok(200);
    ada.post(&format!("{path}/test"), &json!({})).await;
    assert!(receiver.line().contains(" verified "), "the signature is the old secret's");
    server.terminate();

    let newest = |name: &str| list(name).split(',').next().unwrap().to_owned();
    let only_new = json!({ "pepper": newest("pepper"), "sealing_key": newest("sealing_key") });
    fs::write(folder.path().join("data/keys.json"), only_new.to_string()).unwrap();
    let server = serve(&folder);
    ci.at(&server.url).get("/v1/tickets").await.ok(200);
    let status = folder.ok(&["keys", "status"]);
    assert!(!status.contains("version 1"), "{status}");
}

#[both]
async fn keys_of_the_environment_are_printed_only_when_asked_for(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"],
        "headers": [{ "name": "x-key", "value": "k-7Qm2" }] });
    integrator.make_webhook(&webhook).await;
    let (pepper, sealing) = world.environment_keys();
    let present = (pepper.as_str(), sealing.as_str());
    let said = refusal(&with_keys(&world, &["keys", "rotate"], present));
    assert!(said.contains("keys rotate --print") && !said.contains(&sealing[2..]), "{said}");
    let printed = success(&with_keys(&world, &["keys", "rotate", "--print"], present));
    let values = |name: &str| -> Vec<String> {
        let lines = printed.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        lines.map(str::to_owned).collect()
    };
    let (peppers, sealings) = (values("SAYLESS_PEPPER"), values("SAYLESS_SEALING_KEY"));
    assert!(peppers[0].starts_with(&pepper) && peppers[1].ends_with(&pepper), "{printed}");
    // In the first round the new keys are recognised, in the second they are used.
    let status = success(&with_keys(&world, &["keys", "status"], (&peppers[0], &sealings[0])));
    assert!(status.contains("pepper version 1, in use") && status.contains("signing secrets: 1"), "{status}");
    let done = success(&with_keys(&world, &["keys", "reseal"], (&peppers[1], &sealings[1])));
    assert!(
        done.contains("sealing key version 2, in use: signing secrets: 1, webhooks' own request headers: 1"),
        "{done}"
    );
    assert!(done.contains("sealing key version 1, recognised: nothing; may be dropped"), "{done}");
    let again = success(&with_keys(&world, &["keys", "reseal"], (&peppers[1], &sealings[1])));
    assert!(again.contains("sealed anew: 0"), "{again}");
    // The old list alone no longer does.
    let said = refusal(&with_keys(&world, &["migrate"], present));
    assert!(said.contains("lacks version 2") && said.contains("signing secrets: 1"), "{said}");
}
