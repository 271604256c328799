//! TLS with the system's roots (or the bundled ones). The verifier remembers a certificate that it refused,
//! so that the diagnosis can name the certificate's owner and dates.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::exchange::{CertificateFacts, CertificateFault, FailureKind};
use crate::delivery::address::Host;

/// The most names of a certificate that are kept, and the characters of each text.
const NAMES_KEPT: usize = 10;
const NAME_LENGTH: usize = 200;

/// The configuration that all TLS connections share.
#[derive(Debug, Clone)]
pub struct Tls {
    config: ClientConfig,
    verifier: Arc<WebPkiServerVerifier>,
}

/// TLS could not be set up at start.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetupError {
    #[error("no usable root certificates: {0}")]
    Roots(#[from] rustls::client::VerifierBuilderError),
    #[error("TLS cannot be configured: {0}")]
    Config(#[from] rustls::Error),
}

impl Tls {
    /// Trusts the system's roots, or the bundled Mozilla ones where the system has none, and `extra_roots`.
    pub fn new(extra_roots: &[CertificateDer<'static>]) -> Result<Self, TlsSetupError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for root in extra_roots {
            roots.add(root.clone())?;
        }
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let config = client_config(provider, &verifier)?;
        Ok(Self { config, verifier })
    }

    /// Shakes hands as a client of `host`.
    pub async fn connect(&self, host: &Host, stream: TcpStream) -> Result<TlsStream<TcpStream>, TlsFailure> {
        let name = match host {
            Host::Address(address) => ServerName::IpAddress((*address).into()),
            Host::Name(name) => ServerName::try_from(name.clone()).map_err(|_| {
                TlsFailure::Known(FailureKind::Handshake { detail: "not a valid host name".to_owned() })
            })?,
        };
        let capture = Arc::new(Capture { inner: Arc::clone(&self.verifier), seen: Mutex::new(None) });
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(Arc::<Capture>::clone(&capture));
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await.map_err(|error| match tls_error(&error) {
            Some(tls) => TlsFailure::Known(explain(tls, &capture)),
            None => TlsFailure::Broken,
        })
    }
}

fn client_config(
    provider: Arc<CryptoProvider>,
    verifier: &Arc<WebPkiServerVerifier>,
) -> Result<ClientConfig, TlsSetupError> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_webpki_verifier(Arc::clone(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Connections themselves are reused; a resumed session would show no certificate.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

/// The reason that a handshake failed.
#[derive(Debug)]
pub enum TlsFailure {
    /// TLS itself failed.
    Known(FailureKind),
    /// The connection under it broke.
    Broken,
}

/// The TLS error inside an I/O error, if there is one.
pub fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// The failure that a TLS error after the handshake stands for (a client certificate asked for, say).
pub fn late_failure(error: &rustls::Error) -> FailureKind {
    FailureKind::Handshake { detail: words(error) }
}

fn explain(error: &rustls::Error, capture: &Capture) -> FailureKind {
    let facts = capture.facts();
    let rustls::Error::InvalidCertificate(problem) = error else {
        return FailureKind::Handshake { detail: words(error) };
    };
    let self_signed = facts.as_ref().is_some_and(|facts| facts.self_signed);
    let fault = match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        CertificateError::UnknownIssuer => CertificateFault::UntrustedIssuer,
        // A certificate that is its own authority is refused as an "authority used as a server".
        CertificateError::Other(_) if self_signed => CertificateFault::UntrustedIssuer,
        _ => return FailureKind::Handshake { detail: words(error) },
    };
    FailureKind::Certificate { fault, facts: facts.map(Box::new) }
}

fn words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::AlertReceived(alert) => format!("the receiver sent the TLS alert {alert:?}"),
        rustls::Error::InvalidMessage(_) => "the receiver's answer was not TLS".to_owned(),
        rustls::Error::PeerIncompatible(reason) => format!("no common TLS version or cipher ({reason:?})"),
        error => error.to_string(),
    }
}

/// The ordinary verifier, which also remembers a refused certificate.
#[derive(Debug)]
struct Capture {
    inner: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<CertificateDer<'static>>>,
}

impl Capture {
    fn facts(&self) -> Option<CertificateFacts> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        read_facts(seen.as_ref()?)
    }
}

impl ServerCertVerifier for Capture {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict =
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if verdict.is_err() {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.clone().into_owned());
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn read_facts(der: &CertificateDer<'_>) -> Option<CertificateFacts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let names = certificate
        .subject_alternative_name()
        .ok()
        .flatten()
        .map(|extension| {
            extension.value.general_names.iter().filter_map(name_text).take(NAMES_KEPT).collect()
        })
        .unwrap_or_default();
    Some(CertificateFacts {
        subject: clean(&certificate.subject().to_string()),
        names,
        issuer: clean(&certificate.issuer().to_string()),
        self_signed: certificate.issuer() == certificate.subject(),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
    })
}

fn name_text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(clean(name)),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
                .ok()
                .map(|address| address.to_string())
        }
        _ => None,
    }
}

/// A certificate's text is the receiver's to choose: no control characters, no endless names.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect()
}
