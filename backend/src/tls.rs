//! TLS towards callers, with the operator's certificate and key. Renewed files are taken up without a restart.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::clock::Clock;

/// The pause between two looks at the files.
const EVERY: Duration = Duration::from_mins(1);

/// A reason why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("the TLS file {} cannot be used: {why}", path.display())]
pub struct TlsError {
    path: PathBuf,
    why: String,
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> TlsError {
    TlsError { path: path.to_owned(), why: why.to_string() }
}

/// The certificate that is served, and where it came from.
#[derive(Debug)]
pub struct ServerCertificate {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Loaded>,
}

/// The certificate with its key as they were read last.
#[derive(Debug)]
struct Loaded {
    pair: Arc<CertifiedKey>,
    files: FileTimes,
}

/// The times at which the two files were last changed; `None` where a file is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileTimes {
    certificate: Option<SystemTime>,
    key: Option<SystemTime>,
}

impl ServerCertificate {
    /// Reads a certificate chain and its private key, both in PEM.
    pub fn read(certificate: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let files = changed(certificate, key);
        let current = RwLock::new(Loaded { pair: load(certificate, key)?, files });
        Ok(Arc::new(Self { certificate: certificate.to_owned(), key: key.to_owned(), current }))
    }

    /// The settings of a server that shows this certificate.
    pub fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&self.certificate, &error))?;
        Ok(builder.with_no_client_auth().with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>))
    }

    /// Takes up renewed files, for as long as the node runs. Files that do not fit leave the old ones in use.
    pub async fn keep_fresh(self: Arc<Self>, clock: Clock) {
        loop {
            clock.sleep(EVERY).await;
            let files = changed(&self.certificate, &self.key);
            if files == self.lock_read().files {
                continue;
            }
            match load(&self.certificate, &self.key) {
                Ok(pair) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Loaded { pair, files };
                    tracing::info!("the renewed TLS certificate is in use");
                }
                Err(error) => {
                    tracing::warn!(%error, "the TLS files changed and cannot be used; the old ones stay");
                }
            }
        }
    }

    fn lock_read(&self) -> RwLockReadGuard<'_, Loaded> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.lock_read().pair))
    }
}

fn load(certificate: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| failed(certificate, &error))?;
    if chain.is_empty() {
        return Err(failed(certificate, &"there is no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, &error))?;
    let pair = CertifiedKey::from_der(chain, private, &ring::default_provider());
    let pair = pair.map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            failed(key, &format!("it is not the key of the certificate in {}", certificate.display()))
        }
        other => failed(key, &other),
    });
    Ok(Arc::new(pair?))
}

fn changed(certificate: &Path, key: &Path) -> FileTimes {
    let at = |path: &Path| -> io::Result<SystemTime> { fs::metadata(path)?.modified() };
    FileTimes { certificate: at(certificate).ok(), key: at(key).ok() }
}
