//! The Debian package: the binary, its unit for systemd, its settings and its user. The files are in `packaging/debian`.

use super::binary;
use super::output::{Release, place, stage, write};
use crate::{install, sh};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Each file of the package: where it comes from, where it goes, its permissions.
const FILES: &[(&str, &str, u32)] = &[
    ("packaging/debian/sayless.service", "usr/lib/systemd/system/sayless.service", 0o644),
    ("packaging/debian/sayless.env", "etc/sayless/sayless.env", 0o600),
    ("packaging/debian/sayless-admin", "usr/sbin/sayless-admin", 0o755),
    ("packaging/debian/copyright", "usr/share/doc/sayless/copyright", 0o644),
    ("packaging/debian/conffiles", "DEBIAN/conffiles", 0o644),
    ("packaging/debian/postinst", "DEBIAN/postinst", 0o755),
    ("packaging/debian/prerm", "DEBIAN/prerm", 0o755),
    ("packaging/debian/postrm", "DEBIAN/postrm", 0o755),
    ("LICENSE-MIT", "usr/share/doc/sayless/LICENSE-MIT", 0o644),
    ("LICENSE-APACHE", "usr/share/doc/sayless/LICENSE-APACHE", 0o644),
    ("CHANGELOG.md", "usr/share/doc/sayless/changelog", 0o644),
];

/// Puts the package together and builds it.
pub fn make(release: &Release) -> Result<()> {
    install::apt(&["dpkg-dev"], "for the Debian package", || {
        sh::has("dpkg-deb") && sh::has("dpkg-shlibdeps")
    })?;
    let binary = binary::path()?;
    let folder = stage("debian")?;
    place(&binary, &folder.join("usr/bin/sayless"), 0o755)?;
    for (from, to, mode) in FILES {
        place(Path::new(from), &folder.join(to), *mode)?;
    }
    let unit = fs::read_to_string(sh::root().join("packaging/debian/sayless.service"))?;
    write(&folder.join("usr/lib/systemd/system/sayless-worker.service"), worker_unit(&unit)?, 0o644)?;
    sh::run(
        sh::command("gzip").args(["--best", "--no-name"]).arg(folder.join("usr/share/doc/sayless/changelog")),
    )?;
    let architecture = sh::output(sh::command("dpkg").arg("--print-architecture"))?;
    let control = fs::read_to_string(sh::root().join("packaging/debian/control"))?;
    let size = size(&folder)?.div_ceil(1024).to_string();
    let control = fill(
        &control,
        &[
            ("@VERSION@", &release.version),
            ("@ARCHITECTURE@", &architecture),
            ("@SIZE@", &size),
            ("@LIBRARIES@", &libraries(&binary)?),
        ],
    )?;
    write(&folder.join("DEBIAN/control"), control, 0o644)?;
    let package = release.folder.join(format!("sayless_{}_{architecture}.deb", release.version));
    let mut build = sh::command("dpkg-deb");
    build.env("SOURCE_DATE_EPOCH", &release.epoch).args(["--build", "--root-owner-group"]);
    sh::run(build.arg(folder).arg(package))
}

/// The unit of a node that only delivers: the service's, hardened alike, with another command.
fn worker_unit(unit: &str) -> Result<String> {
    fill(
        unit,
        &[
            (
                "Description=Sayless: API keys, OAuth apps and webhooks",
                "Description=Sayless: a node that only delivers webhooks",
            ),
            ("ExecStart=/usr/bin/sayless serve", "ExecStart=/usr/bin/sayless worker"),
        ],
    )
}

/// Replaces what must be there.
fn fill(text: &str, replacements: &[(&str, &str)]) -> Result<String> {
    let mut filled = text.to_owned();
    for (from, to) in replacements {
        if !filled.contains(from) {
            bail!("`{from}` is missing in the text:\n{text}");
        }
        filled = filled.replace(from, to);
    }
    Ok(filled)
}

/// The packages that bring the shared libraries of the binary, with the versions that it needs.
fn libraries(binary: &Path) -> Result<String> {
    // The program wants to stand in a source package.
    let source = stage("shlibdeps")?;
    write(&source.join("debian/control"), "Source: sayless\n\nPackage: sayless\nArchitecture: any\n", 0o644)?;
    let mut dependencies = sh::command("dpkg-shlibdeps");
    dependencies.current_dir(source).args(["-O", "-e"]).arg(sh::root().join(binary));
    let said = sh::output(&mut dependencies)?;
    let found = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    found.map(str::to_owned).with_context(|| format!("dpkg-shlibdeps said: {said}"))
}

/// The bytes of all files of a folder.
fn size(folder: &PathBuf) -> Result<u64> {
    let mut total = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        total += if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::worker_unit;

    #[test]
    fn a_worker_is_hardened_as_the_server_is() {
        let unit = include_str!("../../../packaging/debian/sayless.service");
        let worker = worker_unit(unit).unwrap();
        assert!(worker.contains("\nExecStart=/usr/bin/sayless worker\n"));
        let differing = unit.lines().zip(worker.lines()).filter(|(one, other)| one != other).count();
        assert_eq!((differing, unit.lines().count()), (2, worker.lines().count()));
    }
}
