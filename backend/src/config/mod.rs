//! The command line: each flag is also an environment variable, and its doc line is its help.

mod database;
mod operation;

use std::{net::SocketAddr, path::PathBuf};

use api_types::{
    account::{Plan, Role},
    ids::WorkspaceId,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use url::Url;

use crate::ranges;

pub use database::{Database, Secret};
pub use operation::{Backup, KeysCommand, Restore};

/// Sayless's API platform: API keys, OAuth apps, webhooks and their delivery.
#[derive(Debug, Parser)]
#[command(name = "sayless", version)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the console; deliver too, unless told not to.
    Serve(Serve),
    /// Deliver only (PostgreSQL only).
    Worker(Worker),
    /// Bring the database's tables up to date.
    Migrate(Database),
    /// Print the OpenAPI document.
    Openapi(Openapi),
    /// Manage workspaces.
    #[command(subcommand)]
    Workspace(WorkspaceCommand),
    /// Manage members.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Manage the keys that sign OAuth access tokens.
    #[command(subcommand)]
    SigningKey(SigningKeyCommand),
    /// Manage the server's own keys: the pepper and the sealing key.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Write a backup of the embedded database, while it is used; on PostgreSQL, say which command to run.
    Backup(Backup),
    /// Put the database back to the state of a backup, with the server stopped.
    Restore(Restore),
    /// Forward a workspace's events to an address of this machine, as they come: for developing a receiver.
    Listen(Listen),
    /// Receive webhooks and print them: for trying things out.
    Receive(Receive),
}

/// Manage the keys that sign OAuth access tokens.
#[derive(Debug, Subcommand)]
pub enum SigningKeyCommand {
    /// Print the id of each key that is published, and what the key does.
    List(Database),
    /// Make a new key, which signs once everybody who verifies tokens knows it: in five minutes. It happens by itself every 90
    /// days; tokens that are out keep working either way.
    Rotate {
        /// Let it sign at once; who keeps the key set refuses its tokens for up to five minutes.
        #[arg(long)]
        now: bool,
        /// Database and keys.
        #[command(flatten)]
        database: Database,
    },
    /// End a key that leaked: within a second no token that it signed works any more. Where it was the one that signs, the next
    /// takes over at once. Refresh tokens keep working.
    Revoke {
        /// The key's id: the `kid` in the key set.
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// Database and keys.
        #[command(flatten)]
        database: Database,
    },
}

/// How to print the OpenAPI document.
#[derive(Clone, Copy, Debug, Args)]
pub struct Openapi {
    /// The version of OpenAPI to write it in; 3.0 is for generators that read no 3.1.
    #[arg(long, value_enum, default_value = "3.1")]
    pub spec: Spec,
}

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Spec {
    #[value(name = "3.1")]
    V3_1,
    #[value(name = "3.0")]
    V3_0,
}

/// Reads the URL at which browsers reach a server.
fn public_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error: url::ParseError| error.to_string())?;
    let is_origin = url.host().is_some()
        && matches!(url.path(), "" | "/")
        && (url.query(), url.fragment(), url.password()) == (None, None, None)
        && url.username().is_empty();
    if matches!(url.scheme(), "http" | "https") && is_origin {
        return Ok(url);
    }
    Err("it must be http or https, a host and perhaps a port, as in https://sayless.example.com".into())
}

/// Special addresses that deliveries may go to.
#[derive(Clone, Debug, Args)]
pub struct Destinations {
    /// A range of special addresses that webhooks may reach all the same; may be repeated.
    #[arg(long, env = "SAYLESS_ALLOW_DESTINATION", value_parser = ranges::parse, value_delimiter = ',')]
    pub allow_destination: Vec<IpNet>,
}

/// For how long deliveries and audit entries are kept.
#[derive(Clone, Copy, Debug, Args)]
pub struct Keeping {
    /// Days for which deliveries are kept once they are finished, with their attempts and events.
    #[arg(long, env = "SAYLESS_KEEP_DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub keep_days: u32,
    /// Days for which entries of the audit log are kept.
    #[arg(long, env = "SAYLESS_KEEP_AUDIT_DAYS", default_value_t = 400,
        value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub keep_audit_days: u32,
}

