//! `sayless keys …`: what depends on the server's own keys, and new keys in place of old or lost ones.

use std::path::PathBuf;

use super::{
    error::CommandError,
    node::{build, keys_of_variables, lock_folder, loopback, runtime},
    reseal::reseal,
};
use crate::{
    app::App,
    base::Settings,
    clock::Clock,
    config::{Database, KeysCommand},
    crypto::{
        key_file::{self, KeyFile},
        keys::{KeyKind, KeysError, ServerKeys, with_new},
    },
    db::{DbError, OpenError, server_keys},
    random::Random,
};

/// Runs one of the commands.
pub fn keys(command: &KeysCommand) -> Result<(), CommandError> {
    match command {
        KeysCommand::Status(database) => status(&open(database)?),
        KeysCommand::Rotate { database, print } => match file_of(database) {
            Some(path) => rotate_file(database, &path),
            None if *print => print_new(database),
            None => Err(CommandError::new(
                "the keys come from SAYLESS_PEPPER and SAYLESS_SEALING_KEY, which this command cannot change: \
                 `sayless keys rotate --print` prints new values and says what to do with them",
            )),
        },
        KeysCommand::Reseal(database) => {
            let _lock = file_of(database).map(|_| lock_folder(database)).transpose()?;
            let app = open(database)?;
            reseal_and_tell(&app)
        }
        KeysCommand::ReplaceLost(database) => replace_lost(database),
    }
}

fn open(database: &Database) -> Result<App, CommandError> {
    build(database, Settings::new(loopback()?))
}

/// The key file, where the keys come from one.
fn file_of(database: &Database) -> Option<PathBuf> {
    if database.pepper.is_some() {
        return None;
    }
    database.data_folder().map(|folder| key_file::path(&folder))
}

fn status(app: &App) -> Result<(), CommandError> {
    let keys = app.base.keys.clone();
    let read = app.base.db.read(move |conn| -> Result<_, DbError> {
        let now = Clock::wall().now();
        let mut lines = Vec::new();
        for kind in KeyKind::ALL {
            for (place, (version, _)) in keys.checks(kind).into_iter().enumerate() {
                let role = if place == 0 { "in use" } else { "recognised" };
                let needed = server_keys::dependents(conn, kind, version, now)?;
                let end = if place > 0 && needed.is_nothing() { "; may be dropped" } else { "" };
                lines.push(format!("{} version {version}, {role}: {needed}{end}", kind.as_str()));
            }
        }
        Ok(lines)
    });
    for line in runtime()?.block_on(read).map_err(CommandError::of("the keys' state cannot be read"))? {
        println!("{line}");
    }
    Ok(())
}

/// Puts new keys before the old ones in the key file, and seals everything anew. The server is stopped meanwhile: it would know
/// nothing of the new keys.
fn rotate_file(database: &Database, path: &std::path::Path) -> Result<(), CommandError> {
    let _lock = lock_folder(database)?;
    // The present keys are right.
    drop(open(database)?);
    let missing = || KeysError::Damaged { path: path.display().to_string() };
    let file = KeyFile::read(path)?.ok_or_else(missing)?;
    let random = Random::from_os();
    let rotated = KeyFile {
        pepper: with_new("pepper", &file.pepper, &random)?,
        sealing_key: with_new("sealing_key", &file.sealing_key, &random)?,
    };
    rotated.replace(path)?;
    println!("{} holds new keys before the old ones: back it up now", path.display());
    reseal_and_tell(&open(database)?)
}

fn reseal_and_tell(app: &App) -> Result<(), CommandError> {
    let done = runtime()?.block_on(reseal(&app.base));
    let (sealed, unreadable) =
        done.map_err(CommandError::of("not everything is sealed anew; run `sayless keys reseal`"))?;
    println!("sealed anew: {sealed}");
    if unreadable > 0 {
        println!("under a key that is no longer there, and left as they are: {unreadable}");
    }
    status(app)?;
    println!(
        "API keys, client secrets and refresh tokens are hashed and cannot be read: each moves to the newest pepper when it is \
         next used. Drop an old version when `sayless keys status` says so."
    );
    Ok(())
}

/// Prints new values of the variables, with what to do about them.
fn print_new(database: &Database) -> Result<(), CommandError> {
    let (Some(pepper), Some(sealing)) = (&database.pepper, &database.sealing_key) else {
        return Err(KeysError::Missing.into());
    };
    drop(open(database)?);
    let random = Random::from_os();
    let new = [
        ("SAYLESS_PEPPER", with_new("SAYLESS_PEPPER", &pepper.0, &random)?),
        ("SAYLESS_SEALING_KEY", with_new("SAYLESS_SEALING_KEY", &sealing.0, &random)?),
    ];
    println!(
        "# 1. Start every node with these, which recognise the new keys (one node alone may skip this)."
    );
    for (name, list) in &new {
        let (first, rest) = list.split_once(',').unwrap_or((list, ""));
        println!("{name}={rest},{first}");
    }
    println!("# 2. When all nodes have them, start every node with these, which use the new keys.");
    for (name, list) in &new {
        println!("{name}={list}");
    }
    println!(
        "# 3. Run `sayless keys reseal` with the values of 2. Keep them where you keep your secrets, and back them up."
    );
    Ok(())
}

fn replace_lost(database: &Database) -> Result<(), CommandError> {
    let _lock = database.data_folder().map(|_| lock_folder(database)).transpose()?;
    let refused = |error: KeysError| OpenError::Keys(error.to_string());
    server_keys::replace_lost(&database.database_url, Clock::wall().now(), |version| {
        if let Some(keys) = keys_of_variables(database).map_err(refused)? {
            return Ok(keys);
        }
        let folder = database.data_folder().ok_or_else(|| refused(KeysError::Missing))?;
        match ServerKeys::from_folder(&folder).map_err(refused)? {
            Some(keys) => Ok(keys),
            None => ServerKeys::make_in_folder(&folder, version, &Random::from_os()).map_err(refused),
        }
    })
    .map_err(CommandError::of("the lost keys were not replaced"))?;
    println!(
        "The database takes these keys from now on. Dead are all API keys, client secrets, refresh tokens and signing secrets \
         that were made under the lost ones: make them anew."
    );
    Ok(())
}
