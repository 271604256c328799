//! `load sandbox --server BIN -- COMMAND…`: a server for a program that calls the API, and a proxy before it that fails on
//! demand. The environment of COMMAND says where both are and how to call them.

mod answer;
mod connection;
mod faults;
mod message;
pub mod proxy;
pub mod upstream;

use crate::bench::fill;
use crate::database::Kind;
use crate::options::Options;
use crate::world::{EMAIL, PASSWORD, Site, World};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::process::{Command, ExitCode, ExitStatus};
use upstream::Upstream;

/// The number of tickets that the workspace starts with.
const TICKETS: u32 = 5_000;
/// Every scope.
pub const SCOPES: [&str; 10] = [
    "tickets:read",
    "tickets:write",
    "broadcasts:read",
    "broadcasts:write",
    "events:write",
    "webhooks:read",
    "webhooks:write",
    "deliveries:read",
    "deliveries:retry",
    "audit:read",
];

/// The command line: the options of every command of `load`, then `--` and the program with its arguments.
pub fn split(args: impl Iterator<Item = String>) -> Result<(Options, Vec<String>)> {
    let mut args: Vec<String> = args.collect();
    let Some(at) = args.iter().position(|arg| arg == "--") else {
        bail!("usage: load sandbox --server PATH -- COMMAND…");
    };
    let command = args.split_off(at).split_off(1);
    if command.is_empty() {
        bail!("a command must follow the --");
    }
    Ok((Options::parse(args.into_iter())?, command))
}

/// Runs a command beside a server of its own; the exit code that it ended with.
pub async fn run(site: &Site, command: &[String]) -> Result<ExitCode> {
    let world = World::new(site, Kind::Sqlite, "sandbox").await?;
    fill::tickets(&world, TICKETS)?;
    let proxy = proxy::start(Upstream { server: world.server.address, session: None }).await?;
    let mut program = guarded(command);
    for (name, value) in credentials(&world).await? {
        program.env(name, value);
    }
    program.env("SAYLESS_URL", format!("http://{}", world.server.address));
    program.env("SAYLESS_FLAKY_URL", format!("http://{proxy}"));
    program.env("SAYLESS_TICKETS", TICKETS.to_string());
    let mut child = program.spawn().with_context(|| format!("cannot start {}", command[0]))?;
    // The proxy runs on this thread in the meantime.
    let status = tokio::task::spawn_blocking(move || child.wait()).await??;
    Ok(exit_code(status))
}

/// The command, ended when this process ends.
fn guarded(command: &[String]) -> Command {
    let mut guarded = Command::new("setpriv");
    guarded.args(["--pdeathsig", "KILL", "--"]).args(command);
    guarded
}

/// The credentials that a program is given.
async fn credentials(world: &World) -> Result<Vec<(&'static str, String)>> {
    let key = json!({ "name": "Sandbox", "scopes": SCOPES, "rotatable": true });
    let key = world.admin.post("/v1/api-keys", &key).await?;
    let app = json!({ "name": "Sandbox", "kind": "confidential", "redirect_uris": [], "scopes": SCOPES,
        "grants": ["client_credentials"] });
    let app = world.admin.post("/v1/oauth-apps", &app).await?;
    Ok(vec![
        ("SAYLESS_API_KEY", text(&key["key"])?),
        ("SAYLESS_APP_ID", text(&app["id"])?),
        ("SAYLESS_APP_SECRET", text(&app["client_secret"])?),
        ("SAYLESS_ADMIN_EMAIL", EMAIL.to_owned()),
        ("SAYLESS_ADMIN_PASSWORD", PASSWORD.to_owned()),
        ("SAYLESS_WORKSPACE_ID", world.workspace.clone()),
    ])
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("an answer without its text")?.to_owned())
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
