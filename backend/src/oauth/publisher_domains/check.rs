//! One look at the file of a domain: by the way that webhooks are delivered, under the same policy of destinations, without redirects.

use std::time::Duration;

use api_types::{ids::OAuthAppId, publisher_domains::file_url};
use http::{HeaderValue, header};

use crate::delivery::{
    address::WebhookUrl,
    send::{
        Get, Sender,
        exchange::{CertificateFault, FailureKind, Outcome, Response},
    },
};

/// The longest that a fetch takes.
const TOTAL: Duration = Duration::from_secs(5);
/// The largest file, in bytes: some thousand apps.
const MAX_FILE: usize = 64 * 1024;

/// The finding of one look at a domain's file. The words are for the app's admins, and repeat nothing that a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The file lists the app.
    Listed,
    /// The file is there, and does not list the app.
    NotListed(String),
    /// There is no such file to be had.
    NoFile(String),
    /// This node could not look.
    Unknown(String),
}

impl Finding {
    /// The fault in words, if there is one.
    pub fn fault(&self) -> Option<&str> {
        match self {
            Self::Listed => None,
            Self::NotListed(words) | Self::NoFile(words) | Self::Unknown(words) => Some(words),
        }
    }
}

/// Looks whether the file at a domain lists an app.
pub async fn check(sender: &Sender, domain: &str, app: OAuthAppId) -> Finding {
    // The policy is asked for every address when the connection is made.
    let Ok(url) = WebhookUrl::stored(&file_url(domain)) else {
        return Finding::NoFile(format!("{domain} is not a host name."));
    };
    let headers = [(header::ACCEPT, HeaderValue::from_static("text/plain"))];
    let get = Get { url: &url, headers: &headers, total: TOTAL, body: MAX_FILE };
    match sender.get(&get).await {
        Outcome::Response(answer) => read(&answer, domain, app),
        Outcome::Failure(failure) => unanswered(&failure.kind, domain),
    }
}

fn read(answer: &Response, domain: &str, app: OAuthAppId) -> Finding {
    let no_file = |words: String| Finding::NoFile(words);
    let kind = answer.headers.iter().find(|header| header.name == "content-type");
    let kind = kind.map(|header| header.value.split(';').next().unwrap_or_default().trim());
    match answer.status {
        200 => {}
        300..=399 => {
            return no_file(format!(
                "{domain} answered with a redirect (status {}). Redirects are not followed: the file must be at that very address.",
                answer.status
            ));
        }
        404 | 410 => return no_file(format!("{domain} has no such file (status {}).", answer.status)),
        status => return no_file(format!("{domain} answered with status {status} instead of 200.")),
    }
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("text/plain")) {
        return no_file(format!("What {domain} answered is not sent as text/plain."));
    }
    if answer.truncated {
        return no_file(format!("The file at {domain} is larger than the 64 KiB that are read."));
    }
    if answer.body_fault.is_some() {
        return no_file(format!("The file at {domain} broke off, or did not end in time."));
    }
    if answer.body.contains(char::REPLACEMENT_CHARACTER) {
        return no_file(format!("The file at {domain} is not text in UTF-8."));
    }
    if lists(&answer.body, app) {
        return Finding::Listed;
    }
    Finding::NotListed(format!("The file at {domain} does not list {app}."))
}

/// `true` where a line of the file is the app's id.
fn lists(file: &str, app: OAuthAppId) -> bool {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    file.lines().map(str::trim).any(|line| line == app.as_str())
}

/// The finding where nothing was answered, without any address of the network.
fn unanswered(kind: &FailureKind, domain: &str) -> Finding {
    let words = match kind {
        FailureKind::Exhausted { .. } => {
            return Finding::Unknown(
                "This server can make no connection right now. Try again in a minute.".to_owned(),
            );
        }
        FailureKind::NameNotFound { .. } => format!("{domain} does not resolve to any address."),
        FailureKind::ResolverFailed { .. } => {
            format!("{domain} could not be looked up: no name server answered.")
        }
        FailureKind::Blocked { rule, .. } => {
            format!("{domain} may not be reached from this server: it has {}.", rule.name())
        }
        FailureKind::Refused { .. } => format!("{domain} refuses connections on port 443."),
        FailureKind::Unreachable { .. } => format!("No network leads to {domain}."),
        FailureKind::ConnectTimeout { .. } => {
            format!("No connection over TLS to {domain} came about in time.")
        }
        FailureKind::Reset { .. } => format!("{domain} broke the connection off."),
        FailureKind::Certificate { fault, .. } => certificate(*fault, domain),
        FailureKind::Handshake { .. } => format!("{domain} and this server could not agree on TLS."),
        FailureKind::ResponseTimeout { .. } => format!("{domain} did not answer in time."),
        FailureKind::Malformed { .. } => format!("{domain} does not answer as HTTP has it."),
    };
    Finding::NoFile(words)
}

fn certificate(fault: CertificateFault, domain: &str) -> String {
    match fault {
        CertificateFault::Expired => format!("The certificate of {domain} has expired."),
        CertificateFault::NotYetValid => format!("The certificate of {domain} is not valid yet."),
        CertificateFault::WrongName => format!("The certificate that {domain} shows is for another name."),
        CertificateFault::UntrustedIssuer => {
            format!("The certificate of {domain} is from an authority that this server does not trust.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_its_own_lists_an_app() {
        let app: OAuthAppId = "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ".parse().unwrap();
        let other = "app_01JDBN5X7W3Q9K2M4E6R8T0VYA";
        for good in [
            format!("{app}"),
            format!("{app}\n"),
            format!("\u{feff}{app}\r\n"),
            format!("# ours\r\n\r\n{other}\r\n  {app}\t\r\n# end"),
        ] {
            assert!(lists(&good, app), "{good:?}");
        }
        for bad in [
            String::new(),
            other.to_owned(),
            format!("#{app}"),
            format!("{app}X"),
            format!("{other}, {app}"),
            format!("<li>{app}</li>"),
            app.as_str().to_lowercase(),
        ] {
            assert!(!lists(&bad, app), "{bad:?}");
        }
    }
}
