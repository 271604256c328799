//! [`KeysError`]: the ways in which the server's own keys cannot be read or made.

/// The reason that the server's keys could not be read or made. No sentence holds a key.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key does not have the form that the message tells.
    #[error(
        "{0} must be VERSION:KEY, comma separated, newest first, each KEY 32 bytes in base64, no version twice"
    )]
    Malformed(String),
    /// A variable is missing.
    #[error("SAYLESS_PEPPER and SAYLESS_SEALING_KEY must both be set where the database is PostgreSQL")]
    Missing,
    /// The key file could not be read or written.
    #[error("the key file {path}: {why}; the user that runs sayless must be able to read and write it")]
    File { path: String, why: String },
    /// The key file is empty, cut off or something else.
    #[error(
        "the key file {path} is not whole: put the one from your backup in its place. Only where nothing was ever kept in the \
         database may it be removed, and is then made anew"
    )]
    Damaged { path: String },
}
