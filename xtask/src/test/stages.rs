//! The stages of `cargo xtask test`, in the order that tells soonest.

use super::stage::{Context, Outcome, Stage};
use super::tally::Tally;
use super::{background, clients, clippy, console, docs, samples, sdk_python, sdk_rust, sdk_typescript};
use crate::frontend::{self, Mode, toolchain};
use crate::postgres::{Cluster, Durability};
use crate::{install, lints, load, sdk, sh};
use anyhow::{Result, bail};
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;

pub const STAGES: &[Stage] = &[
    Stage { name: "Formatting", group: "lint", run: formatting },
    Stage { name: "Floors", group: "lint", run: floors },
    Stage { name: "Dependencies", group: "lint", run: dependencies },
    Stage { name: "Links and spelling", group: "lint", run: docs::text },
    Stage { name: "Clippy", group: "lint", run: clippy::stage },
    Stage { name: "Clippy for the browser", group: "lint", run: clippy_console },
    Stage { name: "Backend tests on SQLite and PostgreSQL", group: "backend", run: backend },
    Stage { name: "OpenAPI document", group: "backend", run: openapi },
    Stage { name: "Generated clients and the Rust SDK, begun", group: EVERYTHING, run: background::begin },
    Stage { name: "Chaos, the short form", group: "backend", run: chaos },
    Stage { name: "Console build, begun beside the next stages", group: "console", run: console_begin },
    Stage { name: "Receivers in Node.js, Python and Rust", group: "backend", run: receivers },
    Stage { name: "TypeScript SDK", group: "sdks", run: sdk_typescript::stage },
    Stage { name: "Python SDK", group: "sdks", run: sdk_python::stage },
    Stage { name: "Generated clients and the Rust SDK", group: EVERYTHING, run: background::finish },
    Stage {
        name: "Console tests, begun beside the next stages",
        group: EVERYTHING,
        run: console_tests_begin,
    },
    Stage { name: "Rust SDK", group: "sdks", run: sdk_rust::story },
    Stage { name: "Code blocks of the documentation", group: "sdks", run: documentation },
    Stage { name: "Samples of the API reference", group: "sdks", run: samples::stage },
    Stage { name: "Console build", group: "console", run: console_build },
    Stage { name: "Console tests", group: "console", run: console_tests },
    Stage { name: "TypeScript client", group: "e2e", run: typescript },
    Stage { name: "Playwright in Chromium", group: "e2e", run: playwright },
    Stage { name: "Receivers in Go, Ruby, PHP and Java", group: LANGUAGES, run: further_receivers },
    Stage { name: "Generated Go client", group: LANGUAGES, run: clients::go },
];

/// The stages that [`background`] runs beside others.
pub const BACKGROUND: &[Stage] = &[
    Stage { name: "Linters of the OpenAPI documents", group: "clients", run: clients::linters },
    Stage { name: "Generated TypeScript clients", group: "clients", run: clients::typescript },
    Stage { name: "Generated Python client", group: "clients", run: clients::python },
    Stage { name: "Generated Rust client", group: "clients", run: clients::rust },
    Stage { name: "Rust SDK: package, lints and documentation", group: "sdks", run: sdk_rust::package },
];

/// The group of what needs further toolchains.
pub const LANGUAGES: &str = "languages";

/// The group of what only the tests of everything do.
pub const EVERYTHING: &str = "everything";

fn formatting(_: &Context) -> Result<Outcome> {
    check(sh::cargo().args(["fmt", "--all", "--check"]))
}

fn floors(_: &Context) -> Result<Outcome> {
    check(&mut lints::floors())
}

fn dependencies(_: &Context) -> Result<Outcome> {
    check(&mut lints::dependencies())
}

/// In the console's own target folder and profile, so that the build after it finds half of its work done. Debian's
/// toolchain, which may have to serve, has no clippy: then as if the console were a program of this machine.
fn clippy_console(_: &Context) -> Result<Outcome> {
    let mut clippy = toolchain::cargo()?;
    if toolchain::has_target() {
        clippy.args([
            "clippy",
            "--package",
            "console",
            "--target",
            toolchain::TARGET,
            "--profile",
            "console",
        ]);
        clippy.arg("--target-dir").arg(frontend::target_dir());
    } else {
        clippy = sh::cargo();
        clippy.args(["clippy", "--package", "console"]);
    }
    check(clippy.args(["--", "--deny", "warnings"]))
}

