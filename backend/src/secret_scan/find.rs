//! Finding what looks like a credential in a text. Pure, and cheap where there is nothing to find.
//!
//! A text is read as it stands and, where that differs, without percent-encoding, white space and invisible characters:
//! secrets come wrapped over lines, in query strings and out of chat windows.

use zeroize::Zeroizing;

use crate::{crypto::tokens, delivery::signature::SigningSecret};

/// A kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// `slk_…`, with a good checksum.
    ApiKey,
    /// `sls_…`, with a good checksum.
    ClientSecret,
    /// `whsec_…` or `whsk_…`, of the right length.
    SigningSecret,
}

impl SecretKind {
    /// The kind's word in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::ClientSecret => "client_secret",
            Self::SigningSecret => "signing_secret",
        }
    }

    /// A sentence on what is wrong and what to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::ApiKey => {
                "It contains an API key. Take it out; if anyone else may have seen it, replace it in Settings > API."
            }
            Self::ClientSecret => {
                "It contains an OAuth app's client secret. Take it out; if anyone else may have seen it, rotate it in \
                 Settings > API."
            }
            Self::SigningSecret => {
                "It contains a webhook's signing secret. Take it out; if anyone else may have seen it, rotate it in \
                 Settings > API."
            }
        }
    }
}

/// Text that looks like a credential, in the form that its digest is made of.
#[derive(Clone, PartialEq, Eq)]
pub struct PossibleSecret {
    pub kind: SecretKind,
    pub secret: Zeroizing<String>,
}

impl std::fmt::Debug for PossibleSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PossibleSecret").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Everything in `text` that looks like a credential, each once.
pub fn candidates(text: &str) -> Vec<PossibleSecret> {
    let mut found = Vec::new();
    // Every prefix ends in `_`, which `%5F` may stand for.
    if text.contains(['_', '%']) {
        scan(text, &mut found);
        let plain = Zeroizing::new(unwrapped(text));
        if plain.as_str() != text {
            scan(&plain, &mut found);
        }
    }
    found
}

fn scan(text: &str, found: &mut Vec<PossibleSecret>) {
    let mut add = |kind, secret: Zeroizing<String>| {
        let candidate = PossibleSecret { kind, secret };
        if !found.contains(&candidate) {
            found.push(candidate);
        }
    };
    for (prefix, kind) in
        [(tokens::API_KEY, SecretKind::ApiKey), (tokens::CLIENT_SECRET, SecretKind::ClientSecret)]
    {
        for (at, _) in text.match_indices(prefix) {
            if let Some(token) = text.get(at..at + tokens::LEN).filter(|t| tokens::is_well_formed(prefix, t))
            {
                add(kind, Zeroizing::new(token.to_owned()));
            }
        }
    }
    for prefix in ["whsec_", "whsk_"] {
        for (at, _) in text.match_indices(prefix) {
            for secret in signing_secrets(prefix, &text[at + prefix.len()..]) {
                add(SecretKind::SigningSecret, secret);
            }
        }
    }
}

/// Base64 characters of the secrets that we make (32 bytes, or the 64 of an ed25519 key), without padding.
const OURS: [usize; 2] = [43, 86];

/// The signing secrets that `rest`, what follows a prefix, may begin with: in either base64 alphabet, padded or not.
fn signing_secrets(prefix: &str, rest: &str) -> Vec<Zeroizing<String>> {
    let run: Zeroizing<String> = Zeroizing::new(
        rest.chars()
            .map_while(|c| match c {
                '-' => Some('+'),
                '_' => Some('/'),
                c if c.is_ascii_alphanumeric() || matches!(c, '+' | '/') => Some(c),
                _ => None,
            })
            .take(OURS[1] + 1)
            .collect(),
    );
    // Another length is taken as it stands: an operator's own import.
    let mut lengths = OURS.to_vec();
    lengths.push(run.len());
    lengths.sort_unstable();
    lengths.dedup();
    lengths
        .into_iter()
        .filter_map(|length| {
            let padding = "=".repeat((4 - length % 4) % 4);
            let text = Zeroizing::new(format!("{prefix}{}{padding}", run.get(..length)?));
            SigningSecret::parse(&text).ok().map(|secret| secret.expose())
        })
        .collect()
}

/// `text` without percent-encoding, white space and characters that cannot be seen.
fn unwrapped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escaped = rest
            .strip_prefix('%')
            .and_then(|rest| rest.get(..2))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(u8::is_ascii);
        let (c, length) = escaped.map_or((c, c.len_utf8()), |byte| (char::from(byte), 3));
        if !c.is_whitespace() && !is_invisible(c) {
            plain.push(c);
        }
        rest = &rest[length..];
    }
    plain
}

/// Soft hyphens, zero-width characters and direction marks.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn key() -> String {
        tokens::generate(tokens::API_KEY, &Random::from_seed(3))
    }

    fn kinds(text: &str) -> Vec<SecretKind> {
        candidates(text).iter().map(|candidate| candidate.kind).collect()
    }

    #[test]
    fn a_key_is_found_wherever_it_stands() {
        let key = key();
        let (start, end) = key.split_at(20);
        for text in [
            key.clone(),
            format!("My key is \"{key}\", please help"),
            format!("مفتاح🦀{key}🦀"),
            format!("https://example.com/?key={key}&x=1"),
            format!("https://example.com/?key={}&x=1", key.replace('_', "%5F")),
            format!("<b>{key}</b>"),
            format!("x{key}y"),
            format!("{start}\n  {end}"),
            format!("{start}\u{200b}{end}"),
        ] {
            assert_eq!(kinds(&text), [SecretKind::ApiKey], "{text}");
            assert_eq!(candidates(&text)[0].secret.as_str(), key);
        }
    }

    #[test]
    fn what_only_looks_like_a_key_is_left_alone() {
        let mut typo = key();
        typo.replace_range(10..11, if &typo[10..11] == "a" { "b" } else { "a" });
        for text in [
            typo.as_str(),
            "slk_",
            "Keys begin with slk_ and client secrets with sls_.",
            "100 % _",
            "%5",
            "",
            "slk_é",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn a_signing_secret_is_found_in_its_canonical_form() {
        for secret in [SigningSecret::v1([251; 32]), SigningSecret::v1a([7; 32])] {
            let text = secret.expose();
            let text = text.as_str();
            for pasted in [
                text.to_owned(),
                format!("secret={text};"),
                text.trim_end_matches('=').to_owned(),
                text.replace('+', "-").replace("b/", "b_"),
                text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"),
                format!("{}abc", text.trim_end_matches('=')),
            ] {
                let found = candidates(&pasted);
                assert!(found.iter().any(|candidate| candidate.secret.as_str() == text), "{pasted}");
            }
        }
        assert_eq!(kinds("whsec_ is the prefix, whsk_short"), []);
    }

    #[test]
    fn two_credentials_are_two_candidates_and_one_twice_is_one() {
        let key = key();
        let secret = tokens::generate(tokens::CLIENT_SECRET, &Random::from_seed(4));
        assert_eq!(kinds(&format!("{key} {secret} {key}")), [SecretKind::ApiKey, SecretKind::ClientSecret]);
    }
}
