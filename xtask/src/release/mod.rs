//! `cargo xtask release`: everything that a release consists of, in `target/release-VERSION/`. What a person does before
//! and after it is in CONTRIBUTING.md.

mod binary;
mod checks;
mod checksums;
mod debian;
mod image;
mod output;
mod sbom;
mod sdks;

use crate::sh;
use anyhow::{Context as _, Result, bail};
use output::Release;
use std::fs;

/// One kind of thing that a release consists of.
struct Part {
    name: &'static str,
    make: fn(&Release) -> Result<()>,
}

/// In the order in which they are made: the package and the image's files hold the binary.
const PARTS: &[Part] = &[
    Part { name: "binary", make: binary::make },
    Part { name: "sbom", make: sbom::make },
    Part { name: "debian", make: debian::make },
    Part { name: "image", make: image::make },
    Part { name: "sdks", make: sdks::make },
];

/// The command line, read.
struct Options<'a> {
    /// True for a try: what a release must have is then only said.
    draft: bool,
    only: Vec<&'a str>,
}

/// `release [--draft] [--only PART]…`.
pub fn command(options: &[&str]) -> Result<()> {
    let options = parse(options)?;
    let version = checks::version()?;
    let findings = checks::findings(&version)?;
    for finding in &findings {
        eprintln!("not ready: {finding}");
    }
    if !findings.is_empty() && !options.draft {
        bail!("this is not yet a release; `cargo xtask release --draft` makes the files all the same");
    }
    let release = Release {
        folder: sh::target_dir().join(format!("release-{version}")),
        epoch: sh::output(sh::command("git").args(["log", "-1", "--format=%ct"]))
            .context("the time of the last commit")?,
        version,
    };
    if options.only.is_empty() && release.folder.exists() {
        fs::remove_dir_all(&release.folder)?;
    }
    fs::create_dir_all(&release.folder)?;
    for part in PARTS {
        if options.only.is_empty() || options.only.contains(&part.name) {
            println!("\n=== {} ===", part.name);
            (part.make)(&release).with_context(|| format!("release, part {}", part.name))?;
        }
    }
    checksums::write(&release)
}

fn parse<'a>(options: &[&'a str]) -> Result<Options<'a>> {
    let mut parsed = Options { draft: false, only: Vec::new() };
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        match *option {
            "--draft" => parsed.draft = true,
            "--only" => parsed.only.push(part(rest.next().copied())?),
            other => bail!("unknown option {other}; release knows --draft and --only PART"),
        }
    }
    Ok(parsed)
}

fn part(name: Option<&str>) -> Result<&'static str> {
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    let found = PARTS.iter().find(|part| Some(part.name) == name).map(|part| part.name);
    found.with_context(|| format!("--only needs a part: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_its_options() {
        let options = parse(&["--only", "sbom", "--draft", "--only", "debian"]).unwrap();
        assert!(options.draft);
        assert_eq!(options.only, ["sbom", "debian"]);
        assert!(!parse(&[]).unwrap().draft);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for options in [&["--only"][..], &["--only", "windows"], &["--dry-run"]] {
            assert!(parse(options).is_err(), "{options:?}");
        }
    }
}
