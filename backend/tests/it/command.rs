//! The `sayless` command, as an operator runs it.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Output, Stdio},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    harness::{Client, PASSWORD},
    receiver::{Authority, Validity},
};

/// A data folder, and the command that works on it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayless"));
        command
            .args(args)
            .env("SAYLESS_DATABASE_URL", format!("sqlite:{}/data/sayless.db", self.0.path().display()));
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs to success and gives the line on standard output.
    #[track_caller]
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs to failure and gives what it said on standard error.
    #[track_caller]
    fn refused(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "{args:?}");
        assert_eq!(output.stdout, b"", "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn with_password(&self, args: &[&str], password: &str) -> Output {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn add(&self, workspace: &str, email: &str, role: &str) -> String {
        let args =
            ["member", "add", "--workspace", workspace, "--email", email, "--role", role, "--password-stdin"];
        let output = self.with_password(&args, PASSWORD);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}

/// A running `sayless serve`, ended when dropped.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(place: &Place) -> Self {
        Self::start_with(place, "http", &[])
    }

    fn start_with(place: &Place, scheme: &str, more: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let mut child =
            place.command(&["serve", "--listen", &listen]).args(more).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("serving")), "serve ended before it served");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("{scheme}://{listen}") }
    }

    async fn sign_in(&self, email: &str, password: &str) -> Option<Client> {
        let client = Client::new(&self.url);
        let reply = client.post("/v1/session", &json!({ "email": email, "password": password })).await;
        if reply.status != 200 {
            return None;
        }
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Some(client.with_header("cookie", &cookie))
    }

    fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already ended where the test terminated it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[actix_web::test]
async fn an_operator_makes_a_workspace_and_its_people_and_takes_them_away() {
    let place = Place::new();
    let workspace = place.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
    assert!(workspace.starts_with("wsp_") && workspace.len() == 30, "{workspace}");
    assert!(place.add(&workspace, "Ada@Example.com", "admin").starts_with("usr_"));
    let mode =
        |path: &str| std::fs::metadata(place.0.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/keys.json")), (0o700, 0o600));

    let server = Served::start(&place);
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    assert_eq!(ada.get("/v1/session").await.ok(200)["member"]["role"], "admin");

    let who = ["--workspace", &workspace, "--email", "ada@example.com"];
    place.ok(&[&["member", "set-role"][..], &who, &["--role", "member"]].concat());
    ada.get("/v1/session").await.problem(401, "unauthenticated");
    let ada = server.sign_in("ada@example.com", PASSWORD).await.unwrap();
    ada.get("/v1/api-keys").await.problem(403, "admin-required");
    place.ok(&[&["member", "set-role"][..], &who, &["--role", "admin"]].concat());

    let changed = place.with_password(
        &[&["member", "set-password"][..], &who, &["--password-stdin"]].concat(),
        "another long password\n",
    );
    assert!(changed.status.success());
    assert!(server.sign_in("ada@example.com", PASSWORD).await.is_none());
    let ada = server.sign_in("ada@example.com", "another long password").await.unwrap();

    place.ok(&["workspace", "set-plan", &workspace, "free"]);
    ada.get("/v1/api-keys").await.problem(403, "plan-required");
    place.ok(&["workspace", "set-plan", &workspace, "startup"]);
    let log = ada.get("/v1/audit-log").await;
    assert!(!log.text.contains("another long password"));
    let log = log.ok(200);
    let actions: Vec<&str> =
        log["data"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions.iter().filter(|action| **action == "member.role_changed").count(), 2);
    for action in ["workspace.created", "member.added", "member.password_changed", "workspace.plan_changed"] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }

    place.ok(&[&["member", "remove"][..], &who].concat());
    assert!(server.sign_in("ada@example.com", "another long password").await.is_none());
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let place = Place::new();
    let workspace = place.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
    assert!(place.refused(&["workspace", "create", "--name", "", "--plan", "free"]).contains("name"));
    assert!(place.refused(&["workspace", "create", "--name", "A", "--plan", "gold"]).contains("gold"));
    let unknown = "wsp_01JDBN5X7W3Q9K2M4E6R8T0VYZ";
    assert!(place.refused(&["workspace", "set-plan", unknown, "free"]).contains("no such workspace"));
    let add = ["member", "add", "--workspace", &workspace, "--role", "admin", "--email"];
    assert!(place.refused(&[&add[..], &["nobody"]].concat()).contains("no e-mail address"));
    assert!(place.refused(&[&add[..], &["a@example.com"]].concat()).contains("--password-stdin"));
    let short = place.with_password(&[&add[..], &["a@example.com", "--password-stdin"]].concat(), "short");
    assert!(String::from_utf8_lossy(&short.stderr).contains("12 characters"));
    place.add(&workspace, "a@example.com", "member");
    assert!(place.refused(&[&add[..], &["a@example.com"]].concat()).contains("already a member"));
    assert!(place.refused(&["worker"]).contains("PostgreSQL"));
    assert!(place.refused(&["serve", "--listen", "0.0.0.0:0"]).contains("https --public-url"));
    let plain = place.refused(&["serve", "--listen", "0.0.0.0:0", "--public-url", "http://sayless.example"]);
    assert!(plain.contains("https --public-url"), "{plain}");
    assert!(place.refused(&["serve", "--database-url", "data.db"]).contains("sqlite:PATH"));
    let keyless = place.refused(&["migrate", "--database-url", "postgres://127.0.0.1:1/none"]);
    assert!(keyless.contains("SAYLESS_PEPPER"), "{keyless}");
}

