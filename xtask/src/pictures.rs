//! `cargo xtask pictures`: takes the README's pictures of the console anew, of the demo's company in a real Chromium.

use crate::frontend::{self, Mode};
use crate::{install, sdk, sh};
use anyhow::Result;

/// Writes `docs/images/webhooks-light.png` and `webhooks-dark.png`.
pub fn command() -> Result<()> {
    frontend::build(Mode::Release)?;
    let server = sdk::server()?;
    sh::run(sh::cargo().args(["build", "--package", "demo"]))?;
    install::npm("e2e", "the browser that takes the pictures")?;
    let mut take = sh::command("node_modules/.bin/playwright");
    take.current_dir(sh::root().join("e2e")).args(["test", "--config", "pictures.config.ts"]);
    take.env("CHROMIUM", install::chromium()?).env("SAYLESS_BIN", server);
    sh::run(take.env("DEMO_BIN", sh::target_dir().join("debug/demo")))
}
