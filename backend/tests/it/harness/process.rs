//! Real `sayless` processes on one database, as an operator starts them on several machines.

use std::{
    io::Write,
    net::TcpListener,
    process::{Child, Command, ExitStatus, Stdio},
};

use sayless::db::DatabaseUrl;
use serde_json::json;
use tempfile::TempDir;

use super::{Client, Fresh, Kind, PASSWORD, eventually};

const EMAIL: &str = "admin@example.com";

/// A running `sayless`, killed when dropped.
pub struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Process {
    /// Sends the process a signal: `TERM`, `STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for the end of the process.
    pub async fn ended(mut self) -> ExitStatus {
        let mut status = None;
        eventually("the process ends", async || {
            status = self.0.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }
}

/// An address on loopback that is free just now.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A database, its keys, and an admin of a workspace.
pub struct Installation {
    folder: TempDir,
    database: Option<Fresh>,
}

impl Installation {
    /// Makes an installation on a database of this kind.
    pub fn new(kind: Kind) -> Self {
        let database = (kind == Kind::Postgres).then(|| Fresh::create(kind));
        let made = Self { folder: tempfile::tempdir().unwrap(), database };
        let workspace = made.output(&["workspace", "create", "--name", "Acme", "--plan", "business"], "");
        let which = ["--workspace", &workspace, "--email", EMAIL];
        made.output(
            &[&["member", "add", "--role", "admin", "--password-stdin"], &which[..]].concat(),
            PASSWORD,
        );
        made
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayless"));
        command.env_clear();
        if let Some(DatabaseUrl::Postgres(url)) = self.database.as_ref().map(|database| &database.url) {
            let key = format!("1:{}=", "A".repeat(43));
            let keys = [("SAYLESS_PEPPER", &key), ("SAYLESS_SEALING_KEY", &key)];
            command.env("SAYLESS_DATABASE_URL", url).envs(keys);
        } else {
            let file = self.folder.path().join("sayless.db");
            command.env("SAYLESS_DATABASE_URL", format!("sqlite:{}", file.display()));
        }
        command
    }

    fn output(&self, args: &[&str], stdin: &str) -> String {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts a process; webhooks may lead to this machine.
    pub fn start(&self, args: &[&str]) -> Process {
        let mut command = self.command();
        command.args(args).args(["--allow-destination", "127.0.0.0/8"]);
        Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Starts a server and waits until it answers.
    pub async fn serve(&self, address: &str, args: &[&str]) -> Process {
        let process = self.start(&[&["serve", "--listen", address], args].concat());
        eventually("the server listens", async || tokio::net::TcpStream::connect(address).await.is_ok())
            .await;
        process
    }

    /// Signs the admin in.
    pub async fn sign_in(&self, address: &str) -> Client {
        let base = format!("http://{address}");
        let anyone = Client::new(&base);
        let reply = anyone.post("/v1/session", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        reply.ok(200);
        anyone.with_header("cookie", &cookie)
    }
}
