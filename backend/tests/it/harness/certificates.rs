//! Certificates made for one test, good and bad, and the authority that issues them.

use std::{fs, path::Path, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};

/// A certificate authority made for one test.
#[derive(Debug)]
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    /// The root to trust.
    pub root: CertificateDer<'static>,
}

/// A receiver's certificate and its key.
#[derive(Debug)]
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

/// The time in which a certificate holds.
#[derive(Debug, Clone, Copy)]
pub enum Validity {
    Now,
    /// Until 2021-02-01.
    Past,
    /// From 2101-01-01 on.
    Future,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().der().clone();
        Self { params, key, root }
    }

    /// A certificate for these names or addresses.
    pub fn issue(&self, names: &[&str], validity: Validity) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = leaf(names, validity).signed_by(&key, &issuer).unwrap();
        Certificate { chain: vec![certificate.der().clone()], key }
    }
}

impl Certificate {
    /// A certificate that nobody vouches for.
    pub fn self_signed(names: &[&str]) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = leaf(names, Validity::Now).self_signed(&key).unwrap();
        Self { chain: vec![certificate.der().clone()], key }
    }

    /// A TLS server that shows this certificate.
    pub fn config(&self) -> ServerConfig {
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), PrivatePkcs8KeyDer::from(self.key.serialize_der()).into())
            .unwrap()
    }

    /// Writes the certificate and its key into files, as an operator has them.
    pub fn write(&self, certificate: &Path, key: &Path) {
        let encoded = STANDARD.encode(&self.chain[0]);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n");
        fs::write(certificate, pem).unwrap();
        fs::write(key, self.key.serialize_pem()).unwrap();
    }

    /// A TLS server that shows this certificate, and wants one of the authority's in return.
    pub fn config_that_asks(&self, authority: &Authority) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(authority.root.clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.unwrap())
            .with_single_cert(self.chain.clone(), PrivatePkcs8KeyDer::from(self.key.serialize_der()).into())
            .unwrap()
    }
}

fn leaf(names: &[&str], validity: Validity) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "receiver");
    match validity {
        Validity::Now => {}
        Validity::Past => {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 2, 1);
        }
        Validity::Future => {
            params.not_before = date_time_ymd(2101, 1, 1);
            params.not_after = date_time_ymd(2102, 1, 1);
        }
    }
    params
}
