//! Names and values as languages write them.

/// `rotate_secret` as `rotateSecret`.
pub fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let start = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &start.into_iter().chain(letters).collect::<String>()
    })
}

/// Parts between brackets: on one line where it is short, else each on a line of its own, with a comma after it.
pub fn bracketed(open: &str, parts: &[String], close: &str, indent: usize, width: usize) -> String {
    let pad = if open.ends_with('{') && !parts.is_empty() { " " } else { "" };
    let line = format!("{open}{pad}{}{pad}{close}", parts.join(", "));
    if line.len() <= width && !line.contains('\n') {
        return line;
    }
    let space = " ".repeat(indent);
    let between = format!("\n{space}");
    let lines = parts.iter().map(|part| part.replace('\n', &between) + ",");
    let lines: Vec<String> = lines.collect();
    format!("{open}{between}{}\n{close}", lines.join(&between))
}
