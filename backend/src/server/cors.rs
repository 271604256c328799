//! CORS: any site's scripts may call the API with a credential of their own. Cookies never ride along.

use actix_web::{
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

/// The headers of an answer that a script may read.
const EXPOSED: &str = "etag, location, deprecation, sunset, link, idempotent-replayed, ratelimit, ratelimit-policy, \
    retry-after, x-request-id, www-authenticate, allow";
/// The headers that a script may send where a preflight asks for none that can be allowed.
const USUAL: &str = "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";
/// The most headers that a preflight may ask for.
const MAX_HEADERS: usize = 64;
/// The most bytes in which it may ask.
const MAX_LEN: usize = 2_048;

/// A browser's question, before a script's request, whether the request may be made.
#[derive(Debug)]
pub struct Preflight {
    /// The headers that the script wants to send, where they can be allowed.
    wanted: Option<HeaderValue>,
}

impl Preflight {
    /// The preflight that a request is, if it is one.
    pub fn of(request: &ServiceRequest) -> Option<Self> {
        let headers = request.headers();
        let asks = request.method() == Method::OPTIONS
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let wanted = || headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
        asks.then(|| Self { wanted: wanted().filter(|value| are_names(value)).cloned() })
    }

    /// Says what a script may send: whatever it asks for, since nothing rides along that the script does not hold.
    pub fn allow(&self, headers: &mut HeaderMap) {
        let wanted = self.wanted.clone().unwrap_or(HeaderValue::from_static(USUAL));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        headers.append(header::VARY, HeaderValue::from_static("access-control-request-headers"));
        let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
}

/// `true` for a list of header names of a sensible length.
fn are_names(value: &HeaderValue) -> bool {
    let Some(text) = value.to_str().ok().filter(|text| text.len() <= MAX_LEN) else { return false };
    let names = text.split(',').map(str::trim);
    names.clone().count() <= MAX_HEADERS && names.into_iter().all(|name| name.parse::<HeaderName>().is_ok())
}

/// Lets any site's script read the answer.
pub fn open(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bounded_list_of_names_is_allowed_again() {
        let allowed = |text: &str| HeaderValue::from_str(text).is_ok_and(|value| are_names(&value));
        assert!(allowed("mcp-protocol-version,traceparent, X-Requested-With"));
        for bad in ["", "a,,b", "a b", "a:b", "*/*()", &"a,".repeat(65), &"a".repeat(3_000)] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}
