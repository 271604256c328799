//! `sayless restore`: puts the embedded database back to the state of a backup, or settles a PostgreSQL database after
//! `pg_restore`. It says what the older state means for what happened since.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use api_types::Timestamp;

use super::{
    error::CommandError,
    node::{keys_of_variables, lock_folder},
};
use crate::{
    app::StartError,
    clock::Clock,
    config::{Database, Restore},
    crypto::{
        key_file::{self, KeyFile},
        keys::{KeysError, ServerKeys},
    },
    db::{
        DatabaseUrl,
        backup::{self, Label},
        restores::RestoredState,
    },
};

/// Restores.
pub fn restore(args: &Restore) -> Result<(), CommandError> {
    let now = Clock::wall().now();
    match (&args.database.database_url, &args.file) {
        (DatabaseUrl::Postgres(_), None) => {
            let keys = keys_of_variables(&args.database)?.ok_or(KeysError::Missing)?;
            let state =
                backup::settle_server(&args.database.database_url, &keys, now).map_err(StartError::from)?;
            tell(&state, None);
            Ok(())
        }
        (DatabaseUrl::Postgres(_), Some(_)) => Err(CommandError::new(
            "on PostgreSQL, stop all nodes, run pg_restore into an empty database, then `sayless restore --after-pg-restore`",
        )),
        (DatabaseUrl::Sqlite(_), None) => {
            Err(CommandError::new("--after-pg-restore is for PostgreSQL; name the file of the backup"))
        }
        (DatabaseUrl::Sqlite(path), Some(file)) => restore_file(args, path, file, now),
    }
}

fn restore_file(args: &Restore, path: &Path, file: &Path, now: Timestamp) -> Result<(), CommandError> {
    let _lock = lock_folder(&args.database)?;
    if path.exists() && !args.replace {
        return Err(CommandError::new(format!(
            "{} is there already: --replace puts the backup in its place, and keeps it under another name",
            path.display()
        )));
    }
    if !file.is_file() {
        return Err(CommandError::new(format!("there is no backup at {}", file.display())));
    }
    let label = backup::read_label(file).map_err(StartError::from)?;
    let (keys, key_file) = keys(&args.database, &label)?;
    let mut copy = path.as_os_str().to_owned();
    copy.push(format!(".{}.restore", std::process::id()));
    let copy = Path::new(&copy);
    let prepared = copy_private(file, copy)
        .map_err(CommandError::of(format!("{} cannot be written", copy.display())))
        .and_then(|()| Ok(backup::prepare(copy, &keys, now).map_err(StartError::from)?));
    let placed = prepared.and_then(|state| {
        let kept = put_in_place(copy, path, key_file.as_ref(), now)
            .map_err(CommandError::of(format!("{} cannot be put in place", path.display())))?;
        Ok((state, kept))
    });
    if placed.is_err() {
        let _ = fs::remove_file(copy);
    }
    let (state, kept) = placed?;
    println!("{} has the state of {}, as sayless {} saved it", path.display(), label.made_at, label.program);
    for kept in kept {
        println!("What was there before is kept as {}", kept.display());
    }
    tell(&state, Some(label.made_at));
    Ok(())
}

/// The keys of the state: the variables', those in the backup, or those in the data folder. A key file comes with them where it is
/// to be written.
fn keys(database: &Database, label: &Label) -> Result<(ServerKeys, Option<KeyFile>), CommandError> {
    if let Some(keys) = keys_of_variables(database)? {
        return Ok((keys, None));
    }
    let folder = database.data_folder().ok_or(KeysError::Missing)?;
    let path = key_file::path(&folder);
    if let Some(text) = &label.keys {
        return Ok((ServerKeys::of_text(&path, text)?, Some(KeyFile::of_text(&path, text)?)));
    }
    let keys = ServerKeys::from_folder(&folder)?.ok_or_else(|| {
        CommandError::new(format!(
            "the keys are not in this backup: put them back first, as {} or in SAYLESS_PEPPER and SAYLESS_SEALING_KEY",
            path.display()
        ))
    })?;
    Ok((keys, None))
}

/// Copies a file so that its owner alone can read it.
fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut fs::File::open(from)?, &mut out)?;
    out.sync_all()
}

/// Puts the database and the key file in place; answers where those are that were there before.
fn put_in_place(
    copy: &Path,
    path: &Path,
    keys: Option<&KeyFile>,
    now: Timestamp,
) -> io::Result<Vec<PathBuf>> {
    fs::File::open(copy)?.sync_all()?;
    let beside = |path: &Path, more: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(more);
        PathBuf::from(name)
    };
    let before = format!(".before-restore-{}", now.as_millis());
    let mut kept = Vec::new();
    let mut put_aside = |from: PathBuf, to: PathBuf| -> io::Result<()> {
        match fs::rename(&from, &to) {
            Ok(()) => kept.push(to),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    };
    // The old log goes first: it must never be taken for the new database's.
    put_aside(beside(path, "-wal"), beside(path, &format!("{before}-wal")))?;
    put_aside(path.to_owned(), beside(path, &before))?;
    if fs::exists(beside(path, "-shm"))? {
        fs::remove_file(beside(path, "-shm"))?;
    }
    if let Some(keys) = keys {
        let key_path = key_file::path(path.parent().unwrap_or(Path::new("")));
        let same = fs::read_to_string(&key_path).is_ok_and(|there| there == keys.to_text());
        if !same {
            put_aside(key_path.clone(), beside(&key_path, &before))?;
            keys.replace(&key_path).map_err(io::Error::other)?;
        }
    }
    fs::rename(copy, path)?;
    key_file::sync_folder(path)?;
    Ok(kept)
}

/// Says what a state means for what happened since.
fn tell(state: &RestoredState, made_at: Option<Timestamp>) {
    if let (None, Some(newest)) = (made_at, state.newest) {
        println!("The newest event or audit entry in the database is of {newest}.");
    }
    println!(
        "Deliveries that wait and go on: {}, of which {} were being sent at that time. Those that arrived since are sent again, \
         with the same webhook-id, by which receivers know them.",
        state.waiting, state.under_way
    );
    println!(
        "Gone is whatever happened since. Events published since are not sent; credentials made since do not work. What was \
         revoked, suspended, rotated or deleted since works again: look through keys, apps, webhooks and members."
    );
    println!(
        "Members sign in anew. Apps that refreshed a member's token since get invalid_grant once, without an incident, and ask \
         the member again."
    );
}
