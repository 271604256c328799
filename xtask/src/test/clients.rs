//! Stages that hold the OpenAPI documents to linters and to generators of clients: what is generated must compile.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::sdk::DOCUMENTS;
use crate::{install, sh};
use anyhow::Result;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const PASSED: Outcome = Outcome { ok: true, tests: Tally { passed: 0, failed: 0 } };

/// The folder of what is generated.
fn generated(client: &str) -> PathBuf {
    sh::target_dir().join("clients").join(client)
}

/// A program of the npm packages in `clients/`.
fn npm_program(name: &str) -> Command {
    sh::command(sh::root().join("clients/node_modules/.bin").join(name))
}

fn npm_packages() -> Result<()> {
    install::npm("clients", "linters of the OpenAPI documents, and generators of TypeScript clients")
}

/// Redocly's and Spectral's rules, on both documents.
pub fn linters(_: &Context) -> Result<Outcome> {
    npm_packages()?;
    for (_, document) in DOCUMENTS {
        let mut redocly = npm_program("redocly");
        redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        redocly.args(["lint", "--config", "clients/redocly.yaml", "--format", "summary", document]);
        sh::run(&mut redocly)?;
        let mut spectral = npm_program("spectral");
        spectral.args(["lint", "--ruleset", "clients/.spectral.yaml", "--fail-severity", "error"]);
        sh::run(spectral.args(["--display-only-failures", document]))?;
    }
    Ok(PASSED)
}

/// openapi-typescript and Hey API.
pub fn typescript(_: &Context) -> Result<Outcome> {
    npm_packages()?;
    let folder = fresh("typescript")?;
    for (_, document) in DOCUMENTS {
        let name = document.replace("openapi/", "").replace(".json", "");
        let mut types = npm_program("openapi-typescript");
        sh::run(types.arg(document).arg("--output").arg(folder.join(format!("{name}.ts"))))?;
        let mut client = npm_program("openapi-ts");
        // A relative path would be read as the name of a project at Hey API.
        client.args(["--silent", "--no-log-file", "--input"]).arg(sh::root().join(document));
        sh::run(client.arg("--output").arg(folder.join(name)))?;
    }
    // Where the target folder is elsewhere, tsconfig.json cannot name it.
    let config = folder.join("tsconfig.json");
    let base = sh::root().join("clients/tsconfig.json");
    fs::write(
        &config,
        format!("{{ \"extends\": {:?}, \"include\": [\".\"] }}\n", base.display().to_string()),
    )?;
    sh::run(npm_program("tsc").arg("--project").arg(config))?;
    Ok(PASSED)
}

/// openapi-python-client, judged by mypy.
pub fn python(_: &Context) -> Result<Outcome> {
    let programs =
        install::python("clients/requirements.txt", "the generator of the Python client, and mypy")?;
    let folder = fresh("python")?;
    let mut generate = sh::command(programs.join("openapi-python-client"));
    generate.args(["generate", "--meta", "none", "--fail-on-warning", "--config", "clients/python.yaml"]);
    generate.args(["--path", DOCUMENTS[0].1, "--overwrite", "--output-path"]);
    sh::run(generate.arg(folder.join("sayless_client")))?;
    let mut mypy = sh::command(programs.join("mypy"));
    mypy.current_dir(&folder).arg("--cache-dir").arg(generated("mypy"));
    sh::run(mypy.args(["--package", "sayless_client"]))?;
    Ok(PASSED)
}

/// progenitor, on the OpenAPI 3.0 copy.
pub fn rust(_: &Context) -> Result<Outcome> {
    let mut check = sh::cargo();
    check.args(["check", "--locked", "--manifest-path", "clients/rust/Cargo.toml", "--target-dir"]);
    sh::run(check.arg(generated("rust")))?;
    Ok(PASSED)
}

/// openapi-generator, on the OpenAPI 3.0 copy: of the newer one it takes the messages of webhooks for operations. Outside of
/// modules, since the packages that it imports are Debian's.
pub fn go(_: &Context) -> Result<Outcome> {
    install::go_client()?;
    let programs = install::python("clients/requirements-go.txt", "the generator of the Go client")?;
    let folder = fresh("go")?;
    let mut generate = sh::command(programs.join("openapi-generator-cli"));
    generate.args(["generate", "--generator-name", "go", "--config", "clients/go.yaml"]);
    generate.args(["--input-spec", DOCUMENTS[1].1]).arg("--output").arg(folder.join("src/sayless"));
    sh::output(&mut generate)?;
    let mut vet = sh::command("go");
    vet.env("GO111MODULE", "off").env("GOFLAGS", "");
    vet.env("GOPATH", format!("{}:{}", folder.display(), install::GO_PACKAGES));
    sh::run(vet.args(["vet", "sayless"]))?;
    Ok(PASSED)
}

/// An empty folder for what is generated.
fn fresh(client: &str) -> Result<PathBuf> {
    let folder = generated(client);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
