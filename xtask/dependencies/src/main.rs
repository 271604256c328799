//! `dependencies`: run at the project's root, checks what cargo would build against `deny.toml`.

use anyhow::{Context as _, Result, bail};
use dependencies::{check, packages::Metadata, rules::Rules};
use std::fs;
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("dependencies: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what is wrong, and a summary; true if nothing is.
fn run() -> Result<bool> {
    let text = fs::read_to_string("deny.toml").context("deny.toml")?;
    let rules: Rules = toml::from_str(&text).context("deny.toml says what this check does not understand")?;
    let metadata = metadata(&rules)?;
    let findings = check(&rules, &metadata);
    for line in &findings.warnings {
        println!("warning: {line}");
    }
    for line in &findings.errors {
        println!("error: {line}");
    }
    println!(
        "{} packages by deny.toml: {} errors, {} warnings",
        metadata.packages.len(),
        findings.errors.len(),
        findings.warnings.len()
    );
    Ok(findings.errors.is_empty())
}

/// Asks cargo for the packages of every target that the rules name.
fn metadata(rules: &Rules) -> Result<Metadata> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version", "1", "--locked"]);
    if rules.graph.all_features {
        cargo.arg("--all-features");
    }
    for target in &rules.graph.targets {
        cargo.args(["--filter-platform", target]);
    }
    let output = cargo.stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata's answer")
}
