//! Real `sayless` processes on one database, as an operator starts them on several machines.

use std::{
    fs,
    io::Write,
    process::{Child, Command, Stdio},
};

use sayless::db::DatabaseUrl;
use serde_json::json;
use tempfile::{NamedTempFile, TempDir};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Client, Fresh, Kind, PASSWORD, command::sayless, eventually};

const EMAIL: &str = "admin@example.com";

/// A running `sayless`, killed when dropped.
pub struct Process {
    child: Child,
    /// The file to which the process logs.
    log: NamedTempFile,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let log = NamedTempFile::new().unwrap();
        let child = command.stdout(Stdio::null()).stderr(log.reopen().unwrap()).spawn().unwrap();
        Self { child, log }
    }

    /// Sends the process a signal: `TERM`, `STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for the end of the process, which has to be in order.
    pub async fn ends_in_order(mut self) {
        let mut status = None;
        eventually("the process ends", async || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        let (status, log) = (status.unwrap(), fs::read_to_string(&self.log).unwrap());
        assert!(status.success(), "{status}: {log}");
    }
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
        let mut command = sayless();
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
        Process::start(&mut command)
    }

    /// Starts a server and waits until it answers.
    pub async fn serve(&self, address: &str, args: &[&str]) -> Process {
        let process = self.start(&[&["serve", "--listen", address], args].concat());
        eventually("the server listens", async || TcpStream::connect(address).await.is_ok()).await;
        process
    }

    /// Starts a server that may open so few files, and waits until it answers.
    pub async fn serve_with_files(&self, files: u32, address: &str, args: &[&str]) -> Process {
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {files}; exec \"$@\"");
        let sayless = self.command();
        command.args(["-c", &script, "sh"]).arg(sayless.get_program()).args(sayless.get_args());
        command.envs(sayless.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.args(["serve", "--listen", address, "--allow-destination", "127.0.0.0/8"]).args(args);
        let process = Process::start(&mut command);
        eventually("the server answers", async || self.answers(address).await).await;
        process
    }

    /// True where a server lets a new client in and answers it.
    pub async fn answers(&self, address: &str) -> bool {
        let Ok(mut socket) = TcpStream::connect(address).await else { return false };
        let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let mut answer = String::new();
        let asked = socket.write_all(request).await.is_ok();
        asked && socket.read_to_string(&mut answer).await.is_ok() && answer.starts_with("HTTP/1.1 200 OK")
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
