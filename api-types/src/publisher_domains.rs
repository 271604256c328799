//! Domains of publishers: an app's id in a file at a domain proves that whoever publishes the app owns the domain.

/// The path of the file: UTF-8 text with one client id in each line. Empty lines and those that begin with `#` are ignored.
pub const FILE: &str = "/.well-known/sayless-oauth-apps.txt";

/// The address of the file at a domain.
pub fn file_url(domain: &str) -> String {
    format!("https://{domain}{FILE}")
}
