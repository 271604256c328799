//! A request before it is sent: what the generated methods put together.

use crate::error::Error;
use crate::retry;
use reqwest::{Method, Url};
use serde::Serialize;
use std::time::Duration;

/// A request, ready to be sent as often as it takes.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) if_match: Option<String>,
    key: Option<String>,
    takes_key: bool,
    takes_if_match: bool,
    /// Why the request cannot be made.
    fault: Option<String>,
}

impl Request {
    /// A request to the path of these segments.
    pub(crate) fn new(method: Method, segments: &[&str]) -> Self {
        // A dot segment would be resolved, and an empty one skipped: the request would reach another operation.
        let wrong = segments.iter().any(|segment| matches!(*segment, "" | "." | ".."));
        Self {
            method,
            segments: segments.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            body: None,
            timeout: None,
            max_retries: None,
            if_match: None,
            key: None,
            takes_key: false,
            takes_if_match: false,
            fault: wrong.then(|| "an id is empty, or no id".to_owned()),
        }
    }

    pub(crate) fn body(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = Some(body),
            Err(error) => self.fault = Some(format!("the body is not JSON: {error}")),
        }
        self
    }

    /// The operation takes an `Idempotency-Key`.
    pub(crate) fn keyed(mut self) -> Self {
        self.takes_key = true;
        self
    }

    /// The operation takes an `If-Match`.
    pub(crate) fn conditional(mut self) -> Self {
        self.takes_if_match = true;
        self
    }

    pub(crate) fn query(&mut self, name: &'static str, value: impl AsRef<str>) {
        self.query.push((name, value.as_ref().to_owned()));
    }

    /// Puts `value` in the place of what the parameter was.
    pub(crate) fn replace_query(&mut self, name: &'static str, value: String) {
        self.query.retain(|(other, _)| *other != name);
        self.query.push((name, value));
    }

    pub(crate) fn has_query(&self, name: &str) -> bool {
        self.query.iter().any(|(other, _)| *other == name)
    }

    pub(crate) fn set_key(&mut self, key: String) {
        if !self.takes_key {
            self.fault = Some("this operation takes no idempotency key".to_owned());
        }
        self.key = Some(key);
    }

    pub(crate) fn set_if_match(&mut self, etag: String) {
        if !self.takes_if_match {
            self.fault = Some("this operation takes no If-Match".to_owned());
        }
        self.if_match = Some(etag);
    }

    pub(crate) fn url(&self, base: &Url) -> Result<Url, Error> {
        if let Some(fault) = &self.fault {
            return Err(Error::invalid(fault));
        }
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&self.segments);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// The key that every request of this call has: the caller's, or a new one.
    pub(crate) fn key(&self) -> Result<Option<String>, Error> {
        match &self.key {
            Some(key)
                if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) =>
            {
                Err(Error::invalid("an idempotency key is 1 to 255 visible ASCII characters"))
            }
            Some(key) => Ok(Some(key.clone())),
            None => Ok(self.takes_key.then(retry::new_key)),
        }
    }

    /// True if the request does the same when it arrives twice: it only reads, deletes, has an idempotency key, or is a
    /// change of a version that is named.
    pub(crate) fn is_repeatable(&self) -> bool {
        match self.method {
            Method::POST => self.takes_key,
            Method::PATCH => self.if_match.is_some(),
            _ => true,
        }
    }
}

impl std::fmt::Debug for Request {
    /// Without the body and the parameters, which may hold what is not for a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} /{}", self.method, self.segments.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(request: &Request) -> Result<String, String> {
        let base = Url::parse("https://sayless.example/below/").unwrap();
        request.url(&base).map(String::from).map_err(|error| error.to_string())
    }

    #[test]
    fn an_id_stays_one_segment() {
        let request = Request::new(Method::GET, &["v1", "tickets", "a/b?c"]);
        assert_eq!(url(&request).unwrap(), "https://sayless.example/below/v1/tickets/a%2Fb%3Fc");
        for id in ["", ".", ".."] {
            assert!(url(&Request::new(Method::GET, &["v1", "tickets", id])).is_err(), "{id:?}");
        }
    }

    #[test]
    fn parameters_are_encoded_and_repeated() {
        let mut request = Request::new(Method::GET, &["v1", "deliveries"]);
        request.query("status", "failed");
        request.query("status", "retrying");
        request.query("since", "2026-11-23T00:00:00+01:00");
        request.replace_query("cursor", "a".to_owned());
        request.replace_query("cursor", "b&c".to_owned());
        let query = "status=failed&status=retrying&since=2026-11-23T00%3A00%3A00%2B01%3A00&cursor=b%26c";
        assert_eq!(url(&request).unwrap(), format!("https://sayless.example/below/v1/deliveries?{query}"));
    }

    #[test]
    fn an_option_that_the_operation_does_not_take_is_refused() {
        let mut request = Request::new(Method::GET, &["v1"]);
        request.set_if_match("\"x\"".to_owned());
        assert!(url(&request).is_err());
        let mut request = Request::new(Method::POST, &["v1"]).keyed();
        assert!(request.key().unwrap().is_some() && request.is_repeatable());
        request.set_key("with space".to_owned());
        assert!(request.key().is_err());
    }
}
