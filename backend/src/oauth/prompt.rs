//! An app's wishes for the question to the member: `prompt`, `max_age` and `login_hint`, as `OpenID` Connect Core has them (section
//! 3.1.2.1). Many OAuth clients send them.

use api_types::{Timestamp, oauth_failures::FailureCause};

use super::{error::OAuthError, params::Params};

/// The words of `prompt` that are honoured. Others are left out.
pub const WORDS: [&str; 4] = ["none", "login", "consent", "select_account"];
/// The longest e-mail address that is taken for a hint, in bytes.
const MAX_HINT: usize = 254;

const INVALID_PROMPT: OAuthError =
    OAuthError::request(FailureCause::ParameterInvalid, "prompt=none stands alone.");
const INVALID_MAX_AGE: OAuthError =
    OAuthError::request(FailureCause::ParameterInvalid, "max_age must be a number of seconds.");

/// An app's wishes.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// Nothing may be shown: the answer goes straight back, or an error does.
    pub none: bool,
    /// The member is asked whatever they have allowed before.
    pub ask_again: bool,
    /// The member signs in anew.
    login: bool,
    /// The most seconds since the member signed in.
    max_age: Option<i64>,
    /// The e-mail address of the member whom the app expects. Names of other kinds say nothing here.
    pub login_hint: Option<String>,
}

/// `true` where an app that gave this hint expects somebody else.
pub fn is_for_another(hint: Option<&str>, email: &str) -> bool {
    hint.is_some_and(|hint| !hint.eq_ignore_ascii_case(email))
}

impl Prompt {
    /// Reads an app's wishes.
    pub fn read(params: &Params) -> Result<Self, OAuthError> {
        let words: Vec<&str> =
            params.get("prompt").unwrap_or_default().split(' ').filter(|word| WORDS.contains(word)).collect();
        let has = |word: &str| words.contains(&word);
        if has("none") && words.iter().any(|word| *word != "none") {
            return Err(INVALID_PROMPT);
        }
        let max_age = params.get("max_age").map(str::parse::<u32>).transpose();
        let max_age = max_age.map_err(|_| INVALID_MAX_AGE)?;
        let is_email = |hint: &&str| hint.len() <= MAX_HINT && hint.contains('@');
        let hint = params.get("login_hint").map(str::trim).filter(is_email);
        Ok(Self {
            none: has("none"),
            ask_again: has("consent") || has("select_account"),
            login: has("login"),
            max_age: max_age.map(i64::from),
            login_hint: hint.map(Into::into),
        })
    }

    /// `true` where a member who signed in at this time must do so again.
    pub fn is_stale(&self, signed_in_at: Timestamp, now: Timestamp) -> bool {
        self.login || self.max_age.is_some_and(|seconds| now.millis_since(signed_in_at) > seconds * 1_000)
    }
}
