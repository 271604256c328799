//! The console's output: how thoroughly it is built, in which folders, and the digits that its files are named by.

use crate::sh;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The effort that goes into the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Small: for a release, and for its tests.
    Release,
    /// Quick: for a person changing the console and looking at it.
    Dev,
}

/// The folder in which cargo builds for the browser, apart from the server's so that neither build waits for the other.
pub fn target_dir() -> PathBuf {
    sh::target_dir().join("console-build")
}

/// The folder of the result.
pub fn out_dir() -> PathBuf {
    sh::root().join("target/console")
}

/// The first `bytes` bytes in lower-case hexadecimal digits.
pub fn short_hex(digest: &[u8], bytes: usize) -> String {
    let mut hex = String::with_capacity(2 * bytes);
    for byte in digest.iter().take(bytes) {
        let _ = write!(hex, "{byte:02x}"); // a String takes everything
    }
    hex
}
