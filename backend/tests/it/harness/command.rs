//! The `sayless` command on a data folder of its own, and what it leaves running: `serve` and `receive`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::{Arc, Mutex},
};

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

use super::{
    Client, PASSWORD, World, eventually,
    ports::{free_address, free_port},
    sender::{Open, sender},
};

/// The program. It hears SIGHUP, also where these tests run under `nohup`, which has everything ignore that signal.
pub fn sayless() -> Command {
    let mut command = Command::new("/usr/bin/env");
    command.args(["--default-signal=HUP", env!("CARGO_BIN_EXE_sayless")]);
    command
}

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

    /// The command on this folder, about to be run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = sayless();
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

    /// Starts a server at this address again.
    pub fn serve_at(&self, listen: &str) -> CommandServer {
        CommandServer::start_at(self, "http", listen, &[])
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
        let output = self.operation(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs an operator's command on the world's database to failure; gives the text on standard error.
    #[track_caller]
    pub fn refuses(&self, args: &[&str]) -> String {
        let output = self.operation(args).output().unwrap();
        assert!(!output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The world's keys as the environment has them: the pepper and the sealing key.
    pub fn environment_keys(&self) -> (String, String) {
        (self.keys.pepper.clone(), self.keys.sealing_key.clone())
    }

    /// An operator's command on the world's database with the world's keys, about to be run.
    pub fn operation(&self, args: &[&str]) -> Command {
        let mut command = sayless();
        match self.database_url() {
            DatabaseUrl::Sqlite(path) => {
                command.env("SAYLESS_DATABASE_URL", format!("sqlite:{}", path.display()));
            }
            DatabaseUrl::Postgres(url) => {
                command.env("SAYLESS_DATABASE_URL", url);
            }
        }
        command.env("SAYLESS_PEPPER", &self.keys.pepper).env("SAYLESS_SEALING_KEY", &self.keys.sealing_key);
        command.args(args);
        command
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
        Self::start_at(folder, scheme, &free_address(), more)
    }

    fn start_at(folder: &DataFolder, scheme: &str, listen: &str, more: &[&str]) -> Self {
        let mut child =
            folder.command(&["serve", "--listen", listen]).args(more).stderr(Stdio::piped()).spawn().unwrap();
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
    pub fn terminate(self) -> Option<i32> {
        self.signal("TERM")
    }

    /// Sends the server a signal; gives the exit code.
    pub fn signal(mut self, name: &str) -> Option<i32> {
        let killed =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
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

/// A running `sayless listen`, ended when dropped.
pub struct ListenCommand {
    child: Child,
    /// All lines that it has printed.
    printed: Arc<Mutex<Vec<String>>>,
}

impl Drop for ListenCommand {
    fn drop(&mut self) {
        // Already ended where the test sent it a signal.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl ListenCommand {
    /// Starts the command.
    pub fn start(server: &str, forward_to: &str, key: &str, more: &[&str]) -> Self {
        let mut child = sayless()
            .args(["listen", "--url", server, "--forward-to", forward_to])
            .args(more)
            .env("SAYLESS_KEY", key)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let printed: Arc<Mutex<Vec<String>>> = Arc::default();
        let (output, errors) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let sources: [Box<dyn Read + Send>; 2] = [Box::new(output), Box::new(errors)];
        for source in sources {
            let printed = Arc::clone(&printed);
            std::thread::spawn(move || {
                let lines = BufReader::new(source).lines().map_while(Result::ok);
                lines.for_each(|line| printed.lock().unwrap().push(line));
            });
        }
        Self { child, printed }
    }

    /// Waits for a line that says this; gives it.
    pub async fn says(&self, text: &str) -> String {
        let line = || self.printed.lock().unwrap().iter().find(|line| line.contains(text)).cloned();
        eventually(&format!("a line with {text}"), async || line().is_some()).await;
        line().unwrap()
    }

    /// Sends the command a signal; gives the exit code, and all that was printed.
    pub fn signal(mut self, name: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let printed = self.printed.lock().unwrap().join("\n");
        (code, printed)
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
        // Already ended where the test sent it a signal.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl ReceiveCommand {
    /// Starts the command and waits until it listens.
    pub fn start(args: &[&str]) -> Self {
        let port = free_port().to_string();
        let mut child = sayless()
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

    /// The receiver's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends the receiver a signal; gives the exit code.
    pub fn signal(&mut self, name: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
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
        let outgoing = Outgoing { url, id, timestamp, signature, headers: Vec::new(), body };
        match sender().send(&outgoing, &Open).await.unwrap().outcome {
            Outcome::Response(response) => response.status,
            Outcome::Failure(failure) => panic!("{failure:?}"),
        }
    }
}
