//! The command line of what operators do to an installation: backup, restore and the server's own keys.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::database::Database;

/// Write a backup.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; it must not be there yet.
    pub file: PathBuf,
    /// Leave the server's keys out, for those who keep them elsewhere. Without them a backup is worth little.
    #[arg(long)]
    pub without_keys: bool,
    /// Database and keys.
    #[command(flatten)]
    pub database: Database,
}

/// Put the database back to an older state.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup that `sayless backup` wrote.
    #[arg(required_unless_present = "after_pg_restore")]
    pub file: Option<PathBuf>,
    /// Take the place of a database that is there. It is kept beside the new one, under another name.
    #[arg(long)]
    pub replace: bool,
    /// Settle a PostgreSQL database into which `pg_restore` has put an older state.
    #[arg(long, conflicts_with_all = ["file", "replace"])]
    pub after_pg_restore: bool,
    /// Database and keys.
    #[command(flatten)]
    pub database: Database,
}

/// Manage the server's own keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Say which versions of the keys there are, and how much of what works was made under each.
    Status(Database),
    /// Put new keys before the old ones and seal everything anew. On a key file, with the server stopped.
    Rotate {
        /// Database and keys.
        #[command(flatten)]
        database: Database,
        /// Print new values of `SAYLESS_PEPPER` and `SAYLESS_SEALING_KEY`, which are secrets, and what to do with them.
        #[arg(long)]
        print: bool,
    },
    /// Seal what is under an older version of the sealing key under the newest. Every running node must know that version.
    Reseal(Database),
    /// Go on with other keys because the old ones are lost for good: API keys, client secrets, refresh tokens and signing
    /// secrets that were made under the lost ones are dead.
    ReplaceLost(Database),
}
