//! TLS for those who call us, from the operator's certificate and key. Renewed files are taken up without a restart.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
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

/// How often the files are looked at.
const EVERY: Duration = Duration::from_mins(1);

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct TlsError {
    path: PathBuf,
    why: String,
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> TlsError {
    TlsError { path: path.to_owned(), why: why.to_string() }
}

/// The certificate that is served, and where it came from.
#[derive(Debug)]
pub struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<(Arc<CertifiedKey>, Changed)>,
}

/// When the two files were last changed.
type Changed = (Option<SystemTime>, Option<SystemTime>);

impl Identity {
    /// Reads a certificate chain and its private key, both in PEM.
    pub fn read(certificate: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new((load(certificate, key)?, changed(certificate, key)));
        Ok(Arc::new(Self { certificate: certificate.to_owned(), key: key.to_owned(), current }))
    }

    /// How to serve with it.
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
            let (now, known) = (changed(&self.certificate, &self.key), self.lock_read().1);
            if now == known {
                continue;
            }
            match load(&self.certificate, &self.key) {
                Ok(fresh) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = (fresh, now);
                    tracing::info!("the renewed TLS certificate is in use");
                }
                Err(error) => {
                    tracing::warn!(%error, "the TLS files changed and cannot be used; the old ones stay");
                }
            }
        }
    }

    fn lock_read(&self) -> std::sync::RwLockReadGuard<'_, (Arc<CertifiedKey>, Changed)> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.lock_read().0))
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
    let identity = CertifiedKey::from_der(chain, private, &ring::default_provider());
    Ok(Arc::new(identity.map_err(|error| failed(key, &error))?))
}

fn changed(certificate: &Path, key: &Path) -> Changed {
    let at = |path: &Path| -> io::Result<SystemTime> { fs::metadata(path)?.modified() };
    (at(certificate).ok(), at(key).ok())
}
