//! A `cargo` that can build for the browser: rustup's toolchain, or, where its wasm target cannot be fetched, Debian's
//! `rustc-web`, which brings the sources of the standard library, built once with the console.

use crate::{install, sh};
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::Command;

/// The console's compilation target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A `cargo` ready for `--target` [`TARGET`].
pub fn cargo() -> Result<Command> {
    if has_target() {
        return Ok(sh::cargo());
    }
    if sh::has("rustup") {
        eprintln!("Installing the compilation target {TARGET} (the console runs in the browser).");
        match sh::output(sh::command("rustup").args(["target", "add", TARGET])) {
            Ok(_) if has_target() => return Ok(sh::cargo()),
            Ok(_) => bail!("rustup added {TARGET}, but this cargo's toolchain does not have it"),
            Err(error) => {
                eprintln!("rustup could not: {error:#}\nTaking Debian's toolchain for the console instead.");
            }
        }
    }
    debian().with_context(|| {
        format!("the console needs the compilation target {TARGET}: rustup target add {TARGET}")
    })
}

/// True if the toolchain in use holds a standard library for the browser.
pub fn has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    sh::output(sh::command(rustc).args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|dir| Path::new(&dir).is_dir())
}

/// Debian's `cargo` and `rustc`, told to build the standard library from source. The linker is rustup's where it is
/// there, because Debian's packages do not bring one.
fn debian() -> Result<Command> {
    let packages = ["cargo-web", "rustc-web", "rust-web-src"];
    let present = || sh::output(sh::command("dpkg").arg("--status").args(packages)).is_ok();
    install::apt(&packages, "to build the console for the browser", present)?;
    let mut cargo = sh::cargo_at("/usr/bin/cargo");
    cargo.env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
    cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    Ok(cargo)
}

fn linker() -> Result<String> {
    let sysroot = sh::output(sh::command("rustc").args(["--print", "sysroot"]))?;
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let bundled = format!("{sysroot}/lib/rustlib/{host}/bin/rust-lld");
    if Path::new(&bundled).is_file() {
        return Ok(bundled);
    }
    install::apt(&["lld"], "to link the console", || sh::has("wasm-ld"))?;
    Ok("wasm-ld".to_owned())
}
