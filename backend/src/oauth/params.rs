//! Parameters of the OAuth endpoints: `application/x-www-form-urlencoded`, in a query or a body, read strictly.

use std::{convert::Infallible, fmt, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web::Bytes,
};
use api_types::{ids::OAuthAppId, oauth_failures::FailureCause};
use percent_encoding::percent_decode;
use serde_json::{Map, Value};

use super::{
    error::OAuthError,
    limits::{MAX_FORM, MAX_PARAMETERS},
};
use crate::http::payload;

/// The longest value of a parameter, in bytes.
const MAX_VALUE: usize = 8 * 1024;

/// Parameters in the order they came. One without a value counts as absent (RFC 6749, section 3.1). `Debug` shows no value.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Parameters that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The parameters are not UTF-8.
    NotText,
    /// A parameter holds a NUL.
    Nul,
    /// A parameter is too long.
    TooLong,
    /// There are more parameters than are read.
    TooMany,
}

impl Unreadable {
    /// The sentence that a developer reads.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::NotText => "The parameters are not UTF-8 in application/x-www-form-urlencoded.",
            Self::Nul => "A parameter has a NUL character (%00), which no parameter may have.",
            Self::TooLong => "A parameter has more than 8,192 bytes.",
            Self::TooMany => "There are more than 64 parameters.",
        }
    }

    /// The refusal of a request with such parameters.
    pub const fn refusal(self) -> OAuthError {
        let cause = match self {
            Self::Nul => FailureCause::FormHasNul,
            Self::NotText | Self::TooLong | Self::TooMany => FailureCause::FormUnreadable,
        };
        OAuthError::request(cause, self.describe())
    }
}

impl Params {
    /// Reads a query string or a body.
    pub fn parse(encoded: &[u8]) -> Result<Self, Unreadable> {
        let mut params = Vec::new();
        for pair in encoded.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
            let name = decode(&pair[..at])?;
            let value = decode(pair.get(at + 1..).unwrap_or_default())?;
            if !value.is_empty() {
                params.push((name, value));
            }
            if params.len() > MAX_PARAMETERS {
                return Err(Unreadable::TooMany);
            }
        }
        Ok(Self(params))
    }

    /// A parameter's first value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter's first value; where there is none, the refusal that says so.
    pub fn required(&self, name: &str, missing: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::request(FailureCause::ParameterMissing, missing))
    }

    /// All values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `true` where a parameter came more than once.
    pub fn repeats(&self, name: &str) -> bool {
        self.all(name).nth(1).is_some()
    }

    /// `true` where any parameter came more than once, but for `resource`, which may (RFC 8707, section 2).
    pub fn repeats_any(&self) -> bool {
        let mut names: Vec<&str> =
            self.0.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "resource").collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The parameters of these names as JSON that [`Params::from_json`] reads: a list of pairs.
    pub fn to_json(&self, names: &[&str]) -> Value {
        let pair = |(name, value): (&str, &str)| {
            let mut pair = Map::new();
            pair.insert(name.to_owned(), Value::String(value.to_owned()));
            Value::Object(pair)
        };
        self.named(names).map(pair).collect()
    }

    /// The parameters of these names, in the order they came.
    pub fn named(&self, names: &[&str]) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| names.contains(name))
    }

    /// Reads what [`Params::to_json`] wrote.
    pub fn from_json(value: &Value) -> Self {
        let pairs = value.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
        Self(pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect())
    }
}

/// Decodes `+` and `%XX`, strictly UTF-8.
pub fn decode(encoded: &[u8]) -> Result<String, Unreadable> {
    if encoded.len() > 3 * MAX_VALUE {
        return Err(Unreadable::TooLong);
    }
    let spaced: Vec<u8> = encoded.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let bytes: Vec<u8> = percent_decode(&spaced).collect();
    if bytes.len() > MAX_VALUE {
        return Err(Unreadable::TooLong);
    }
    // No text in the database has a NUL, and PostgreSQL cannot even be asked for one.
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::NotText)?;
    if text.contains('\0') { Err(Unreadable::Nul) } else { Ok(text) }
}

/// The app that parameters name which may not be readable otherwise.
pub fn named_app(encoded: &[u8]) -> Option<OAuthAppId> {
    let mut pairs = encoded.split(|&byte| byte == b'&');
    let id = pairs.find_map(|pair| pair.strip_prefix(b"client_id="))?;
    std::str::from_utf8(id).ok()?.parse().ok()
}

/// A body of parameters, of which none may be repeated. One that cannot be read comes to the handler, too, which may know whose it is.
#[derive(Clone, Debug)]
pub struct Form {
    /// The parameters, or why there are none.
    pub params: Result<Params, OAuthError>,
    /// The app that the body names, as far as it can be read.
    pub app: Option<OAuthAppId>,
}

