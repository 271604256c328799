//! The check of `deny.toml`: licences, bans and sources of every package that is built with this one.
//!
//! The file is cargo-deny's, and `cargo deny check bans licenses sources` says the same. That program takes longer to
//! build than all else together, so the lint stage reads the file itself. [`rules`] is what it understands of the file:
//! a key that it does not know is an error, so that nothing in the file is there for show. [`packages`] is what cargo
//! says of the packages.

pub mod packages;
pub mod rules;

use packages::{Metadata, Package};
use rules::{Level, Rules};
use spdx::{Expression, Licensee, ParseMode};
use std::collections::{BTreeMap, BTreeSet};

/// The two ways by which cargo names crates.io.
const CRATES_IO: [&str; 2] =
    ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

/// The result of a check: what must be changed, and what a person may want to know.
#[derive(Debug, Default)]
pub struct Findings {
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
}

impl Findings {
    fn add(&mut self, level: Level, line: String) {
        match level {
            Level::Deny => self.errors.push(line),
            Level::Warn => self.warnings.push(line),
            Level::Allow => {}
        }
    }
}

/// Judges every package by the rules.
pub fn check(rules: &Rules, metadata: &Metadata) -> Findings {
    let mut findings = Findings::default();
    let (allowed, broken): (Vec<_>, Vec<_>) =
        rules.licenses.allow.iter().map(|name| Licensee::parse(name)).partition(Result::is_ok);
    for error in broken.into_iter().filter_map(Result::err) {
        findings.errors.push(format!("deny.toml allows what is no licence: {error}"));
    }
    let allowed: Vec<Licensee> = allowed.into_iter().flatten().collect();
    for package in &metadata.packages {
        check_license(rules, &allowed, package, &mut findings);
        check_bans(rules, package, &mut findings);
        check_source(rules, metadata, package, &mut findings);
    }
    check_versions(rules, metadata, &mut findings);
    findings
}

fn check_license(rules: &Rules, allowed: &[Licensee], package: &Package, findings: &mut Findings) {
    if rules.licenses.private.ignore && package.is_private() {
        return;
    }
    let Some(license) = &package.license else {
        findings.errors.push(format!("{package}: names no licence"));
        return;
    };
    match Expression::parse_mode(license, ParseMode::LAX) {
        Err(error) => findings.errors.push(format!("{package}: {license} is no licence: {}", error.reason)),
        Ok(asks) => {
            if !asks.evaluate(|part| allowed.iter().any(|allowed| allowed.satisfies(part))) {
                findings.errors.push(format!("{package}: {license} asks for more than deny.toml allows"));
            }
        }
    }
}

fn check_bans(rules: &Rules, package: &Package, findings: &mut Findings) {
    for ban in rules.bans.deny.iter().filter(|ban| ban.name == package.name) {
        findings.errors.push(format!("{package}: banned, {}", ban.reason));
    }
    for dependency in package.dependencies.iter().filter(|dependency| dependency.req == "*") {
        let by_path = dependency.path.is_some() && package.is_private();
        if !(by_path && rules.bans.allow_wildcard_paths) {
            findings
                .add(rules.bans.wildcards, format!("{package}: takes any version of {}", dependency.name));
        }
    }
}

fn check_source(rules: &Rules, metadata: &Metadata, package: &Package, findings: &mut Findings) {
    match &package.source {
        None if metadata.workspace_members.contains(&package.id) => {}
        None => findings.errors.push(format!("{package}: a folder outside of this project")),
        Some(source) if CRATES_IO.contains(&source.as_str()) => {}
        Some(source) if source.starts_with("git+") => {
            findings.add(rules.sources.unknown_git, format!("{package}: comes from {source}"));
        }
        Some(source) => {
            findings.add(rules.sources.unknown_registry, format!("{package}: comes from {source}"));
        }
    }
}

fn check_versions(rules: &Rules, metadata: &Metadata, findings: &mut Findings) {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in &metadata.packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    for (name, versions) in versions.into_iter().filter(|(_, versions)| versions.len() > 1) {
        let versions: Vec<&str> = versions.into_iter().collect();
        findings.add(rules.bans.multiple_versions, format!("{name} in versions {}", versions.join(", ")));
    }
}
