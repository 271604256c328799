//! The request headers of a webhook owner's own: checked, joined with those that it has, and sealed.

use api_types::{ids::WebhookId, pointer::Pointer, problem::FaultCode, webhook_headers::NewWebhookHeader};
use hyper::header::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::{
    crypto::keys::ServerKeys,
    db::{
        Json, Tx,
        webhooks::{self, WebhookRow, WebhookUpdate},
    },
    delivery::{
        address::WebhookUrl,
        own_headers::{self, OwnHeader},
    },
    http::{
        fields::Fields,
        problem::{Answer, Failure},
    },
};

/// The most headers of a webhook.
const MOST: usize = 10;
/// The most bytes of all names and values together.
const MOST_BYTES: usize = 4096;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 100;

/// Headers that we set ourselves, that are about the connection, or that change how a message is read.
const RESERVED: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
/// The beginnings of names that are reserved: the signature's own headers, and those for proxies.
const RESERVED_BEGINNINGS: &[&str] = &["webhook-", "proxy-"];

/// A header that was asked for and may be sent; without a value where the one that is stored is to stay.
pub struct GivenHeader {
    name: String,
    value: Option<Zeroizing<String>>,
    /// Its place in the body.
    at: usize,
}

/// Checks the headers that were asked for.
pub fn check(fields: &mut Fields, given: &[NewWebhookHeader]) -> Vec<GivenHeader> {
    if given.len() > MOST {
        let detail = format!("A webhook has at most {MOST} headers of its own, not {}.", given.len());
        fields.wrong("headers", FaultCode::TooLong, detail);
        return Vec::new();
    }
    let mut checked: Vec<GivenHeader> = Vec::with_capacity(given.len());
    for (at, header) in given.iter().enumerate() {
        let name = check_name(fields, at, &header.name);
        let value = header.value.as_deref().map(|value| check_value(fields, at, value));
        if checked.iter().any(|other| other.name == name) {
            let detail = format!("The header {name} stands here twice.");
            fields.wrong(place(at, "name"), FaultCode::Duplicate, detail);
        }
        checked.push(GivenHeader { name, value: value.map(Zeroizing::new), at });
    }
    checked
}

fn place(at: usize, member: &str) -> Pointer {
    Pointer::from(("headers", at)).member(member)
}

fn check_name(fields: &mut Fields, at: usize, given: &str) -> String {
    let name = given.to_ascii_lowercase();
    let fault = if name.is_empty() {
        Some((FaultCode::TooShort, "It must not be empty.".to_owned()))
    } else if name.len() > LONGEST_NAME {
        Some((FaultCode::TooLong, format!("It must have at most {LONGEST_NAME} characters.")))
    } else if HeaderName::from_bytes(name.as_bytes()).is_err() {
        let detail = "A header's name has letters, digits and hyphens, and no blanks or line breaks.";
        Some((FaultCode::InvalidCharacters, detail.to_owned()))
    } else if RESERVED.contains(&name.as_str())
        || RESERVED_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
    {
        Some((FaultCode::NotAllowed, format!("The header {name} is set by Sayless or by the connection.")))
    } else {
        None
    };
    if let Some((code, detail)) = fault {
        fields.wrong(place(at, "name"), code, detail);
    }
    name
}

/// The value without the blanks around it. No error repeats it.
fn check_value(fields: &mut Fields, at: usize, given: &str) -> String {
    let value = given.trim_matches([' ', '\t']);
    let printable = value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
    if value.is_empty() {
        fields.wrong(place(at, "value"), FaultCode::TooShort, "It must not be empty.");
    } else if !printable || HeaderValue::from_str(value).is_err() {
        let detail = "A header's value has printable ASCII characters, and no line breaks.";
        fields.wrong(place(at, "value"), FaultCode::InvalidCharacters, detail);
    }
    value.to_owned()
}

/// The headers of a webhook as they are stored.
#[derive(Debug)]
pub struct StoredHeaders {
    pub names: Json<Vec<String>>,
    /// `None` where there are none.
    pub sealed: Option<String>,
}

/// The webhook whose headers are set, in a transaction.
pub struct HeadersOf<'a> {
    pub keys: &'a ServerKeys,
    pub webhook: WebhookId,
    /// The webhook goes to another server from now on: what was meant for the old one is not sent there.
    pub moved: bool,
}

impl HeadersOf<'_> {
    /// Joins the headers that were asked for with the values that the webhook has, and seals them.
    pub fn set(&self, tx: &mut Tx<'_>, given: Vec<GivenHeader>) -> Answer<StoredHeaders> {
        let mut kept = if given.iter().all(|header| header.value.is_some()) {
            Vec::new()
        } else {
            let sealed = webhooks::sealed_headers(tx, self.webhook)?;
            let opened = own_headers::open(self.keys, self.webhook, sealed.as_deref());
            opened.map_err(|error| Failure::internal(&error))?
        };
        let mut fields = Fields::new();
        let mut all: Vec<OwnHeader> = Vec::with_capacity(given.len());
        for GivenHeader { name, value, at } in given {
            let old = kept.iter().position(|(known, _)| *known == name).map(|at| kept.swap_remove(at).1);
            match (value, old) {
                (Some(value), _) => all.push((name, value)),
                (None, Some(_)) if self.moved => {
                    let detail =
                        "The new URL leads to another server. Give the value anew, or leave the header out.";
                    fields.wrong(place(at, "value"), FaultCode::Required, detail);
                }
                (None, Some(old)) => all.push((name, old)),
                (None, None) => {
                    fields.wrong(place(at, "value"), FaultCode::Required, "It is required for a new header.");
                }
            }
        }
        if all.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MOST_BYTES {
            let detail = "All names and values together may have at most 4096 bytes.";
            fields.wrong("headers", FaultCode::TooLong, detail);
        }
        fields.done()?;
        let names = Json::new(all.iter().map(|(name, _)| name.clone()).collect());
        if all.is_empty() {
            return Ok(StoredHeaders { names, sealed: None });
        }
        let sealed = own_headers::seal(self.keys, tx.random(), self.webhook, &all);
        Ok(StoredHeaders { names, sealed: Some(sealed.map_err(|error| Failure::internal(&error))?) })
    }
}

/// Puts new headers into a change of a webhook, sealed; `true` where there are any changes of them. Refuses to send those that
/// it has to another server without being told.
pub fn change(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    before: &WebhookRow,
    given: Option<Vec<GivenHeader>>,
    update: &mut WebhookUpdate,
) -> Answer<bool> {
    let moved = update.url.as_ref().is_some_and(|url| !same_server(url, &before.url));
    let Some(given) = given else {
        if moved && !before.header_names.0.is_empty() {
            let detail = "The new URL leads to another server. Give the headers' values anew, or clear them with null.";
            return Err(Failure::field("headers", FaultCode::Required, detail));
        }
        return Ok(false);
    };
    let stored = HeadersOf { keys, webhook: before.id, moved }.set(tx, given)?;
    update.header_names = Some(stored.names);
    update.headers = Some(stored.sealed);
    Ok(true)
}

/// `true` if both URLs lead to the same server.
fn same_server(one: &str, other: &str) -> bool {
    match (WebhookUrl::stored(one), WebhookUrl::stored(other)) {
        (Ok(one), Ok(other)) => (one.is_https(), one.authority()) == (other.is_https(), other.authority()),
        _ => false,
    }
}
