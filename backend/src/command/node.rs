//! The node that a command works with: on the wall clock, with the keys and the data folder that the operator chose.

use std::{fs, io, os::unix::fs::DirBuilderExt, path::Path};

use super::error::CommandError;
use crate::{
    app::App,
    base::Settings,
    clock::Clock,
    config::Database,
    crypto::keys::{KeysError, ServerKeys},
    db::DatabaseUrl,
    random::Random,
};

/// The public URL of a node that no browser reaches.
pub fn loopback() -> Result<url::Url, CommandError> {
    "http://127.0.0.1:8080".parse().map_err(|error| CommandError::new(format!("{error}")))
}

/// Builds the node's parts on the wall clock; makes the data folder and its keys on the embedded default.
pub fn build(database: &Database, settings: Settings) -> Result<App, CommandError> {
    let random = Random::from_os();
    if let Some(folder) = database.data_folder() {
        make_folder(&folder)?;
    }
    let keys = match (&database.pepper, &database.sealing_key, database.data_folder()) {
        (Some(pepper), Some(sealing), _) => ServerKeys::parse(&pepper.0, &sealing.0)?,
        (_, _, Some(folder)) => ServerKeys::from_folder(&folder, &random)?,
        _ => return Err(KeysError::Missing.into()),
    };
    Ok(App::build(&database.database_url, keys, Clock::wall(), random, settings)?)
}

/// Makes the data folder where there is none: the database and the keys in it are the owner's alone to read.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// `true`: the database is the embedded one, from which two processes must not serve at once.
pub fn is_embedded(database: &Database) -> bool {
    matches!(database.database_url, DatabaseUrl::Sqlite(_))
}
