//! The part of the server that a path belongs to. It decides who answers, and which headers the answer carries.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The part of the server that a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// `/v1`.
    Api,
    /// Endpoints that OAuth apps call, also from a browser's script.
    OAuth,
    /// Endpoints that OAuth apps call from their servers, or that a member's browser goes to.
    OAuthClosed,
    /// Metadata that clients discover.
    WellKnown,
    /// The OpenAPI document.
    Document,
    /// The pages that explain problems.
    Problems,
    /// The page that renders the document.
    Reference,
    /// The documentation.
    Docs,
    /// Signs of life.
    Health,
    /// The console, and all that is not there.
    Console,
}

impl PathKind {
    /// The part that `path` belongs to; a part answers for everything below its first segment, however that is written.
    pub fn of(path: &str) -> Self {
        if path.starts_with("/v1/") {
            return Self::Api;
        }
        match first_segment(path).as_ref() {
            "v1" => Self::Api,
            "oauth" => match path {
                "/oauth/token" | "/oauth/revoke" | "/oauth/par" | "/oauth/device_authorization" => {
                    Self::OAuth
                }
                // Where a member types a device's code.
                "/oauth/device" => Self::Console,
                _ if is_consent(path) => Self::Console,
                _ => Self::OAuthClosed,
            },
            ".well-known" => Self::WellKnown,
            "openapi.json" | "openapi-3.0.json" => Self::Document,
            "problems" => Self::Problems,
            "docs" if path == "/docs/api" => Self::Reference,
            "docs" | "llms.txt" | "llms-full.txt" => Self::Docs,
            "healthz" | "readyz" => Self::Health,
            _ => Self::Console,
        }
    }

    /// `true`: any site's scripts may call, with credentials of their own, since cookies do not ride along.
    pub const fn is_open_to_scripts(self) -> bool {
        matches!(self, Self::Api | Self::OAuth | Self::WellKnown | Self::Document | Self::Problems)
    }
}

/// `true` for the consent screen.
fn is_consent(path: &str) -> bool {
    path.strip_prefix("/oauth/consent/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

/// The first segment that is not empty, decoded and in lower case: `//V1/x` and `/%761%2Fx` are meant for `v1` too.
fn first_segment(path: &str) -> Cow<'_, str> {
    let start = path.trim_start_matches('/');
    let end = start.find('/').unwrap_or(start.len());
    let plain = |byte: u8| byte != b'%' && !byte.is_ascii_uppercase();
    if start[..end].bytes().all(plain) {
        return Cow::Borrowed(&start[..end]);
    }
    let decoded = percent_decode_str(&start[..end]).decode_utf8_lossy().to_ascii_lowercase();
    let first = decoded.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    Cow::Owned(first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_answers_for_its_paths_however_they_are_written() {
        for path in ["/v1", "/v1/", "/v1/tickets", "//v1/tickets", "/V1/tickets", "/%761/x", "/v1%2Ftickets"]
        {
            assert_eq!(PathKind::of(path), PathKind::Api, "{path}");
        }
        for path in [
            "/",
            "/v1x",
            "/v10/x",
            "/settings/api",
            "/oauth/consent/req_1",
            "/oauth/device",
            "/x/v1/tickets",
            "",
        ] {
            assert_eq!(PathKind::of(path), PathKind::Console, "{path}");
        }
        for path in ["/healthz", "/healthz/x", "/readyz/"] {
            assert_eq!(PathKind::of(path), PathKind::Health, "{path}");
        }
        for path in
            ["/oauth", "/oauth/", "/oauth/nothing", "/oauth/consent", "/oauth/consent/", "/oauth/token/"]
        {
            assert_eq!(PathKind::of(path), PathKind::OAuthClosed, "{path}");
        }
        assert_eq!(PathKind::of("/oauth/token"), PathKind::OAuth);
        assert_eq!(PathKind::of("/.well-known"), PathKind::WellKnown);
        assert_eq!(PathKind::of("/openapi.json/"), PathKind::Document);
    }
}
