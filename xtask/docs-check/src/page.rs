//! The pages of the documentation, with their code blocks and marks.

use crate::mark::Mark;
use crate::markdown::Markdown;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A code block of a page.
#[derive(Debug)]
pub struct Block {
    pub mark: Mark,
    pub text: String,
    pub line: usize,
}

/// A page of `docs/`.
#[derive(Debug)]
pub struct Page {
    /// From the project's root.
    pub path: PathBuf,
    pub blocks: Vec<Block>,
    /// Blocks without a mark, and marks that make no sense: a line each.
    pub faults: Vec<String>,
}

impl Page {
    pub fn read(path: PathBuf, text: &str) -> Self {
        let mut page = Self { path, blocks: Vec::new(), faults: Vec::new() };
        for code in Markdown::read(text).code {
            let info = code.info.as_deref().ok_or_else(|| "the block has no fence".to_owned());
            let mark = info.and_then(Mark::read);
            let has_run = page.blocks.iter().any(|block| block.mark == Mark::Run);
            match mark {
                Ok(Mark::Output) if !has_run => page.fault(code.line, "nothing was run before this output"),
                Ok(mark) => page.blocks.push(Block { mark, text: code.text, line: code.line }),
                Err(fault) => page.fault(code.line, &fault),
            }
        }
        page
    }

    fn fault(&mut self, line: usize, what: &str) {
        self.faults.push(format!("{}:{line}: {what}", self.path.display()));
    }

    /// `true` where there is something to run.
    pub fn runs(&self) -> bool {
        self.blocks.iter().any(|block| block.mark == Mark::Run)
    }
}

/// Every page below `docs/`, by name.
pub fn all(root: &Path) -> Result<Vec<Page>> {
    let mut paths = Vec::new();
    collect(&root.join("docs"), &mut paths)?;
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
        Ok(Page::read(path, &text))
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    Ok(())
}
