//! The `scope` parameter (RFC 6749, section 3.3). Clients ask for every scope that the metadata names, and for words of other
//! protocols (`openid`, `offline_access`). They are given what they may have of it, and the answer's `scope` says what that is.

use api_types::{Scope, account::Role, oauth_failures::FailureCause};

use super::error::{ErrorCode, OAuthError};
use crate::{auth::permission, db::oauth_clients::ClientRecord};

/// The most words that a refusal names.
const MAX_NAMED: usize = 10;
/// The longest word that a refusal names, in bytes.
const MAX_WORD: usize = 40;

/// Nothing is left of what the member agreed to: a token that could do nothing is not given.
pub const NO_SCOPE_LEFT: OAuthError = OAuthError::new(
    ErrorCode::InvalidScope,
    FailureCause::ScopesLost,
    "The app or the member has lost all of these scopes.",
);

fn words(scope: &str) -> impl Iterator<Item = &str> {
    scope.split(' ').filter(|word| !word.is_empty())
}

/// The scopes of `given` that a request names; all of `given` where it names none. Other words are left out.
pub fn narrow(scope: Option<&str>, given: &[Scope]) -> Result<Vec<Scope>, OAuthError> {
    let Some(scope) = scope else { return Ok(given.to_vec()) };
    let known = words(scope).filter_map(|word| word.parse().ok());
    let mut wanted: Vec<Scope> = known.filter(|scope| given.contains(scope)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() { Err(nothing_of(scope)) } else { Ok(wanted) }
}

/// The scopes that a member with this role can hand on, of those that are asked for, to this app as it is now.
pub fn available(asked: &[Scope], client: &ClientRecord, role: Role) -> Vec<Scope> {
    let can = |scope: &&Scope| client.scopes.contains(scope) && permission::may(role, **scope);
    asked.iter().filter(can).copied().collect()
}

/// Refuses a refresh that names a scope of `obtainable`, but not of `given`: it would be more than the member was asked for
/// (RFC 6749, section 6).
pub fn refuse_more(scope: Option<&str>, given: &[Scope], obtainable: &[Scope]) -> Result<(), OAuthError> {
    let is_more = |word: &&str| {
        word.parse().is_ok_and(|scope: Scope| obtainable.contains(&scope) && !given.contains(&scope))
    };
    let more: Vec<&str> = words(scope.unwrap_or_default()).filter(is_more).collect();
    if more.is_empty() {
        return Ok(());
    }
    let names = named(&more);
    Err(refused(
        FailureCause::ScopeExceedsGrant,
        format!("These scopes are more than was given; send the member to authorize again: {names}."),
    ))
}

fn nothing_of(scope: &str) -> OAuthError {
    let all: Vec<&str> = words(scope).collect();
    if all.is_empty() {
        return refused(FailureCause::ScopeNotAllowed, "scope names nothing.".to_owned());
    }
    let names = named(&all);
    refused(FailureCause::ScopeNotAllowed, format!("This app may have none of these scopes: {names}."))
}

fn refused(cause: FailureCause, description: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidScope, cause, "").saying(description)
}

/// Words that have the form of our scopes, as a sentence names them. No secret has that form: each has capital letters.
fn named(words: &[&str]) -> String {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b':' | b'_' | b'-' | b'.');
    let mut plain: Vec<&str> =
        words.iter().copied().filter(|word| word.len() <= MAX_WORD && word.bytes().all(is_plain)).collect();
    plain.truncate(MAX_NAMED);
    if plain.len() < words.len() {
        plain.push("and others");
    }
    plain.join(", ")
}
