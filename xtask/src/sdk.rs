//! `cargo xtask sdk`: the OpenAPI documents, from the server; what of the SDKs and the reference follows from the newer one;
//! and the types of the end-to-end stories.

use crate::{install, sh};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// The versions of OpenAPI that the document is written in, and its file in each of them.
pub const DOCUMENTS: [(&str, &str); 2] =
    [("3.1", "openapi/openapi.json"), ("3.0", "openapi/openapi-3.0.json")];

/// Writes the documents in `openapi/` anew, and everything that is generated from the newer one.
pub fn command() -> Result<()> {
    let server = server()?;
    for (spec, path) in DOCUMENTS {
        fs::write(sh::root().join(path), document(&server, spec)? + "\n")?;
    }
    sh::run(sh::cargo().args(["run", "--quiet", "--package", "sdk", "--"]).arg(sh::root()))?;
    client()
}

/// The document as this server writes it, without a newline at the end.
pub fn document(server: &Path, spec: &str) -> Result<String> {
    sh::output(sh::command(server).args(["openapi", "--spec", spec]))
}

/// The server, built for development.
pub fn server() -> Result<PathBuf> {
    install::server_libraries()?;
    sh::run(sh::cargo().args(["build", "--package", "sayless"]))?;
    Ok(sh::target_dir().join("debug/sayless"))
}

/// Generates the client that the end-to-end stories call the API with.
pub fn client() -> Result<()> {
    install::npm("e2e", "the browser tests and the TypeScript client")?;
    let mut generate = sh::command("node_modules/.bin/openapi-typescript");
    generate.current_dir(sh::root().join("e2e")).arg(sh::root().join(DOCUMENTS[0].1));
    sh::output(generate.args(["--output", "src/api.d.ts"])).map(drop)
}
