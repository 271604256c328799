//! The command line: each flag is also an environment variable, and its doc line is its help.

use std::{net::SocketAddr, path::PathBuf};

use api_types::{
    account::{Plan, Role},
    ids::WorkspaceId,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::{db::DatabaseUrl, ranges};

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
    /// Receive webhooks and print them: for trying things out.
    Receive(Receive),
}

/// Manage the keys that sign OAuth access tokens.
#[derive(Debug, Subcommand)]
pub enum SigningKeyCommand {
    /// Have a new key sign from now on. It happens by itself every 90 days; tokens that are out keep working either way.
    Rotate(Database),
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

/// The database, and the server's own keys.
#[derive(Clone, Debug, Args)]
pub struct Database {
    /// sqlite:PATH or postgres://…
    #[arg(
        long,
        env = "SAYLESS_DATABASE_URL",
        default_value = "sqlite:data/sayless.db",
        hide_env_values = true
    )]
    pub database_url: DatabaseUrl,
    /// The pepper that credentials are hashed under: VERSION:BASE64[,VERSION:BASE64…], newest first, 32 bytes each.
    #[arg(long, env = "SAYLESS_PEPPER", hide_env_values = true, requires = "sealing_key")]
    pub pepper: Option<Secret>,
    /// The key that signing secrets are sealed under: as the pepper.
    #[arg(long, env = "SAYLESS_SEALING_KEY", hide_env_values = true, requires = "pepper")]
    pub sealing_key: Option<Secret>,
}

/// A secret from the environment, which `Debug` does not show.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// Special addresses that deliveries may go to.
#[derive(Clone, Debug, Args)]
pub struct Destinations {
    /// A range of special addresses that webhooks may reach all the same; may be repeated.
    #[arg(long, env = "SAYLESS_ALLOW_DESTINATION", value_parser = ranges::parse, value_delimiter = ',')]
    pub allow_destination: Vec<IpNet>,
}

/// For how long deliveries are kept.
#[derive(Clone, Copy, Debug, Args)]
pub struct Keeping {
    /// Days for which deliveries are kept once they are finished, with their attempts and events.
    #[arg(long, env = "SAYLESS_KEEP_DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub keep_days: u32,
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
    #[arg(long, env = "SAYLESS_PUBLIC_URL")]
    pub public_url: Option<url::Url>,
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
    /// Events per second that a workspace may publish; no limit unless given.
    #[arg(long, env = "SAYLESS_PUBLISH_LIMIT", value_parser = clap::value_parser!(u32).range(1..))]
    pub publish_limit: Option<u32>,
    /// For how long deliveries are kept.
    #[command(flatten)]
    pub keeping: Keeping,
    /// A proxy whose X-Forwarded-For is believed; may be repeated.
    #[arg(long, env = "SAYLESS_TRUSTED_PROXY", value_parser = ranges::parse, value_delimiter = ',')]
    pub trusted_proxy: Vec<IpNet>,
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
    #[arg(long, env = "SAYLESS_PUBLIC_URL")]
    pub public_url: Option<url::Url>,
    /// Special addresses that deliveries may go to.
    #[command(flatten)]
    pub destinations: Destinations,
    /// For how long deliveries are kept.
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
    #[arg(long, default_value_t = 200)]
    pub status: u16,
}

impl Database {
    /// The folder that holds the embedded database and the keys made for it.
    pub fn data_folder(&self) -> Option<PathBuf> {
        match &self.database_url {
            DatabaseUrl::Sqlite(path) => Some(match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
                _ => PathBuf::from("."),
            }),
            DatabaseUrl::Postgres(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