impl FromRequest for Form {
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Infallible>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let typed = check_type(request);
        let bytes = payload::read(request, payload);
        Box::pin(async move {
            // Bytes that are of another type, or never came, name nobody.
            if let Err(refusal) = typed {
                return Ok(Self { params: Err(refusal), app: None });
            }
            Ok(match bytes.await {
                Ok(bytes) => Self { params: read_form(&bytes), app: named_app(&bytes) },
                Err(why) => Self { params: Err(refused(why)), app: None },
            })
        })
    }
}

fn read_form(bytes: &[u8]) -> Result<Params, OAuthError> {
    if bytes.len() > MAX_FORM {
        return Err(OAuthError::request(
            FailureCause::FormUnreadable,
            "The body is larger than the 32 KiB that are accepted.",
        )
        .status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let params = Params::parse(bytes).map_err(Unreadable::refusal)?;
    if params.repeats_any() {
        return Err(OAuthError::request(
            FailureCause::ParameterRepeated,
            "A parameter is there more than once.",
        ));
    }
    Ok(params)
}

/// The bytes of a body, before anything is known of them.
#[derive(Debug)]
pub struct Raw(pub Bytes);

impl FromRequest for Raw {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, OAuthError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = payload::read(request, payload);
        Box::pin(async move { bytes.await.map(Self).map_err(refused) })
    }
}

fn refused(why: payload::Unreadable) -> OAuthError {
    OAuthError::request(FailureCause::FormUnreadable, why.describe()).status(match why {
        payload::Unreadable::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        payload::Unreadable::UnknownEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        payload::Unreadable::TooSlow => StatusCode::REQUEST_TIMEOUT,
        payload::Unreadable::Incomplete | payload::Unreadable::Corrupt => StatusCode::BAD_REQUEST,
    })
}

fn check_type(request: &HttpRequest) -> Result<(), OAuthError> {
    let value =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(OAuthError::request(
        FailureCause::FormUnreadable,
        "Send the parameters in the body, as application/x-www-form-urlencoded.",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    #[test]
    fn parameters_are_read_strictly() {
        let params = Params::parse(b"a=1&b=x+y%20%26&c=&d&a=2&&=z").expect("reads");
        assert_eq!((params.get("a"), params.get("b")), (Some("1"), Some("x y &")));
        assert_eq!((params.get("c"), params.get("d"), params.get("")), (None, None, Some("z")));
        assert!(params.repeats("a") && params.repeats_any() && !params.repeats("b"));
        assert!(!Params::parse(b"resource=a&resource=b&c=").expect("reads").repeats_any());
        assert_eq!(Params::parse(b"a=%FF").err(), Some(Unreadable::NotText));
        assert_eq!(Params::parse(b"a=%00").err(), Some(Unreadable::Nul));
        assert_eq!(Params::parse("a".repeat(100_000).as_bytes()).err(), Some(Unreadable::TooLong));
        assert_eq!(
            Params::parse(format!("a={}", "b".repeat(8_193)).as_bytes()).err(),
            Some(Unreadable::TooLong)
        );
        assert_eq!(Params::parse("a=1&".repeat(65).as_bytes()).err(), Some(Unreadable::TooMany));
        assert_eq!(Params::from_json(&params.to_json(&["a"])).all("a").count(), 2);
    }

    #[test]
    fn parameters_are_read_as_the_url_standard_reads_them() {
        let pairs = prop::collection::vec(("[^\\x00]{0,12}", "[^\\x00]{0,20}"), 0..8);
        hold(&pairs, |pairs: Vec<(String, String)>| {
            let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let read = Params::parse(encoded.as_bytes()).expect("read");
            let kept: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            assert_eq!(read.0, kept);
            let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(Params::from_json(&read.to_json(&names)).0, kept);
        });
        let raw = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[a-c=&%+0-9A-F]{0,60}".prop_map(String::into_bytes)
        ];
        hold(&raw, |encoded| {
            let standard: Vec<(String, String)> = url::form_urlencoded::parse(&encoded)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            match Params::parse(&encoded) {
                Ok(read) => {
                    let kept: Vec<_> = standard.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                    assert_eq!(read.0, kept);
                }
                // The standard replaces what is no UTF-8, and keeps a NUL.
                Err(why @ (Unreadable::NotText | Unreadable::Nul)) => {
                    let odd = if why == Unreadable::Nul { '\0' } else { char::REPLACEMENT_CHARACTER };
                    let is_odd = |(name, value): &(String, String)| name.contains(odd) || value.contains(odd);
                    assert!(standard.iter().any(is_odd), "{encoded:?}");
                }
                Err(Unreadable::TooLong) => panic!("60 bytes are not too long"),
                Err(Unreadable::TooMany) => panic!("60 bytes are not too many parameters"),
            }
        });
    }
}
