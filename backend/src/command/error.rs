//! The one error of commands: a sentence for the terminal.

use std::fmt;

use crate::{
    app::StartError, auth::signing_keys::SigningKeyError, crypto::keys::KeysError, http::problem::Failure,
    tls::TlsError,
};

/// The sentence with which a command fails.
#[derive(Debug)]
pub struct CommandError(String);

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CommandError {
    /// A failure with this sentence, on one line.
    pub fn new(sentence: impl Into<String>) -> Self {
        let sentence: String = sentence.into();
        let lines = sentence.lines().map(str::trim).filter(|line| !line.is_empty());
        Self(lines.collect::<Vec<_>>().join(" "))
    }

    /// Turns a failure of the operating system into a sentence that names the thing that failed, because the system does not.
    pub fn of<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(format!("{what}: {error}"))
    }
}

macro_rules! from {
    ($($error:ty),+) => {$(
        impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self::new(error.to_string())
            }
        }
    )+};
}

from!(StartError, KeysError, TlsError, Failure, SigningKeyError);
