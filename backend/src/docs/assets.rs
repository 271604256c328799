//! The style and the scripts of the site: ours, without anything from elsewhere.

use crate::console;

/// The names of the files.
pub const NAMES: [&str; 5] = ["site.css", "theme.js", "site.js", "search.js", "icon.svg"];

/// The text of a file.
pub fn text(name: &str) -> Option<String> {
    let text = match name {
        "site.css" => return Some(style()),
        "theme.js" => include_str!("../../../frontend/assets/theme.js"),
        "site.js" => include_str!("assets/site.js"),
        "search.js" => include_str!("assets/search.js"),
        "icon.svg" => include_str!("../../../frontend/assets/icon.svg"),
        _ => return None,
    };
    Some(text.to_owned())
}

/// The style, in the console's typeface where the console is built into this binary.
fn style() -> String {
    let face = console::asset("instrument-sans-latin-wght-normal", ".woff2").map(|address| {
        format!(
            "@font-face{{font-family:\"Instrument Sans\";font-weight:400 700;font-display:swap;src:url(\"{address}\") format(\"woff2\")}}\n"
        )
    });
    [face.unwrap_or_default().as_str(), include_str!("assets/frame.css"), include_str!("assets/content.css")]
        .concat()
}
