//! `cargo xtask sdk`: the OpenAPI document, from the server, and the TypeScript client's types, from the document.

use crate::{install, sh};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes `openapi/openapi.json` anew and generates the client from it.
pub fn command() -> Result<()> {
    let document = document(&server()?)?;
    fs::create_dir_all(sh::root().join("openapi"))?;
    fs::write(document_path(), document + "\n")?;
    client()
}

/// The document that is checked in and compared.
pub fn document_path() -> PathBuf {
    sh::root().join("openapi/openapi.json")
}

/// The document as this server writes it, without a newline at the end.
pub fn document(server: &Path) -> Result<String> {
    sh::output(sh::command(server).arg("openapi"))
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
    generate.current_dir(sh::root().join("e2e")).arg(document_path());
    sh::output(generate.args(["--output", "src/api.d.ts"])).map(drop)
}
