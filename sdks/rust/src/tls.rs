//! The HTTP client where the caller has none: with TLS by the feature that is on.

use crate::error::Error;
use reqwest::Url;
use reqwest::redirect::Policy;

/// What the SDK's own client for a server is built from: no redirects, and TLS as the features say. Add a proxy, a certificate
/// or a limit of yours, and give what you build to [`crate::Builder::http_client`].
pub fn http_client_builder(base_url: &str) -> Result<reqwest::ClientBuilder, Error> {
    with_tls(reqwest::Client::builder().redirect(Policy::none()), base_url.starts_with("https:"))
}

/// A client for the server at `base`.
pub(crate) fn client(base: &Url) -> Result<reqwest::Client, Error> {
    let client = http_client_builder(base.as_str())?.build();
    client.map_err(|error| Error::invalid(format!("no HTTP client can be made: {error}")))
}

#[cfg(feature = "rustls")]
fn with_tls(builder: reqwest::ClientBuilder, needs_tls: bool) -> Result<reqwest::ClientBuilder, Error> {
    use rustls::ClientConfig;
    use rustls::crypto::{CryptoProvider, ring};
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| ring::default_provider().into());
    let no_tls = |error: rustls::Error| Error::invalid(format!("TLS cannot be set up: {error}"));
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().map_err(no_tls)?;
    // A machine without certificates can still call a server that has no TLS.
    let config = if needs_tls {
        config.with_platform_verifier().map_err(no_tls)?
    } else {
        config.with_root_certificates(rustls::RootCertStore::empty())
    };
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
#[expect(clippy::unnecessary_wraps, reason = "as with rustls")]
fn with_tls(builder: reqwest::ClientBuilder, _: bool) -> Result<reqwest::ClientBuilder, Error> {
    Ok(builder)
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn with_tls(builder: reqwest::ClientBuilder, needs_tls: bool) -> Result<reqwest::ClientBuilder, Error> {
    if needs_tls {
        return Err(Error::invalid("an https address needs the feature rustls or native-tls"));
    }
    Ok(builder)
}
