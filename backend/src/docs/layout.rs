//! The frame of every page: the bar at the top, the pages at the side, the headings of the page, and what comes before and after.

use super::{
    generated,
    html::{Escaped, href, put},
    links::address,
    markdown::Rendered,
    outline::{Link, Outline, children},
};

/// The three lines of the console, each shorter than the last.
const LOGO: &str = "<svg class=\"logo\" viewBox=\"0 0 32 32\" aria-hidden=\"true\"><rect width=\"32\" height=\"32\" rx=\"9\"/>\
    <path d=\"M8.5 11h15M8.5 16h9.5M8.5 21h4\"/></svg>";

fn icon(shape: &str) -> String {
    format!("<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"{shape}\"/></svg>")
}

const LINES: &str = "M2.5 4.5h11M2.5 8h11M2.5 11.5h11";
const GLASS: &str = "M11.5 7a4.5 4.5 0 1 1-9 0a4.5 4.5 0 0 1 9 0M10.3 10.3L13.5 13.5";
const SCREEN: &str = "M2.5 3h11v7.5h-11zM6 13.2h4M8 10.5v2.7";
const SUN: &str = "M10.6 8a2.6 2.6 0 1 1-5.2 0a2.6 2.6 0 0 1 5.2 0M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M3.6 12.4l1-1M11.4 4.6l1-1";
const MOON: &str = "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8";
const LEFT: &str = "M9.8 3.8L5.6 8l4.2 4.2";
const RIGHT: &str = "M6.2 3.8L10.4 8l-4.2 4.2";

/// A page to be framed.
#[derive(Debug)]
pub struct Framed<'a> {
    /// The name of the page; empty for the page that says that there is none.
    pub name: &'a str,
    pub rendered: &'a Rendered,
    pub outline: &'a Outline,
    pub origin: &'a str,
}

/// The whole page.
pub fn page(framed: &Framed<'_>) -> String {
    let mut out = String::with_capacity(framed.rendered.html.len() + 16_384);
    head(&mut out, framed);
    bar(&mut out);
    let is_start = framed.name == "index";
    put(&mut out, format_args!("<div class=\"frame{}\">", if is_start { " start" } else { "" }));
    side(&mut out, framed);
    out.push_str("<main id=\"content\" tabindex=\"-1\"><article>");
    article(&mut out, framed);
    out.push_str("</article>");
    around(&mut out, framed);
    out.push_str("<footer class=\"foot\"><p>Served by this Sayless server, for its own version.</p><p><a href=\"/settings/api\">Console</a> <a href=\"/llms.txt\">llms.txt</a> \
        <a href=\"/openapi.json\">OpenAPI document</a></p></footer></main>");
    if !is_start {
        contents(&mut out, framed.rendered);
    }
    out.push_str("</div>");
    search(&mut out);
    out.push_str("</body></html>\n");
    out
}

fn head(out: &mut String, framed: &Framed<'_>) {
    let (title, page) = (Escaped(&framed.rendered.title), framed.rendered);
    put(
        out,
        format_args!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} · Sayless docs</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"description\" content=\"{}\">",
            Escaped(page.summary.trim())
        ),
    );
    if !framed.name.is_empty() {
        put(
            out,
            format_args!(
                "<link rel=\"canonical\" href=\"{}{}\"><link rel=\"alternate\" type=\"text/markdown\" href=\"/docs/{}.md\">",
                Escaped(framed.origin),
                href(&address(framed.name)),
                href(framed.name)
            ),
        );
    }
    out.push_str(
        "<script src=\"/docs/assets/theme.js\"></script><link rel=\"icon\" href=\"/docs/assets/icon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"/docs/assets/site.css\"><script src=\"/docs/assets/search.js\" defer></script>\
         <script src=\"/docs/assets/site.js\" defer></script></head><body>\
         <a class=\"skip\" href=\"#content\">Skip to the content</a>",
    );
}

fn bar(out: &mut String) {
    put(
        out,
        format_args!(
            "<header class=\"bar\"><button type=\"button\" class=\"menu js\" aria-expanded=\"false\" aria-controls=\"side\" \
             aria-label=\"Menu\">{}</button><a class=\"brand\" href=\"/docs\">{LOGO}<span>Sayless <em>Docs</em></span></a>\
             <button type=\"button\" class=\"find js\" aria-haspopup=\"dialog\" aria-label=\"Search\">{}<span>Search</span><kbd>/</kbd></button>\
             <nav class=\"ways\" aria-label=\"Elsewhere\"><a href=\"/docs/api\">API reference</a><a href=\"/settings/api\">Console</a></nav>\
             <div class=\"themes js\" role=\"group\" aria-label=\"Colours\">",
            icon(LINES),
            icon(GLASS)
        ),
    );
    for (value, label, shape) in [("", "System", SCREEN), ("light", "Light", SUN), ("dark", "Dark", MOON)] {
        put(
            out,
            format_args!(
                "<button type=\"button\" data-theme-choice=\"{value}\" aria-pressed=\"false\" aria-label=\"{label}\" title=\"{label}\">{}</button>",
                icon(shape)
            ),
        );
    }
    out.push_str("</div></header>");
}

