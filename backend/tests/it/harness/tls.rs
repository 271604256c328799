//! A world that answers over TLS too, and is known by that address.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
};

use oauth2::reqwest;
use sayless::{server, tls::ServerCertificate};
use tempfile::TempDir;

use super::{
    Kind, Settings, World,
    certificates::{Authority, Validity},
};

/// A server with a certificate from an authority that only the test trusts.
pub struct TlsWorld {
    /// The server, also without TLS.
    pub world: World,
    /// The address over TLS: `https://127.0.0.1:PORT`.
    pub url: String,
    /// The authority to trust.
    pub authority: Authority,
    identity: Arc<ServerCertificate>,
    folder: TempDir,
}

impl TlsWorld {
    /// Starts a server on a fresh database of this kind.
    pub fn start(kind: Kind) -> Self {
        Self::start_with(kind, |_| {})
    }

    /// Starts a server with settings of its own.
    pub fn start_with(kind: Kind, adjust: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("tests");
        let certificate = folder.path().join("cert.pem");
        let key = folder.path().join("key.pem");
        authority.issue(&["127.0.0.1"], Validity::Now).write(&certificate, &key);
        let identity = ServerCertificate::read(&certificate, &key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let world = World::start_with(kind, |settings| {
            settings.public_url = url.parse().unwrap();
            adjust(settings);
        });
        let config = identity.config().unwrap();
        let over_tls = server::build(world.app.clone(), listener, Some(config), 1).unwrap();
        actix_web::rt::spawn(over_tls);
        Self { world, url, authority, identity, folder }
    }

    /// A client that trusts only this authority, and follows nothing by itself.
    pub fn trusting(authority: &Authority) -> reqwest::Client {
        let root = reqwest::Certificate::from_der(&authority.root).unwrap();
        reqwest::Client::builder()
            .add_root_certificate(root)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap()
    }

    /// A client that trusts the server's authority.
    pub fn http(&self) -> reqwest::Client {
        Self::trusting(&self.authority)
    }

    /// The files with the certificate and its key.
    pub fn files(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("cert.pem"), self.folder.path().join("key.pem"))
    }

    /// Looks at the files every minute, as `sayless serve` does, until the handle is aborted.
    pub fn keep_fresh(&self) -> actix_web::rt::task::JoinHandle<()> {
        let identity = Arc::clone(&self.identity);
        actix_web::rt::spawn(identity.keep_fresh(self.world.app.base.clock.clone()))
    }

    /// True where these files hold a certificate and its key.
    pub fn reads(certificate: &Path, key: &Path) -> bool {
        ServerCertificate::read(certificate, key).is_ok()
    }
}
