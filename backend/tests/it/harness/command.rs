//! The `sayless` command on a data folder of its own, and what it leaves running: `serve` and `receive`.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sayless::{
    clock::Clock,
    db::DatabaseUrl,
    delivery::{
        address::WebhookUrl,
        send::exchange::{Outcome, Outgoing},
        signature::SigningSecret,
    },
};
use serde_json::json;
use tempfile::TempDir;

use super::{Client, PASSWORD, World, sender::sender};

/// A data folder, and the command that works on it.
pub struct DataFolder(TempDir);

impl DataFolder {
    /// An empty folder.
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.0.path()
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
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs to failure and gives the text on standard error.
    #[track_caller]
    pub fn refused(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "{args:?}");
        assert_eq!(output.stdout, b"", "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Runs with a password on standard input.
    pub fn with_password(&self, args: &[&str], password: &str) -> Output {
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

    /// Starts a server and waits until it serves.
    pub fn serve(&self) -> CommandServer {
        self.serve_with("http", &[])
    }

    /// Starts a server with more arguments and waits until it serves.
    pub fn serve_with(&self, scheme: &str, more: &[&str]) -> CommandServer {
        CommandServer::start(self, scheme, more)
    }

    /// Adds a member to a workspace; gives the member's id.
    pub fn add(&self, workspace: &str, email: &str, role: &str) -> String {
        let args =
            ["member", "add", "--workspace", workspace, "--email", email, "--role", role, "--password-stdin"];
        let output = self.with_password(&args, PASSWORD);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}

impl World {
    /// Runs an operator's command on the world's database, in a process of its own, to success.
    #[track_caller]
    pub fn operate(&self, args: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayless"));
        match self.database_url() {
            DatabaseUrl::Sqlite(path) => {
                command.env("SAYLESS_DATABASE_URL", format!("sqlite:{}", path.display()));
            }
            DatabaseUrl::Postgres(url) => {
                // The keys of the world are not needed: the command opens nothing that is sealed.
                let key = format!("1:{}", STANDARD.encode([7; 32]));
                command.env("SAYLESS_DATABASE_URL", url);
                command.env("SAYLESS_PEPPER", &key).env("SAYLESS_SEALING_KEY", &key);
            }
        }
        let output = command.args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A running `sayless serve`, ended when dropped.
pub struct CommandServer {
    child: Child,
    /// The server's address.
    pub url: String,
}

impl CommandServer {
    fn start(folder: &DataFolder, scheme: &str, more: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let mut child = folder
            .command(&["serve", "--listen", &listen])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("serving")), "serve ended before it served");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("{scheme}://{listen}") }
    }

    /// Signs a member in; none where the password is refused.
    pub async fn sign_in(&self, email: &str, password: &str) -> Option<Client> {
        let client = Client::new(&self.url);
        let reply = client.post("/v1/session", &json!({ "email": email, "password": password })).await;
        if reply.status != 200 {
            return None;
        }
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Some(client.with_header("cookie", &cookie))
    }

    /// Asks the server to stop; gives the exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for CommandServer {
    fn drop(&mut self) {
        // Already ended where the test terminated it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running `sayless receive`, ended when dropped.
pub struct ReceiveCommand {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Drop for ReceiveCommand {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl ReceiveCommand {
    /// Starts the command and waits until it listens.
    pub fn start(args: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sayless"))
            .args(["receive", "--port", &port])
            .args(args)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, output, url: format!("http://127.0.0.1:{port}/hook") };
        assert!(running.line().starts_with(&format!("Receiving at http://127.0.0.1:{port}/")));
        running
    }

    /// The next line on standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    /// Sends a message signed with `secret`; gives the status of the answer.
    pub async fn status(&self, secret: &SigningSecret) -> u16 {
        let id = "evt_1".to_owned();
        let timestamp = Clock::wall().now().as_secs();
        let body = Bytes::from_static(b"{\"type\":\"ticket.created\",\"bell\":\"\x07\"}");
        let signature = secret.sign(&id, timestamp, &body);
        let url = WebhookUrl::stored(&self.url).unwrap();
        match sender().send(&Outgoing { url, id, timestamp, signature, body }).await.outcome {
            Outcome::Response(response) => response.status,
            Outcome::Failure(failure) => panic!("{failure:?}"),
        }
    }
}
