//! The mark of a code block: what its info string says is to be done with it. A block without a mark is a fault.
//!
//! | info string | meaning |
//! |---|---|
//! | `sh run` | a shell runs the block, after the page's blocks before it |
//! | `python file=app.py` | the block is written to that file |
//! | `json output` | what the `run` block before it prints has this in it; `…` stands for anything |
//! | `sh not-run="why"` | an example that is not run, and the reason |

/// The use of a code block in the tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Run,
    File(String),
    Output,
    NotRun,
}

impl Mark {
    /// Reads an info string: the language, then one mark.
    pub fn read(info: &str) -> Result<Self, String> {
        let (language, mark) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
        let mark = mark.trim();
        if language.is_empty() || language.contains(['=', '"']) {
            return Err("the block names no language".into());
        }
        if let Some(name) = mark.strip_prefix("file=") {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
            let inside = !name.is_empty() && name.chars().all(plain) && !name.starts_with('/');
            if !inside || name.split('/').any(|part| part == "..") {
                return Err(format!("`{name}` is no file of the page's folder"));
            }
            return Ok(Self::File(name.into()));
        }
        if let Some(reason) = mark.strip_prefix("not-run=") {
            let reason = reason.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or("");
            if reason.trim().is_empty() {
                return Err("not-run needs its reason, in quotes".into());
            }
            return Ok(Self::NotRun);
        }
        match mark {
            "run" if language == "sh" => Ok(Self::Run),
            "run" => Err(format!("only sh can be run; write the {language} with file=NAME and call it")),
            "output" => Ok(Self::Output),
            "" => Err("the block has no mark: run, file=NAME, output or not-run=\"why\"".into()),
            other => Err(format!("`{other}` is no mark: run, file=NAME, output or not-run=\"why\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_info_string_has_a_language_and_one_mark() {
        assert_eq!(Mark::read("sh run"), Ok(Mark::Run));
        assert_eq!(Mark::read("python file=app/views.py"), Ok(Mark::File("app/views.py".into())));
        assert_eq!(Mark::read("json output"), Ok(Mark::Output));
        assert_eq!(Mark::read("sh not-run=\"it stops the server\""), Ok(Mark::NotRun));
        for bad in [
            "",
            "sh",
            "run",
            "python run",
            "sh runs",
            "sh run output",
            "sh not-run",
            "sh not-run=\"\"",
            "sh not-run=why",
            "js file=",
            "js file=../a.js",
            "js file=/etc/a",
        ] {
            assert!(Mark::read(bad).is_err(), "{bad}");
        }
    }
}