#[test]
fn one_data_folder_has_one_server() {
    let place = Place::new();
    place.ok(&["migrate"]);
    place.ok(&["migrate"]);
    let server = Served::start(&place);
    assert!(place.refused(&["serve", "--listen", "127.0.0.1:0"]).contains("another sayless serve"));
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(Served::start(&place).terminate(), Some(0));
}

#[actix_web::test]
async fn an_operator_serves_tls_with_a_certificate_and_a_key_that_fit() {
    let place = Place::new();
    let authority = Authority::new("tests");
    let at = |name: &str| place.0.path().join(name).display().to_string();
    let (certificate, key) = (at("cert.pem"), at("key.pem"));
    authority.issue(&["127.0.0.1"], Validity::Now).write(certificate.as_ref(), key.as_ref());
    authority
        .issue(&["127.0.0.1"], Validity::Now)
        .write(at("other.pem").as_ref(), at("other-key.pem").as_ref());
    assert!(place.refused(&["serve", "--tls-cert", &certificate]).contains("--tls-key"));
    for (certificate, key) in [
        (&certificate, &at("other-key.pem")),
        (&key, &certificate),
        (&at("nothing"), &key),
        (&certificate, &at("nothing")),
    ] {
        let said =
            place.refused(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key]);
        assert!(said.contains(".pem") || said.contains("nothing"), "{said}");
    }
    let server = Served::start_with(&place, "https", &["--tls-cert", &certificate, "--tls-key", &key]);
    let root = oauth2::reqwest::Certificate::from_der(&authority.root).unwrap();
    let client = oauth2::reqwest::Client::builder().add_root_certificate(root).no_proxy().build().unwrap();
    let get = async |path: &str| -> serde_json::Value {
        let text = client.get(format!("{}{path}", server.url)).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(get("/.well-known/oauth-authorization-server").await["issuer"], server.url);
    let before = get("/.well-known/jwks.json").await;
    assert_eq!(place.ok(&["signing-key", "rotate"]), "");
    // The running node looks again within a minute, and its tokens' new key is in the set by then.
    assert_eq!(get("/.well-known/jwks.json").await, before);
    assert_eq!(server.terminate(), Some(0));
    let server = Served::start_with(&place, "https", &["--tls-cert", &certificate, "--tls-key", &key]);
    let text = client
        .get(format!("{}/.well-known/jwks.json", server.url))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let after: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((after["keys"].as_array().unwrap().len(), &after["keys"][0]), (2, &before["keys"][0]));
}
