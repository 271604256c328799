//! `sayless backup`: a copy of the embedded database in one file, while others use the database. PostgreSQL has tools of its own;
//! there this says which, and what else belongs to a backup.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path};

use super::{error::CommandError, node::keys_of_variables};
use crate::{
    app::StartError,
    clock::Clock,
    config::Backup,
    crypto::{
        key_file::{self, KeyFile},
        keys::{KeysError, ServerKeys},
    },
    db::{
        DatabaseUrl,
        backup::{self, Label},
    },
};

/// Writes a backup.
pub fn backup(args: &Backup) -> Result<(), CommandError> {
    match &args.database.database_url {
        DatabaseUrl::Sqlite(path) => back_up_file(args, path),
        DatabaseUrl::Postgres(_) => {
            println!(
                "PostgreSQL makes its own consistent backup while nodes run:\n\n    \
                 pg_dump --format=custom --file={} --dbname=\"$SAYLESS_DATABASE_URL\"\n\n\
                 What belongs to it is not in the database: SAYLESS_PEPPER and SAYLESS_SEALING_KEY, without which no credential in \
                 the backup works. Keep their values with your secrets, apart from it.\n\
                 To restore: pg_restore into an empty database, then `sayless restore --after-pg-restore`.",
                args.file.display()
            );
            Ok(())
        }
    }
}

fn back_up_file(args: &Backup, path: &Path) -> Result<(), CommandError> {
    let (keys, kept) = keys(args)?;
    if !path.is_file() {
        return Err(CommandError::new(format!("there is no database at {}", path.display())));
    }
    let file = &args.file;
    if file.exists() {
        return Err(CommandError::new(format!("{} is there already: name a new file", file.display())));
    }
    let has_keys = kept.is_some();
    let label = Label {
        made_at: Clock::wall().now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        keys: kept.map(|file| file.to_text()),
    };
    let mut part = file.clone().into_os_string();
    part.push(format!(".{}.part", std::process::id()));
    let part = Path::new(&part);
    let cannot = || format!("{} cannot be written", file.display());
    make_private(part).map_err(CommandError::of(cannot()))?;
    let written =
        backup::write(path, part, &label, &keys).map_err(StartError::from).map_err(CommandError::from);
    let placed = written.and_then(|()| put_in_place(part, file).map_err(CommandError::of(cannot())));
    if placed.is_err() {
        let _ = fs::remove_file(part);
    }
    placed?;
    println!("{} holds the state of {}", file.display(), label.made_at);
    if has_keys {
        println!("It is a secret: the server's keys are in it. Keep it where only you can read it.");
    } else {
        println!(
            "The server's keys are not in it, and without them no credential in it works: back them up, too."
        );
    }
    Ok(())
}

/// The keys that the database is written with, and the key file, where it goes into the backup.
fn keys(args: &Backup) -> Result<(ServerKeys, Option<KeyFile>), CommandError> {
    let database = &args.database;
    if let Some(keys) = keys_of_variables(database)? {
        return Ok((keys, None));
    }
    let path = database.data_folder().map(|folder| key_file::path(&folder)).ok_or(KeysError::Missing)?;
    let Some(file) = KeyFile::read(&path)? else {
        return Err(CommandError::new(format!(
            "{} is missing: put it back from an earlier backup",
            path.display()
        )));
    };
    let keys = ServerKeys::of_text(&path, &file.to_text())?;
    Ok((keys, (!args.without_keys).then_some(file)))
}

fn make_private(path: &Path) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop)
}

/// Gives a whole and durable file its name.
fn put_in_place(part: &Path, file: &Path) -> io::Result<()> {
    fs::File::open(part)?.sync_all()?;
    fs::rename(part, file)?;
    key_file::sync_folder(file)
}