/// Serve the API and the console.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on.
    #[arg(long, env = "SAYLESS_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Database and keys.
    #[command(flatten)]
    pub database: Database,
    /// The URL at which browsers reach us; https, unless on loopback.
    #[arg(long, env = "SAYLESS_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<Url>,
    /// Serve over TLS with this certificate chain, in PEM. A renewed file is taken up within a minute.
    #[arg(long, env = "SAYLESS_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM.
    #[arg(long, env = "SAYLESS_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// The address at which Prometheus may ask for figures, apart from everything else; none unless given.
    #[arg(long, env = "SAYLESS_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Leave delivering to `sayless worker` processes.
    #[arg(long, env = "SAYLESS_NO_WORKER")]
    pub no_worker: bool,
    /// Special addresses that deliveries may go to.
    #[command(flatten)]
    pub destinations: Destinations,
    /// An address or CIDR range that deliveries come from, told to the owners of receivers for their firewalls; may be repeated.
    #[arg(long, env = "SAYLESS_DELIVERY_ADDRESS", value_parser = ranges::parse, value_delimiter = ',')]
    pub delivery_address: Vec<IpNet>,
    /// Events per second that a workspace may publish; no limit unless given.
    #[arg(long, env = "SAYLESS_PUBLISH_LIMIT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub publish_limit: Option<u32>,
    /// For how long deliveries and audit entries are kept.
    #[command(flatten)]
    pub keeping: Keeping,
    /// A proxy whose X-Forwarded-For is believed; may be repeated.
    #[arg(long, env = "SAYLESS_TRUSTED_PROXY", value_parser = ranges::parse, value_delimiter = ',')]
    pub trusted_proxy: Vec<IpNet>,
    /// For tests: a name to which deliveries can go, and the place that it leads to, as NAME=ADDRESS:PORT. Other names do not exist then.
    #[arg(long, hide = true, value_parser = fixed_name)]
    pub fixed_name: Vec<(String, SocketAddr)>,
}

/// Reads `NAME=ADDRESS:PORT`.
fn fixed_name(text: &str) -> Result<(String, SocketAddr), String> {
    let (name, place) = text.split_once('=').ok_or("it must be NAME=ADDRESS:PORT")?;
    let place = place.parse().map_err(|error| format!("{place}: {error}"))?;
    Ok((name.to_owned(), place))
}

/// Deliver only.
#[derive(Debug, Args)]
pub struct Worker {
    /// Database and keys.
    #[command(flatten)]
    pub database: Database,
    /// The address at which Prometheus may ask for figures, apart from everything else; none unless given.
    #[arg(long, env = "SAYLESS_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// The URL at which browsers reach the server; named to receivers.
    #[arg(long, env = "SAYLESS_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<Url>,
    /// Special addresses that deliveries may go to.
    #[command(flatten)]
    pub destinations: Destinations,
    /// For how long deliveries and audit entries are kept.
    #[command(flatten)]
    pub keeping: Keeping,
}

/// Manage workspaces.
#[derive(Debug, Subcommand)]
pub enum WorkspaceCommand {
    /// Create a workspace and print its id.
    Create {
        /// The workspace's name.
        #[arg(long)]
        name: String,
        /// free, startup, business or enterprise.
        #[arg(long)]
        plan: Plan,
        /// Database and keys.
        #[command(flatten)]
        database: Database,
    },
    /// Move a workspace to another plan.
    SetPlan {
        /// The workspace's id.
        id: WorkspaceId,
        /// free, startup, business or enterprise.
        plan: Plan,
        /// Database and keys.
        #[command(flatten)]
        database: Database,
    },
}

/// A member of a workspace.
#[derive(Clone, Debug, Args)]
pub struct WhichMember {
    /// The workspace's id.
    #[arg(long)]
    pub workspace: WorkspaceId,
    /// The member's e-mail address.
    #[arg(long)]
    pub email: String,
    /// Database and keys.
    #[command(flatten)]
    pub database: Database,
}

