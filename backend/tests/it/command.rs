//! The `sayless` command, as an operator runs it.

use std::os::unix::fs::PermissionsExt;

use crate::harness::{
    PASSWORD,
    certificates::{Authority, Validity},
    command::DataFolder,
    eventually,
};

#[actix_web::test]
async fn an_operator_makes_a_workspace_and_its_people_and_takes_them_away() {
    let folder = DataFolder::new();
    let workspace = folder.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
    assert!(workspace.starts_with("wsp_") && workspace.len() == 30, "{workspace}");
    assert!(folder.add(&workspace, "Ada@Example.com", "admin").starts_with("usr_"));
    let mode = |path: &str| std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/keys.json")), (0o700, 0o600));

    let server = folder.serve();
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    assert_eq!(ada.get("/v1/session").await.ok(200)["member"]["role"], "admin");

    let who = ["--workspace", &workspace, "--email", "ada@example.com"];
    folder.ok(&[&["member", "set-role"][..], &who, &["--role", "member"]].concat());
    ada.get("/v1/session").await.problem(401, "unauthenticated");
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    ada.get("/v1/api-keys").await.problem(403, "admin-required");
    folder.ok(&[&["member", "set-role"][..], &who, &["--role", "admin"]].concat());

    let changed = folder.with_password(
        &[&["member", "set-password"][..], &who, &["--password-stdin"]].concat(),
        "another long password\n",
    );
    assert!(changed.status.success());
    assert!(server.sign_in("ada@example.com", PASSWORD).await.is_none());
    let ada = server.sign_in("ada@example.com", "another long password").await.unwrap();

    folder.ok(&["workspace", "set-plan", &workspace, "free"]);
    ada.get("/v1/api-keys").await.problem(403, "plan-required");
    folder.ok(&["workspace", "set-plan", &workspace, "startup"]);
    let log = ada.get("/v1/audit-log").await;
    assert!(!log.text.contains("another long password"));
    let log = log.ok(200);
    let actions: Vec<&str> =
        log["data"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions.iter().filter(|action| **action == "member.role_changed").count(), 2);
    for action in ["workspace.created", "member.added", "member.password_changed", "workspace.plan_changed"] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }

    folder.ok(&[&["member", "remove"][..], &who].concat());
    assert!(server.sign_in("ada@example.com", "another long password").await.is_none());
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let folder = DataFolder::new();
    let workspace = folder.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
    assert!(folder.refused(&["workspace", "create", "--name", "", "--plan", "free"]).contains("name"));
    let turned = folder.refused(&["workspace", "create", "--name", "Acme\u{202e}", "--plan", "free"]);
    assert!(turned.contains("U+202E"), "{turned}");
    assert!(folder.refused(&["workspace", "create", "--name", "A", "--plan", "gold"]).contains("gold"));
    let unknown = "wsp_01JDBN5X7W3Q9K2M4E6R8T0VYZ";
    assert!(folder.refused(&["workspace", "set-plan", unknown, "free"]).contains("no such workspace"));
    let add = ["member", "add", "--workspace", &workspace, "--role", "admin", "--email"];
    assert!(folder.refused(&[&add[..], &["nobody"]].concat()).contains("no e-mail address"));
    assert!(folder.refused(&[&add[..], &["a\u{200b}@example.com"]].concat()).contains("U+200B"));
    assert!(folder.refused(&[&add[..], &["a@example.com"]].concat()).contains("--password-stdin"));
    let short = folder.with_password(&[&add[..], &["a@example.com", "--password-stdin"]].concat(), "short");
    assert!(String::from_utf8_lossy(&short.stderr).contains("12 characters"));
    folder.add(&workspace, "a@example.com", "member");
    assert!(folder.refused(&[&add[..], &["a@example.com"]].concat()).contains("already a member"));
    assert!(folder.refused(&["worker"]).contains("PostgreSQL"));
    assert!(folder.refused(&["serve", "--listen", "0.0.0.0:0"]).contains("https --public-url"));
    let plain = folder.refused(&["serve", "--listen", "0.0.0.0:0", "--public-url", "http://sayless.example"]);
    assert!(plain.contains("https --public-url"), "{plain}");
    assert!(folder.refused(&["serve", "--database-url", "data.db"]).contains("sqlite:PATH"));
    let keyless = folder.refused(&["migrate", "--database-url", "postgres://127.0.0.1:1/none"]);
    assert!(keyless.contains("SAYLESS_PEPPER"), "{keyless}");
}

#[test]
fn one_data_folder_has_one_server() {
    let folder = DataFolder::new();
    folder.ok(&["migrate"]);
    folder.ok(&["migrate"]);
    let server = folder.serve();
    assert!(folder.refused(&["serve", "--listen", "127.0.0.1:0"]).contains("another sayless serve"));
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(folder.serve().terminate(), Some(0));
}

#[actix_web::test]
async fn an_operator_serves_tls_with_a_certificate_and_a_key_that_fit() {
    let folder = DataFolder::new();
    let authority = Authority::new("tests");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let certificate = at("cert.pem");
    let key = at("key.pem");
    authority.issue(&["127.0.0.1"], Validity::Now).write(certificate.as_ref(), key.as_ref());
    authority
        .issue(&["127.0.0.1"], Validity::Now)
        .write(at("other.pem").as_ref(), at("other-key.pem").as_ref());
    assert!(folder.refused(&["serve", "--tls-cert", &certificate]).contains("--tls-key"));
    for (certificate, key) in [
        (&certificate, &at("other-key.pem")),
        (&key, &certificate),
        (&at("nothing"), &key),
        (&certificate, &at("nothing")),
    ] {
        let said = folder.refused(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            certificate,
            "--tls-key",
            key,
        ]);
        assert!(said.contains(".pem") || said.contains("nothing"), "{said}");
    }
    let server = folder.serve_with("https", &["--tls-cert", &certificate, "--tls-key", &key]);
    let root = oauth2::reqwest::Certificate::from_der(&authority.root).unwrap();
    let client = oauth2::reqwest::Client::builder().add_root_certificate(root).no_proxy().build().unwrap();
    let get = async |path: &str| -> serde_json::Value {
        let text = client.get(format!("{}{path}", server.url)).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(get("/.well-known/oauth-authorization-server").await["issuer"], server.url);
    let published = async || -> Vec<String> {
        let keys = get("/.well-known/jwks.json").await["keys"].clone();
        keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    // The running node looks at the keys once a second.
    let before = published().await;
    assert_eq!(folder.ok(&["signing-key", "rotate"]), "");
    eventually("the new key is published", async || published().await.len() == 2).await;
    let both = published().await;
    assert_eq!(both[0], before[0]);
    let listed = folder.ok(&["signing-key", "list"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines[0].starts_with(&both[0]) && lines[0].contains("signs since "), "{listed}");
    assert!(lines[1].starts_with(&both[1]) && lines[1].contains("signs from "), "{listed}");
    let said = folder.refused(&["signing-key", "revoke", "-nothing"]);
    assert!(said.contains("there is no signing key"), "{said}");
    assert_eq!(folder.ok(&["signing-key", "revoke", &both[0]]), "");
    eventually("the revoked key is taken away", async || published().await == [both[1].clone()]).await;
    assert_eq!(folder.ok(&["signing-key", "rotate", "--now"]), "");
    let listed = folder.ok(&["signing-key", "list"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].ends_with("verifies") && lines[1].contains("signs since "),
        "{listed}"
    );
    assert_eq!(server.terminate(), Some(0));
}
