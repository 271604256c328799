//! The Python SDK: packed, installed from the wheel in a fresh folder, and tried there against a real server.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::{install, sh};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SDK: &str = "sdks/python";

/// Formatting, lints and types; then the tests, the examples and the README, with the wheel.
pub fn stage(context: &Context) -> Result<Outcome> {
    let server = (context.server)()?;
    let requirements = format!("{SDK}/requirements-test.txt");
    let programs = install::python(&requirements, "the tests of the Python SDK, and what judges its code")?;
    let program = |name: &str| sh::command(programs.join(name));
    sh::run(program("ruff").args(["check", "--quiet", "--no-cache", SDK]))?;
    sh::run(program("ruff").args(["format", "--quiet", "--no-cache", "--check", SDK]))?;
    // mypy no longer knows 3.9, and there may be no interpreter of it.
    let mut oldest = program("vermin");
    oldest.args(["--quiet", "--target=3.9-", "--no-tips", "--violations", "--eval-annotations"]);
    sh::run(oldest.arg("--no-parse-comments").arg(format!("{SDK}/src")))?;
    let fresh = Fresh::new(&programs)?;
    sh::run(fresh.command(program("mypy")).env("MYPYPATH", &fresh.site).args(TYPED))?;

    let mut story = fresh.command(sh::command(server.with_file_name("load")));
    story.args(["sandbox", "--server"]).arg(&server).arg("--").arg(programs.join("python"));
    story.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests"]);
    story.env("PYTHONPATH", &fresh.site).env("SAYLESS_WHEEL", &fresh.wheel);
    story.env("PIP_CONSTRAINT", sh::root().join(requirements)).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    let mut tests = Tally::default();
    let ok = sh::watch(&mut story, |line| tests.read_pytest(line))?;
    Ok(Outcome { ok, tests })
}

/// The code that mypy judges: the wheel's package, and all that uses it.
const TYPED: [&str; 6] =
    ["--strict", "--cache-dir=../mypy", "site/sayless", "tests", "examples", "--no-error-summary"];

/// A folder with the package as a stranger gets it, and with what uses it.
struct Fresh {
    folder: PathBuf,
    wheel: PathBuf,
    /// The folder in which the wheel is installed.
    site: PathBuf,
}

impl Fresh {
    /// Builds the source package and the wheel from it, and installs the wheel.
    fn new(programs: &Path) -> Result<Self> {
        let target = sh::target_dir().join(SDK);
        let folder = target.join("fresh");
        for old in [&folder, &target.join("dist")] {
            if old.exists() {
                fs::remove_dir_all(old)?;
            }
        }
        fs::create_dir_all(&folder)?;
        let mut build = sh::command(programs.join("python"));
        build.args(["-m", "build", "--no-isolation", "--outdir"]).arg(target.join("dist")).arg(SDK);
        sh::output(&mut build)?;
        let mut packed = fs::read_dir(target.join("dist"))?.filter_map(|entry| Some(entry.ok()?.path()));
        let wheel = packed.find(|path| path.extension().is_some_and(|extension| extension == "whl"));
        let wheel = wheel.context("the build of the Python SDK left no wheel")?;
        let site = folder.join("site");
        let mut install = sh::command(programs.join("pip"));
        install.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
        sh::run(install.arg(&site).arg(&wheel))?;
        let parts = ["tests", "examples", "README.md", "pyproject.toml"];
        let parts = parts.map(|part| sh::root().join(SDK).join(part));
        sh::run(sh::command("cp").arg("-r").args(parts).arg(&folder))?;
        Ok(Self { folder, wheel, site })
    }

    /// The command, in this folder.
    fn command(&self, mut command: Command) -> Command {
        command.current_dir(&self.folder);
        command
    }
}