/// Manage members.
#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Add a member to a workspace and print their id. One who is a member elsewhere keeps their password.
    Add {
        /// The member and the workspace.
        #[command(flatten)]
        which: WhichMember,
        /// admin or member.
        #[arg(long)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Change a member's role; their sessions in the workspace end.
    SetRole {
        /// The member and the workspace.
        #[command(flatten)]
        which: WhichMember,
        /// admin or member.
        #[arg(long)]
        role: Role,
    },
    /// Change a member's password; all their sessions end.
    SetPassword {
        /// The member and the workspace.
        #[command(flatten)]
        which: WhichMember,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Remove a member from a workspace; their sessions there end.
    Remove {
        /// The member and the workspace.
        #[command(flatten)]
        which: WhichMember,
    },
}

/// Forward a workspace's events to an address of this machine.
#[derive(Debug, Args)]
pub struct Listen {
    /// The address to post each event to, such as <http://localhost:3000/hook>.
    #[arg(long, env = "SAYLESS_FORWARD_TO", value_name = "URL")]
    pub forward_to: String,
    /// An API key with the scope deliveries:read, and those for reading what is to be forwarded. Better given by the environment:
    /// others on this machine can see a command's flags.
    #[arg(long, env = "SAYLESS_KEY", hide_env_values = true)]
    pub key: Secret,
    /// The address of the server whose events these are.
    #[arg(long, env = "SAYLESS_URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// Only these types or groups of types, separated by commas: ticket.*,broadcast.sent.
    #[arg(long, env = "SAYLESS_TYPES", value_delimiter = ',')]
    pub types: Vec<String>,
}

/// Receive webhooks and print them.
#[derive(Debug, Args)]
pub struct Receive {
    /// The port to listen on, on loopback.
    #[arg(long, default_value_t = 9000)]
    pub port: u16,
    /// The signing secret to verify with: whsec_… or whpk_….
    #[arg(long, env = "SAYLESS_RECEIVE_SECRET", hide_env_values = true)]
    pub secret: Option<Secret>,
    /// The status to answer with.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(200..=599))]
    pub status: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_nothing_can_work_with_is_refused_by_its_flags_name() {
        for (command, flag, number) in [
            ("serve", "--publish-limit", "0"),
            ("serve", "--publish-limit", "2000000000"),
            ("serve", "--publish-limit", "-1"),
            ("serve", "--keep-days", "0"),
            ("serve", "--keep-days", "3651"),
            ("worker", "--keep-days", "4294967296"),
            ("serve", "--listen", "127.0.0.1:65536"),
            ("serve", "--metrics-listen", "127.0.0.1"),
            ("receive", "--port", "65536"),
            ("receive", "--status", "100"),
            ("receive", "--status", "101"),
            ("receive", "--status", "600"),
        ] {
            let refused = Cli::try_parse_from(["sayless", command, &format!("{flag}={number}")]);
            let said = refused.expect_err("refused").to_string();
            assert!(said.contains(flag) && said.contains(number), "{said}");
        }
        for (command, flag, number) in [
            ("serve", "--publish-limit", "1"),
            ("serve", "--publish-limit", "1000000"),
            ("serve", "--keep-days", "3650"),
            ("receive", "--status", "599"),
        ] {
            let parsed = Cli::try_parse_from(["sayless", command, flag, number]);
            assert!(parsed.is_ok(), "{flag} {number}");
        }
    }

    #[test]
    fn the_operators_ranges_are_read_in_their_canonical_form() {
        let ranges = "::ffff:10.0.0.0/104,192.0.2.7";
        let parsed = Cli::try_parse_from([
            "sayless",
            "serve",
            "--trusted-proxy",
            ranges,
            "--allow-destination",
            ranges,
        ]);
        let Command::Serve(serve) = parsed.expect("parses").command else { panic!("not serve") };
        for parsed in [serve.trusted_proxy, serve.destinations.allow_destination] {
            assert_eq!(
                parsed.iter().map(ToString::to_string).collect::<Vec<_>>(),
                ["10.0.0.0/8", "192.0.2.7/32"]
            );
        }
    }
}
