//! TLS towards PostgreSQL, as strict as libpq is by the same URL: for one URL opens both kinds of connection.

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

use super::NotifyError;

/// What must be right about the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nothing: `allow`, `prefer`, and `require` without a file of roots.
    Anybody,
    /// Who vouches for it: `verify-ca`, and `require` with a file of roots.
    Issuer,
    /// That, and its name: `verify-full`.
    IssuerAndName,
}

/// A configuration that trusts so much, by this file's certificates or else the system's.
pub(super) fn config(trust: Trust, file: Option<&str>) -> Result<ClientConfig, NotifyError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier { trust, known: known(trust, file, &provider)?, provider: provider.clone() };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| NotifyError::Roots)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

type Known = (Vec<CertificateDer<'static>>, Arc<WebPkiServerVerifier>);

/// The certificates to trust, and who checks by them.
fn known(
    trust: Trust,
    file: Option<&str>,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Known>, NotifyError> {
    if trust == Trust::Anybody {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    let given = match file.filter(|file| *file != "system") {
        Some(file) => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|_| NotifyError::Roots)?,
        None => Vec::new(),
    };
    let system = if given.is_empty() { rustls_native_certs::load_native_certs().certs } else { Vec::new() };
    roots.add_parsable_certificates(given.iter().cloned().chain(system));
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    Ok(Some((given, verifier.map_err(|_| NotifyError::Roots)?)))
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    /// None where anybody is trusted.
    known: Option<Known>,
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
        let Some((given, verifier)) = &self.known else { return Ok(ServerCertVerified::assertion()) };
        // A server's own certificate in the file is that very server's, as with libpq.
        if given.iter().any(|known| known == end_entity) {
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
