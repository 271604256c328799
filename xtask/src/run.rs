//! `cargo xtask run`: from a fresh clone to a console that one can sign in to. And `dev`, for a person changing it.

use crate::frontend::{self, Mode};
use crate::{install, sdk, sh};
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The command line, read.
struct Options<'a> {
    demo: bool,
    listen: &'a str,
}

/// The e-mail address and password for the person at the terminal.
struct SignIn {
    email: &'static str,
    password: String,
}

/// `run [--demo] [--listen ADDR]`: everything as released. This process becomes the server, so that Ctrl-C and every
/// other signal is the server's own to handle.
pub fn command(options: &[&str]) -> Result<()> {
    let options = parse(options)?;
    install::server_libraries()?;
    frontend::build(Mode::Release)?;
    sh::run(sh::cargo().args(["build", "--release", "--package", "sayless"]))?;
    let mut server = prepare(sh::target_dir().join("release/sayless"), &options)?;
    let error = server.exec();
    Err(error).with_context(|| format!("cannot start {}", sh::shown(&server)))
}

/// `dev [--demo] [--listen ADDR]`: quick builds, and the console built anew whenever its sources change.
pub fn dev(options: &[&str]) -> Result<()> {
    let options = parse(options)?;
    frontend::build(Mode::Dev)?;
    let mut server = prepare(sdk::server()?, &options)?.spawn()?;
    loop {
        std::thread::sleep(Duration::from_millis(500));
        if let Some(status) = server.try_wait()? {
            bail!("the server ended with {status}");
        }
        if let Err(error) = frontend::build(Mode::Dev) {
            eprintln!("{error:#}");
            std::thread::sleep(Duration::from_secs(5));
        }
    }
}

fn parse<'a>(options: &[&'a str]) -> Result<Options<'a>> {
    let mut parsed = Options { demo: false, listen: "127.0.0.1:8080" };
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        match *option {
            "--demo" => parsed.demo = true,
            "--listen" => {
                parsed.listen = rest.next().context("--listen needs an address, like 127.0.0.1:8080")?;
            }
            other => bail!("unknown option {other}; there are --demo and --listen ADDR"),
        }
    }
    Ok(parsed)
}

/// The command that serves, after a first workspace was made where there is none and the demo's company was started.
fn prepare(binary: PathBuf, options: &Options<'_>) -> Result<Command> {
    let sayless = Sayless { binary };
    let data = sh::root().join("data");
    let state = data.join("demo.json");
    let empty = !data.join("sayless.db").exists();
    if empty {
        remove(&state)?;
    }
    let sign_in = if empty {
        Some(sayless.make_workspace("Harbour Goods", "admin@example.com")?)
    } else if options.demo && !state.exists() {
        Some(sayless.make_workspace("Harbour Goods (demo)", "demo@example.com")?)
    } else {
        None
    };
    let url = format!("http://{}", options.listen);
    println!("\n  Sayless   {url}/settings/api");
    if let Some(SignIn { email, password }) = &sign_in {
        println!("  E-mail    {email}\n  Password  {password}   (shown this once)");
    }
    println!();
    if options.demo {
        start_demo(&url, &state, sign_in.as_ref())?;
    }
    let mut serve = sayless.command();
    serve.args(["serve", "--listen", options.listen]);
    // For a person trying things out on one machine. The server by itself refuses such destinations.
    serve.args(["--allow-destination", "127.0.0.0/8", "--allow-destination", "::1/128"]);
    Ok(serve)
}

/// The server's binary, on the database under `data/`.
struct Sayless {
    binary: PathBuf,
}

impl Sayless {
    fn command(&self) -> Command {
        let mut command = sh::command(&self.binary);
        command.env("SAYLESS_DATABASE_URL", "sqlite:data/sayless.db");
        command
    }

    fn make_workspace(&self, name: &str, email: &'static str) -> Result<SignIn> {
        let password = random_password()?;
        sh::output(self.command().arg("migrate"))?;
        let create = ["workspace", "create", "--name", name, "--plan", "business"];
        let id = sh::output(self.command().args(create))?;
        let add =
            ["member", "add", "--workspace", &id, "--email", email, "--role", "admin", "--password-stdin"];
        let mut add_admin = self.command();
        feed(add_admin.args(add).stdout(Stdio::null()), &password)?;
        Ok(SignIn { email, password })
    }
}

/// Runs a command with this text as its input.
fn feed(command: &mut Command, input: &str) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} ended with {status}", sh::shown(command));
    }
    Ok(())
}

/// Builds and starts the program that fills the console with life. It ends when this process, the server, does.
fn start_demo(url: &str, state: &Path, sign_in: Option<&SignIn>) -> Result<()> {
    sh::run(sh::cargo().args(["build", "--package", "demo"]))?;
    let mut demo = sh::command(sh::target_dir().join("debug/demo"));
    demo.arg(url).arg(state).stdin(Stdio::piped());
    // A group of its own: at Ctrl-C the receivers stay until the server has finished what is in flight.
    let mut child = demo.process_group(0).spawn().context("cannot start the demo")?;
    if let Some(mut stdin) = child.stdin.take()
        && let Some(SignIn { email, password }) = sign_in
    {
        write!(stdin, "{email}\n{password}\n")?;
    }
    Ok(())
}

/// 20 letters and digits that are not mistaken for one another: 100 bits.
fn random_password() -> Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = [0; 20];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
