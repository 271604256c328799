//! The checks find what is wrong, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test may fail by it")]

use docs_check::page::Page;
use docs_check::{links, markdown, run};
use std::fs;
use std::path::{Path, PathBuf};

/// A repository with these files, in a folder that is removed at the end.
struct Repository(PathBuf);

impl Repository {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("docs-check-{name}-{}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(root)
    }

    fn links(&self, files: &[&str]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(PathBuf::from).collect();
        links::check(&self.0, &files).unwrap()
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_link_leads_to_a_file_and_a_heading() {
    let text = "# Two words, `code`\n\n## Twice\n\n## Twice\n\n[a](other.md#there) [b](#two-words-code) [c](#twice-1)\n\
                [d](https://elsewhere.example) [e](code/a.rs)\n\n```\n[not](a-link.md)\n```\n`[nor](this.md)`\n";
    let repository = Repository::new("good", &[("a.md", text), ("other.md", "# There\n"), ("code/a.rs", "")]);
    assert_eq!(repository.links(&["a.md", "other.md"]), Vec::<String>::new());
}

#[test]
fn a_link_that_leads_nowhere_is_named_with_its_line() {
    let text = "# A\n\n[a](none.md)\n[b](#none)\n[c](/a.md)\n[d](../../a.md)\n[e](a.rs#there)\n";
    let repository = Repository::new("bad", &[("a.md", text), ("a.rs", "")]);
    let faults = repository.links(&["a.md"]);
    let lines: Vec<_> = faults.iter().map(|fault| fault.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["3", "4", "5", "6", "7"], "{faults:?}");
}

#[test]
fn the_table_of_contents_has_every_page_once() {
    let contents = "- [A](a.md)\n- [A](a.md)\n";
    let files = [("docs/contents.md", contents), ("docs/a.md", "# A\n"), ("docs/b.md", "# B\n")];
    let repository = Repository::new("contents", &files);
    let faults = repository.links(&["docs/contents.md", "docs/a.md", "docs/b.md"]);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("twice") && faults[1].contains("docs/b.md is missing"), "{faults:?}");
}

#[test]
fn anchors_are_those_of_repository_pages() {
    assert_eq!(markdown::anchor("What a receiver does: `v1`, & more"), "what-a-receiver-does-v1--more");
}

#[test]
fn a_block_without_a_mark_is_a_fault() {
    let text =
        "```sh run\ntrue\n```\n\n```json\n{}\n```\n\n    indented\n\n```sh not-run=\"why\"\nfalse\n```\n";
    let page = Page::read("docs/a.md".into(), text);
    assert_eq!((page.blocks.len(), page.faults.len()), (2, 2), "{page:?}");
    let early = Page::read("docs/a.md".into(), "```json output\n{}\n```\n");
    assert_eq!(early.faults.len(), 1, "{early:?}");
}

fn ran(text: &str) -> bool {
    let page = Page::read(format!("docs/{:x}.md", text.len()).into(), text);
    assert!(page.faults.is_empty(), "{page:?}");
    run::pages(Path::new("."), &[page], &[]).unwrap()
}

/// One test, since each run makes the folder of this process.
#[test]
fn blocks_run_in_one_shell_and_print_what_the_page_shows() {
    let good = "```sh run\nname=you\n(sleep 0.1; echo later) &\n```\n\n```text output\nlater\n```\n\n\
                ```sh file=say.sh\necho \"{\\\"to\\\": \\\"$1\\\"}\"\n```\n\n\
                ```sh run\nbash say.sh \"$name\"\ncat\n```\n\n```json output\n{\"to\": \"y…\"}\n```\n";
    assert!(ran(good));
    assert!(!ran("```sh run\nfalse\ntrue\n```\n"), "a block that fails");
    assert!(!ran("```sh run\necho \"$nothing\"\n```\n"), "a variable that is not there");
    assert!(!ran("```sh run\necho one; exit 1\n```\n\n```text output\none\n```\n"));
}