fn side(out: &mut String, framed: &Framed<'_>) {
    out.push_str("<nav id=\"side\" class=\"side\" aria-label=\"Pages\">");
    let (current, open) =
        (address(framed.name), generated::place(framed.name).map_or(framed.name, |(of, _)| of));
    for group in &framed.outline.groups {
        out.push_str("<section>");
        if !group.title.is_empty() {
            put(out, format_args!("<h2>{}</h2>", Escaped(&group.title)));
        }
        out.push_str("<ul>");
        for link in &group.links {
            out.push_str("<li>");
            side_link(out, link, &current);
            if link.address == address(open) {
                let below = children(open);
                if !below.is_empty() {
                    out.push_str("<ul>");
                    for link in below {
                        out.push_str("<li>");
                        side_link(out, &link, &current);
                        out.push_str("</li>");
                    }
                    out.push_str("</ul>");
                }
            }
            out.push_str("</li>");
        }
        out.push_str("</ul></section>");
    }
    out.push_str("</nav>");
}

fn side_link(out: &mut String, link: &Link, current: &str) {
    let mark = if link.address == current { " aria-current=\"page\"" } else { "" };
    put(out, format_args!("<a href=\"{}\"{mark}>{}</a>", href(&link.address), Escaped(&link.title)));
}

fn article(out: &mut String, framed: &Framed<'_>) {
    let page = framed.rendered;
    if let Some(group) = framed.outline.group_of(framed.name).filter(|_| framed.name != "index") {
        put(out, format_args!("<p class=\"crumb\">{}</p>", Escaped(group)));
    }
    put(out, format_args!("<h1>{}</h1>", Escaped(&page.title)));
    if !framed.name.is_empty() && framed.name != "index" {
        put(
            out,
            format_args!(
                "<p class=\"actions\"><a href=\"/docs/{}.md\" class=\"asmarkdown\">View as Markdown</a></p>",
                href(framed.name)
            ),
        );
        if page.headings.len() > 1 {
            out.push_str("<details class=\"here\"><summary>On this page</summary>");
            headings(out, page);
            out.push_str("</details>");
        }
    }
    out.push_str(&page.html);
}

fn headings(out: &mut String, page: &Rendered) {
    out.push_str("<ul>");
    for heading in &page.headings {
        let (id, text) = (Escaped(&heading.id), Escaped(&heading.text));
        put(out, format_args!("<li class=\"{}\"><a href=\"#{id}\">{text}</a></li>", heading.level));
    }
    out.push_str("</ul>");
}

/// The headings of the page, where there is room beside it.
fn contents(out: &mut String, page: &Rendered) {
    out.push_str("<aside class=\"toc\" aria-label=\"On this page\">");
    if page.headings.len() > 1 {
        out.push_str("<h2>On this page</h2>");
        headings(out, page);
    }
    out.push_str("</aside>");
}

fn around(out: &mut String, framed: &Framed<'_>) {
    let (before, after) = framed.outline.around(framed.name);
    if before.is_none() && after.is_none() {
        return;
    }
    out.push_str("<nav class=\"around\" aria-label=\"Before and after\">");
    if let Some(link) = before {
        let (to, title) = (href(&link.address), Escaped(&link.title));
        put(
            out,
            format_args!(
                "<a class=\"before\" href=\"{to}\" rel=\"prev\">{}<span>Previous</span><b>{title}</b></a>",
                icon(LEFT)
            ),
        );
    }
    if let Some(link) = after {
        let (to, title) = (href(&link.address), Escaped(&link.title));
        put(
            out,
            format_args!(
                "<a class=\"after\" href=\"{to}\" rel=\"next\"><span>Next</span><b>{title}</b>{}</a>",
                icon(RIGHT)
            ),
        );
    }
    out.push_str("</nav>");
}

fn search(out: &mut String) {
    put(
        out,
        format_args!(
            "<dialog id=\"search\" class=\"search\" aria-label=\"Search the docs\"><form method=\"dialog\"><label>{}\
             <input type=\"search\" placeholder=\"Search the docs\" autocomplete=\"off\" spellcheck=\"false\" role=\"combobox\" \
             aria-label=\"Search the docs\" aria-expanded=\"false\" aria-controls=\"found\" aria-autocomplete=\"list\"></label>\
             <button type=\"submit\">Close</button></form><div id=\"found\" role=\"listbox\" aria-label=\"Found\"></div>\
             <p class=\"said\" role=\"status\"></p></dialog>",
            icon(GLASS)
        ),
    );
}

/// The table of contents as the start page shows it.
pub fn cards(outline: &Outline) -> String {
    let mut out = String::from("<div class=\"cards\">");
    for group in &outline.groups {
        let links: Vec<&Link> = group.links.iter().filter(|link| link.address != "/docs").collect();
        if links.is_empty() {
            continue;
        }
        out.push_str("<section>");
        if !group.title.is_empty() {
            put(&mut out, format_args!("<h2>{}</h2>", Escaped(&group.title)));
        }
        out.push_str("<ul>");
        for link in links {
            let (to, title) = (href(&link.address), Escaped(&link.title));
            put(
                &mut out,
                format_args!("<li><a href=\"{to}\">{title}</a><p>{}</p></li>", Escaped(&link.says)),
            );
        }
        out.push_str("</ul></section>");
    }
    out.push_str("</div>");
    out
}