fn backend(_: &Context) -> Result<Outcome> {
    install::server_libraries()?;
    let given = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
    let why = "the tests also run on PostgreSQL; or name a server in TEST_DATABASE_URL";
    let cluster = if given.is_none() { Some(Cluster::start(Durability::None, why)?) } else { None };
    let mut tests = clippy::cargo();
    tests.args(["test", "--no-fail-fast"]).args(clippy::PACKAGES);
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        tests.env("RUST_TEST_THREADS", tests_at_once().to_string());
    }
    if let Some(url) = given.or_else(|| cluster.as_ref().map(|cluster| cluster.url.clone())) {
        tests.env("TEST_DATABASE_URL", url);
    }
    count(&mut tests, Tally::read_cargo)
}

/// Most tests wait most of the time: for a retry, for another node, for the database. With one for each core, as is usual, the cores
/// stand idle.
fn tests_at_once() -> usize {
    4 * std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// On the server that the tests built.
fn chaos(_: &Context) -> Result<Outcome> {
    install::faketime()?;
    server()?;
    load::run("chaos", "debug", &["--quick"])?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

/// On the server that the tests built.
fn receivers(_: &Context) -> Result<Outcome> {
    server()?;
    load::receivers(&load::RECEIVERS)?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

fn further_receivers(_: &Context) -> Result<Outcome> {
    install::further_receivers()?;
    server()?;
    load::receivers(&load::FURTHER_RECEIVERS)?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

fn documentation(_: &Context) -> Result<Outcome> {
    docs::blocks(&server()?)
}

fn openapi(_: &Context) -> Result<Outcome> {
    let server = server()?;
    for (spec, path) in sdk::DOCUMENTS {
        let written = sdk::document(&server, spec)?;
        let kept = fs::read_to_string(sh::root().join(path)).unwrap_or_default();
        if written.is_empty() || written.trim() != kept.trim() {
            bail!("{path} is not what the server says: cargo xtask sdk writes it anew");
        }
        println!("{path} is what `sayless openapi --spec {spec}` prints.");
    }
    sh::run(sh::command(sh::target_dir().join("debug/sdk")).arg(sh::root()).arg("--check"))?;
    println!("Everything that is generated from it is what the document says.");
    Ok(Outcome { ok: true, tests: Tally::default() })
}

/// The tests of everything judge the console as it is released.
const fn mode(context: &Context) -> Mode {
    if context.full { Mode::Release } else { Mode::Dev }
}

/// Not before the browser's clippy is over: both use one folder.
fn console_begin(context: &Context) -> Result<Outcome> {
    console::begin(mode(context))?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

fn console_build(context: &Context) -> Result<Outcome> {
    console::finish(mode(context))?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

fn console_tests_begin(_: &Context) -> Result<Outcome> {
    console::begin_tests()?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

fn console_tests(_: &Context) -> Result<Outcome> {
    console::finish_tests()?;
    count(console::tests().arg("--no-fail-fast"), Tally::read_cargo)
}

fn typescript(_: &Context) -> Result<Outcome> {
    sdk::client()?;
    check(sh::command("e2e/node_modules/.bin/tsc").args(["--noEmit", "--project", "e2e"]))
}

fn playwright(context: &Context) -> Result<Outcome> {
    console_build(context)?;
    sdk::client()?;
    let chromium = install::chromium()?;
    let mut tests = sh::command("node_modules/.bin/playwright");
    tests.current_dir(sh::root().join("e2e")).arg("test");
    tests.env("CHROMIUM", chromium).env("FORCE_COLOR", "0").env_remove("NO_COLOR");
    count(tests.env("SAYLESS_BIN", server()?), Tally::read_playwright)
}

/// The server as the backend's tests build it: cargo would build it, and half of what it needs, once more by itself.
pub fn server() -> Result<PathBuf> {
    install::server_libraries()?;
    sh::run(clippy::cargo().args(["test", "--no-run", "--quiet"]).args(clippy::PACKAGES))?;
    Ok(sh::target_dir().join("debug/sayless"))
}

fn check(command: &mut Command) -> Result<Outcome> {
    sh::run(command)?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

fn count(command: &mut Command, read: fn(&mut Tally, &str)) -> Result<Outcome> {
    let mut tests = Tally::default();
    let ok = sh::watch(command, |line| read(&mut tests, line))?;
    Ok(Outcome { ok, tests })
}
