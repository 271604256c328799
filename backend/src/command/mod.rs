//! What the `sayless` command does, one file a subject.

mod manage;
mod receive;
mod serve;

use std::{fmt, fs, io, os::unix::fs::DirBuilderExt, path::Path};

use crate::{
    app::{App, Settings, StartError},
    chance::Chance,
    clock::Clock,
    config::{Command, Database},
    crypto::keys::{KeysError, ServerKeys},
    db::DatabaseUrl,
    openapi,
    problem::Failure,
    tls::TlsError,
};

/// Why a command failed, as a sentence for the terminal.
#[derive(Debug)]
pub struct CommandError(String);

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CommandError {
    /// A failure with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

macro_rules! from {
    ($($error:ty),+) => {$(
        impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )+};
}

from!(io::Error, StartError, KeysError, TlsError, Failure);

/// Runs a command to its end.
pub fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Serve(args) => serve::serve(&args),
        Command::Worker(args) => serve::worker(&args),
        Command::Migrate(database) => build(&database, Settings::new(loopback()?)).map(drop),
        Command::Openapi => {
            print!("{}", openapi::json());
            Ok(())
        }
        Command::Workspace(command) => manage::workspace(command),
        Command::Member(command) => manage::member(command),
        Command::SigningKey(command) => manage::signing_key(&command),
        Command::Receive(args) => receive::receive(args),
    }
}

fn loopback() -> Result<url::Url, CommandError> {
    "http://127.0.0.1:8080".parse().map_err(|error| CommandError::new(format!("{error}")))
}

/// Builds the node's parts on the wall clock; makes the data folder and its keys on the embedded default.
fn build(database: &Database, settings: Settings) -> Result<App, CommandError> {
    let chance = Chance::from_os();
    if let Some(folder) = database.data_folder() {
        make_folder(&folder)?;
    }
    let keys = match (&database.pepper, &database.sealing_key, database.data_folder()) {
        (Some(pepper), Some(sealing), _) => ServerKeys::parse(&pepper.0, &sealing.0)?,
        (_, _, Some(folder)) => ServerKeys::from_folder(&folder, &chance)?,
        _ => return Err(KeysError::Missing.into()),
    };
    Ok(App::build(&database.database_url, keys, Clock::wall(), chance, settings)?)
}

/// Makes the data folder where there is none: the database and the keys in it are the owner's alone to read.
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Whether two processes must not serve from the same database at once.
fn is_embedded(database: &Database) -> bool {
    matches!(database.database_url, DatabaseUrl::Sqlite(_))
}
