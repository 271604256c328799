//! `demo URL STATE_FILE`, started by `cargo xtask run --demo`: fills the workspace through the public API (an admin's
//! e-mail and password come on stdin, the first time), receives what its webhooks send, and keeps things happening for
//! as long as the server, its parent process, lives.

mod activity;
mod api;
mod fill;
mod receivers;

use anyhow::{Context as _, Result, bail};
use api::Api;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// The part of the demo that must be the same the next time.
#[derive(Deserialize, Serialize)]
struct State {
    ports: receivers::Ports,
    /// The API key that the demo's own systems call with.
    key: String,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [url, state] = args.as_slice() else {
        bail!("usage: demo URL STATE_FILE, with an e-mail address and a password on stdin");
    };
    let state = PathBuf::from(state);
    let mut sign_in = String::new();
    std::io::stdin().read_to_string(&mut sign_in)?;
    end_with_parent();
    let api = Api::new(url);
    api.wait_until_ready()?;
    let key = match load(&state)? {
        Some(State { ports, key }) => {
            receivers::start(&ports)?;
            key
        }
        None => fill_anew(&api, &sign_in, &state)?,
    };
    println!("demo: a ticket is touched every {} seconds.", activity::PAUSE.as_secs());
    activity::run(&api.with_key(&key))
}

fn fill_anew(api: &Api, sign_in: &str, state: &Path) -> Result<String> {
    let mut lines = sign_in.lines();
    let email = lines.next().context("no sign-in on stdin")?;
    let password = lines.next().context("no sign-in on stdin")?;
    let ports = receivers::Ports::free()?;
    receivers::start(&ports)?;
    let key = fill::workspace(&api.sign_in(email, password)?, &ports)?;
    save(state, &State { ports, key: key.clone() })?;
    fill::tickets(&api.with_key(&key))?;
    Ok(key)
}

fn load(path: &Path) -> Result<Option<State>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).context("the demo's state is not readable")?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Readable by the owner alone: it holds a key.
fn save(path: &Path, state: &State) -> Result<()> {
    let mut file = fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(path)?;
    Ok(file.write_all(&serde_json::to_vec(state)?)?)
}

/// Ends this process when the server has ended, however that happened.
fn end_with_parent() {
    let parent = std::os::unix::process::parent_id();
    thread::spawn(move || {
        while std::os::unix::process::parent_id() == parent {
            thread::sleep(Duration::from_millis(200));
        }
        std::process::exit(0);
    });
}
