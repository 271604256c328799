//! Programs and packages that a fresh machine lacks: each function makes sure of one of them, says what it installs and
//! why, or how a person installs it by hand.

use crate::sh;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The npm packages of `folder`, at the versions of its lock file.
pub fn npm(folder: &str, why: &str) -> Result<()> {
    let dir = sh::root().join(folder);
    let lock = modified(&dir.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json is missing"))?;
    if modified(&dir.join("node_modules/.package-lock.json")).is_some_and(|installed| installed >= lock) {
        return Ok(());
    }
    if !sh::has("npm") {
        bail!(
            "npm is missing ({why}): install Node.js 20 or later (https://nodejs.org, or `apt install nodejs npm`)"
        );
    }
    eprintln!("Installing the npm packages of {folder}/ ({why}).");
    let mut npm = sh::command("npm");
    npm.current_dir(&dir).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    sh::run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

/// The Python packages of `requirements`, at the versions that it names, in an environment called like that file; the folder
/// of their programs.
pub fn python(requirements: &str, why: &str) -> Result<PathBuf> {
    apt(&["python3-venv"], why, || {
        sh::output(sh::command("python3").args(["-c", "import ensurepip, venv"])).is_ok()
    })?;
    let name = Path::new(requirements).file_stem().context("a file of requirements")?;
    let environment = sh::target_dir().join("clients").join(name);
    let mark = environment.join("installed");
    let wanted =
        modified(&sh::root().join(requirements)).with_context(|| format!("{requirements} is missing"))?;
    if modified(&mark).is_none_or(|installed| installed < wanted) {
        eprintln!("Installing the Python packages of {requirements} ({why}).");
        sh::run(sh::command("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        let mut pip = sh::command(environment.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]);
        sh::run(&mut pip)?;
        fs::write(&mark, "")?;
    }
    Ok(environment.join("bin"))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// Debian packages, unless `present` says they are not needed.
pub fn apt(packages: &[&str], why: &str, present: impl Fn() -> bool) -> Result<()> {
    if present() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !(sh::has("apt-get") && is_root()) {
        bail!("{list} is missing ({why}). Install it, on Debian or Ubuntu with: sudo apt-get install {list}");
    }
    eprintln!("Installing {list} ({why}).");
    let mut install = sh::command("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["install", "--yes", "--no-install-recommends", "-qq"]).args(packages);
    if sh::output(&mut install).is_err() {
        sh::output(sh::command("apt-get").args(["update", "-qq"]))?;
        sh::output(&mut install)?;
    }
    if !present() {
        bail!("{list} was installed, but what it should bring ({why}) is still not there");
    }
    Ok(())
}

/// True if this process may install packages and become another user.
pub fn is_root() -> bool {
    sh::output(sh::command("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// The packages that the server is linked with: a C compiler (SQLite is compiled in) and libpq.
pub fn server_libraries() -> Result<()> {
    apt(&["build-essential"], "a C compiler, for the SQLite that the server brings", || sh::has("cc"))?;
    apt(&["libpq-dev"], "the server's PostgreSQL client library", links_libpq)
}

fn links_libpq() -> bool {
    let probe = "echo 'int main(void){return 0;}' | cc -x c - -lpq -o /dev/null";
    sh::output(sh::command("sh").args(["-c", probe])).is_ok()
}

/// The browser of the end-to-end tests: the one that `CHROMIUM` names, or Debian's.
pub fn chromium() -> Result<String> {
    if let Ok(path) = std::env::var("CHROMIUM") {
        return Ok(path);
    }
    let path = "/usr/bin/chromium";
    apt(&["chromium"], "the browser of the end-to-end tests; or name yours in CHROMIUM", || {
        Path::new(path).is_file()
    })?;
    Ok(path.to_owned())
}

const RECEIVERS: &str = "for the receivers that the guide shows";

/// Node.js and Python for the receivers in `docs/receivers`; the Python that has what its receiver needs.
pub fn receivers() -> Result<PathBuf> {
    apt(&["nodejs"], RECEIVERS, || sh::has("node"))?;
    let has_cryptography =
        |python: &Path| sh::output(sh::command(python).args(["-c", "import cryptography"])).is_ok();
    // Debian's package is for Debian's Python, which need not be the first on the PATH.
    let pythons = ["python3", "/usr/bin/python3"].map(PathBuf::from);
    let found = || pythons.iter().find(|python| has_cryptography(python)).cloned();
    apt(&["python3-cryptography"], RECEIVERS, || found().is_some())?;
    found().context("Python's package cryptography is missing")
}

/// The languages of the other receivers.
pub fn further_receivers() -> Result<()> {
    apt(&["golang-go"], RECEIVERS, || sh::has("go"))?;
    apt(&["ruby", "ruby-webrick"], RECEIVERS, || {
        sh::output(sh::command("ruby").args(["-e", "require 'webrick'; require 'openssl'"])).is_ok()
    })?;
    apt(&["php-cli"], RECEIVERS, || {
        sh::output(sh::command("php").args(["-r", "exit(extension_loaded('sodium') ? 0 : 1);"])).is_ok()
    })?;
    apt(&["default-jdk-headless"], RECEIVERS, || sh::has("javac"))
}

/// The folder in which Debian keeps the sources of packages for Go.
pub const GO_PACKAGES: &str = "/usr/share/gocode";

/// Go with the one package that a generated client imports, and Java for its generator.
pub fn go_client() -> Result<()> {
    const WHY: &str = "for the generated Go client";
    apt(&["golang-go"], WHY, || sh::has("go"))?;
    apt(&["golang-golang-x-oauth2-dev"], WHY, || {
        Path::new(GO_PACKAGES).join("src/golang.org/x/oauth2/oauth2.go").is_file()
    })?;
    apt(&["default-jre-headless"], WHY, || sh::has("java"))
}

/// The library with which a server is given a clock that is wrong.
pub fn faketime() -> Result<()> {
    apt(&["libfaketime"], "for a server whose clock is wrong", || {
        let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        folders
            .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
            .any(|library| library.is_file())
    })
}
