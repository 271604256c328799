//! `cargo xtask bench` and `chaos`: builds the server and the program that loads it, and gives them a PostgreSQL.

use crate::postgres::{Cluster, Durability};
use crate::{install, sh};
use anyhow::Result;

/// `bench [--quick] [--only SCENARIO]… [--database sqlite|postgres]…`: measures a release build.
pub fn bench(options: &[&str]) -> Result<()> {
    install::server_libraries()?;
    sh::run(sh::cargo().args(["build", "--release", "--package", "sayless", "--package", "load"]))?;
    run("bench", "release", options)
}

/// `chaos [--quick] [--seed N] [--only FAULT]… [--database sqlite|postgres]…`: mistreats a release build.
pub fn chaos(options: &[&str]) -> Result<()> {
    install::server_libraries()?;
    install::faketime()?;
    sh::run(sh::cargo().args(["build", "--release", "--package", "sayless", "--package", "load"]))?;
    run("chaos", "release", options)
}

/// Receivers whose languages the tests need anyway.
pub const RECEIVERS: [&str; 3] = ["Node.js", "Python", "Rust"];
/// Receivers that need toolchains of their own.
pub const FURTHER_RECEIVERS: [&str; 4] = ["Go", "Ruby", "PHP", "Java"];

/// Tries receivers of `docs/receivers` on the server that the tests built.
pub fn receivers(languages: &[&str]) -> Result<()> {
    let python = install::receivers()?;
    let built = sh::target_dir().join("debug");
    let mut load = sh::command(built.join("load"));
    load.arg("receivers").arg("--server").arg(built.join("sayless")).arg("--python").arg(python);
    for language in languages {
        load.args(["--only", language]);
    }
    sh::run(&mut load)
}

/// Runs `load` on the server of the same profile.
pub fn run(command: &str, profile: &str, options: &[&str]) -> Result<()> {
    let built = sh::target_dir().join(profile);
    let on_postgres = !options.contains(&"sqlite") || options.contains(&"postgres");
    let cluster = if on_postgres { Some(Cluster::start(Durability::Default, "to load it")?) } else { None };
    let mut load = sh::command(built.join("load"));
    load.arg(command).arg("--server").arg(built.join("sayless")).args(options);
    if let Some(cluster) = &cluster {
        load.arg("--cluster").arg(format!("{} {}", cluster.url, cluster.dir.display()));
    }
    sh::run(&mut load)
}
