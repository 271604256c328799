//! TLS towards PostgreSQL, as strict as libpq is with the same URL, since one URL opens both kinds of connection.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};

use super::error::NotifyError;

/// The checks that the server's certificate must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// None: `allow`, `prefer`, and `require` without a file of roots.
    Anybody,
    /// The issuer must be trusted: `verify-ca`, and `require` with a file of roots.
    Issuer,
    /// The issuer must be trusted and the name must be the server's: `verify-full`.
    IssuerAndName,
}

/// A TLS configuration that makes these checks, by the certificates of `file` or else the system's.
pub(super) fn config(trust: Trust, file: Option<&str>) -> Result<ClientConfig, NotifyError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier { trust, roots: read_roots(trust, file, &provider)?, provider: provider.clone() };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| NotifyError::Roots)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// The certificates to trust.
#[derive(Debug)]
struct Roots {
    /// The certificates of the file; empty where the system's are trusted.
    from_file: Vec<CertificateDer<'static>>,
    verifier: Arc<WebPkiServerVerifier>,
}

/// Reads the certificates to trust; `None` where no check is made.
fn read_roots(
    trust: Trust,
    file: Option<&str>,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Roots>, NotifyError> {
    if trust == Trust::Anybody {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    let from_file = match file.filter(|file| *file != "system") {
        Some(file) => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|_| NotifyError::Roots)?,
        None => Vec::new(),
    };
    let system =
        if from_file.is_empty() { rustls_native_certs::load_native_certs().certs } else { Vec::new() };
    roots.add_parsable_certificates(from_file.iter().cloned().chain(system));
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    Ok(Some(Roots { from_file, verifier: verifier.map_err(|_| NotifyError::Roots)? }))
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    /// `None` where anybody is trusted.
    roots: Option<Roots>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(Roots { from_file, verifier }) = &self.roots else {
            return Ok(ServerCertVerified::assertion());
        };
        // A server's own certificate in the file is that very server's, as with libpq.
        if from_file.iter().any(|known| known == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        match verifier.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.trust == Trust::Issuer => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
