//! The node that a command works with: on the wall clock, with the keys and the data folder that the operator chose.

use std::{
    fs::{self, File},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

use api_types::Timestamp;
use fs4::FileExt;

use super::error::CommandError;
use crate::{
    app::{App, StartError},
    base::Settings,
    clock::Clock,
    config::Database,
    crypto::{
        key_file,
        keys::{KeysError, ServerKeys},
    },
    db::{DatabaseUrl, server_keys},
    random::Random,
};

/// 2025-01-01: no clock that is right shows an earlier time. In milliseconds.
const FIRST_TIME: Timestamp = Timestamp::from_millis(1_735_689_600_000);

/// The public URL of a node that no browser reaches.
pub fn loopback() -> Result<url::Url, CommandError> {
    "http://127.0.0.1:8080".parse().map_err(CommandError::of("http://127.0.0.1:8080"))
}

/// Builds the node's parts on the wall clock; makes the data folder and its keys on the embedded default.
pub fn build(database: &Database, settings: Settings) -> Result<App, CommandError> {
    let clock = Clock::wall();
    check_clock(clock.now())?;
    let random = Random::from_os();
    if let Some(folder) = database.data_folder() {
        make_folder(&folder)?;
    }
    let keys = keys(database, &random)?;
    Ok(App::build(&database.database_url, keys, clock, random, settings)?)
}

/// The keys in `SAYLESS_PEPPER` and `SAYLESS_SEALING_KEY`, if they are set.
pub fn keys_of_variables(database: &Database) -> Result<Option<ServerKeys>, KeysError> {
    let variables = database.pepper.as_ref().zip(database.sealing_key.as_ref());
    variables.map(|(pepper, sealing)| ServerKeys::parse(&pepper.0, &sealing.0)).transpose()
}

/// The keys that the operator chose: the variables', or those of the key file, which is made where there is nothing yet that was
/// written with keys.
fn keys(database: &Database, random: &Random) -> Result<ServerKeys, CommandError> {
    if let Some(keys) = keys_of_variables(database)? {
        return Ok(keys);
    }
    let (Some(folder), DatabaseUrl::Sqlite(path)) = (database.data_folder(), &database.database_url) else {
        return Err(KeysError::Missing.into());
    };
    if let Some(keys) = ServerKeys::from_folder(&folder)? {
        return Ok(keys);
    }
    if !server_keys::needs_keys(path).map_err(StartError::from)? {
        return Ok(ServerKeys::make_in_folder(&folder, 1, random)?);
    }
    // Another process may have made both meanwhile.
    ServerKeys::from_folder(&folder)?.ok_or_else(|| {
        CommandError::new(format!(
            "{} is missing, and the database {} was written with the keys in it: put the file from your backup in its place; \
             where it is lost for good, see `sayless keys replace-lost --help`",
            key_file::path(&folder).display(),
            path.display()
        ))
    })
}

/// Refuses a clock that was never set: ids, signatures and leases would all be of the past.
fn check_clock(now: Timestamp) -> Result<(), CommandError> {
    if now >= FIRST_TIME {
        return Ok(());
    }
    Err(CommandError::new(format!(
        "this machine's clock says {now}, which is long past: set the clock and start again"
    )))
}

/// Makes the data folder where there is none: the database and the keys in it are the owner's alone to read.
pub fn make_folder(folder: &Path) -> Result<(), CommandError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(CommandError::of(format!(
        "the data folder {} cannot be made; make it, or name another in --database-url",
        folder.display()
    )))
}

/// Keeps a second server off an embedded database; the lock goes with the process.
pub fn lock_folder(database: &Database) -> Result<Option<File>, CommandError> {
    let Some(folder) = database.data_folder() else { return Ok(None) };
    make_folder(&folder)?;
    let path = folder.join("serve.lock");
    let file = File::create(&path).map_err(CommandError::of(format!(
        "{} cannot be written; the user that runs sayless must be able to make files there",
        path.display()
    )))?;
    FileExt::try_lock(&file).map_err(|_| {
        CommandError::new(format!("another sayless serve is using {}; stop it first", folder.display()))
    })?;
    Ok(Some(file))
}

/// A runtime for a command that asks the database a few things.
pub fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(CommandError::of("the command cannot run"))
}

/// `true`: the database is the embedded one, from which two processes must not serve at once.
pub fn is_embedded(database: &Database) -> bool {
    matches!(database.database_url, DatabaseUrl::Sqlite(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_refused_with_its_time() {
        let said = check_clock(Timestamp::from_millis(0)).expect_err("refused").to_string();
        assert!(said.contains("1970-01-01") && said.contains("set the clock"), "{said}");
        assert!(check_clock(FIRST_TIME).is_ok());
    }
}
