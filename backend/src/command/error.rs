//! The one error of commands: a sentence for the terminal.

use std::{fmt, io};

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

from!(io::Error, StartError, KeysError, TlsError, Failure, SigningKeyError);
