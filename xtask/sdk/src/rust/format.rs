//! What `rustfmt` makes of a source.

use anyhow::{Context as _, Result, ensure};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The source as the formatting check of the project in `root` wants it.
pub fn rust(root: &Path, source: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--config-path"]).arg(root.join("rustfmt.toml"));
    let mut child = rustfmt.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("rustfmt")?;
    child.stdin.take().context("rustfmt takes no input")?.write_all(source.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt refuses what was generated");
    Ok(String::from_utf8(output.stdout)?)
}

/// A doc comment of Markdown; none where there is no text. Links to the server's own code are links no more.
pub fn doc(text: &str) -> String {
    let mut comment = String::new();
    for line in text.trim().replace("[`", "`").replace("`]", "`").lines() {
        let line = line.trim_end();
        comment.push_str(if line.is_empty() { "///" } else { "/// " });
        comment.push_str(line);
        comment.push('\n');
    }
    comment
}
