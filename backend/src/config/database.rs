//! The command line of what all commands share: the database, and the server's own keys.

use std::{ffi::OsStr, path::PathBuf};

use clap::{Arg, Args, builder::TypedValueParser, error::ErrorKind};

use crate::db::DatabaseUrl;

/// The database, and the server's own keys.
#[derive(Clone, Debug, Args)]
pub struct Database {
    /// sqlite:PATH or postgres://…
    #[arg(
        long,
        env = "SAYLESS_DATABASE_URL",
        default_value = "sqlite:data/sayless.db",
        hide_env_values = true,
        value_parser = DatabaseUrlParser
    )]
    pub database_url: DatabaseUrl,
    /// The pepper that credentials are hashed under: VERSION:BASE64[,VERSION:BASE64…], newest first, 32 bytes each.
    #[arg(long, env = "SAYLESS_PEPPER", hide_env_values = true, requires = "sealing_key")]
    pub pepper: Option<Secret>,
    /// The key that signing secrets are sealed under: as the pepper.
    #[arg(long, env = "SAYLESS_SEALING_KEY", hide_env_values = true, requires = "pepper")]
    pub sealing_key: Option<Secret>,
}

/// Reads a [`DatabaseUrl`]. A refusal does not repeat the URL, as clap's own would: a password may stand in it.
#[derive(Clone, Debug)]
struct DatabaseUrlParser;

impl TypedValueParser for DatabaseUrlParser {
    type Value = DatabaseUrl;

    fn parse_ref(
        &self,
        _: &clap::Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<DatabaseUrl, clap::Error> {
        let parsed =
            value.to_str().ok_or_else(|| "the database URL is not UTF-8".to_owned()).and_then(str::parse);
        parsed.map_err(|why: String| {
            clap::Error::raw(
                ErrorKind::ValueValidation,
                format!("{why} (--database-url, SAYLESS_DATABASE_URL)\n"),
            )
        })
    }
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
