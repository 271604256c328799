//! Runs the code blocks of pages, each page in a fresh folder and a shell of its own.

use crate::expect;
use crate::mark::Mark;
use crate::page::Page;
use crate::session::Session;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Ports that the pages name. Each stands for one that is free: a reader's machine has them, a machine that tests may not.
const PORTS: [&str; 3] = ["8080", "9000", "9100"];

/// Runs the pages that are wanted, or all; `true` where every block did what its page says.
pub fn pages(root: &Path, all: &[Page], wanted: &[PathBuf]) -> Result<bool> {
    for path in wanted {
        ensure!(all.iter().any(|page| &page.path == path), "{} is no page", path.display());
    }
    let is_wanted = |page: &&Page| wanted.is_empty() || wanted.contains(&page.path);
    let (mut passed, mut failed) = (0, 0);
    let folder = Folder::new()?;
    for page in all.iter().filter(is_wanted).filter(|page| page.runs()) {
        let started = Instant::now();
        let outcome = Run::new(root, &folder.0, page).and_then(|run| run.blocks(page));
        let took = started.elapsed().as_secs_f32();
        match outcome {
            Ok(blocks) => {
                passed += blocks;
                println!("{}: {blocks} blocks in {took:.1} s", page.path.display());
            }
            Err(error) => {
                failed += 1;
                println!("{}: {error:#}", page.path.display());
            }
        }
    }
    println!("test result: {}. {passed} passed; {failed} failed", if failed == 0 { "ok" } else { "FAILED" });
    Ok(failed == 0)
}

/// A page that is being run.
struct Run {
    folder: PathBuf,
    session: Session,
    /// Each port of the pages, and the one that stands for it.
    ports: Vec<(&'static str, String)>,
}

impl Run {
    fn new(root: &Path, all: &Path, page: &Page) -> Result<Self> {
        let name = page.path.display().to_string().replace('/', "-");
        let (folder, notes) = (all.join(&name), all.join(format!("{name}-notes")));
        fs::create_dir(&folder)?;
        fs::create_dir(&notes)?;
        let held: Vec<_> =
            PORTS.iter().map(|port| Ok((*port, TcpListener::bind("127.0.0.1:0")?))).collect::<Result<_>>()?;
        let free =
            |(port, held): &(&'static str, TcpListener)| Ok((*port, held.local_addr()?.port().to_string()));
        let ports: Vec<_> = held.iter().map(free).collect::<Result<_>>()?;
        let listen = format!("127.0.0.1:{}", ports[0].1);
        let variables =
            [("SAYLESS_LISTEN", listen), ("SAYLESS_REPOSITORY", root.canonicalize()?.display().to_string())];
        let session = Session::start(&folder, &notes, &variables)?;
        Ok(Self { folder, session, ports })
    }

    /// Carries all blocks out; the number of those that were run.
    fn blocks(mut self, page: &Page) -> Result<usize> {
        let mut count = 0;
        for block in &page.blocks {
            let text = self.with_free_ports(&block.text);
            let done = match &block.mark {
                Mark::Run => {
                    count += 1;
                    self.session.run(&text)
                }
                Mark::File(name) => self.write(name, &text),
                Mark::Output => self.session.wait_for(|printed| expect::shows(&text, printed)),
                Mark::NotRun => Ok(()),
            };
            done.with_context(|| format!("line {}", block.line))?;
        }
        Ok(count)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text).with_context(|| name.to_owned())
    }

    fn with_free_ports(&self, text: &str) -> String {
        self.ports.iter().fold(text.to_owned(), |text, (port, free)| replace_number(&text, port, free))
    }
}

/// Replaces a number where it stands by itself.
fn replace_number(text: &str, number: &str, by: &str) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(number) {
        let (before, found) = rest.split_at(start);
        let after = &found[number.len()..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let alone = !before.ends_with(is_part) && !after.starts_with(is_part);
        replaced.push_str(before);
        replaced.push_str(if alone { by } else { number });
        rest = after;
    }
    replaced + rest
}

/// A temporary folder, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("sayless-docs-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::replace_number;

    #[test]
    fn a_port_is_replaced_where_it_stands_by_itself() {
        let text = "http://127.0.0.1:9000/ port=9000 90001 x9000 9000";
        assert_eq!(replace_number(text, "9000", "1"), "http://127.0.0.1:1/ port=1 90001 x9000 1");
    }
}
