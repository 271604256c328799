//! Imports against floors: what runs up, what runs round in a circle, what crosses between strangers.

use crate::Sources;
use crate::imports::{self, Import, Imports};
use crate::table::{House, Room};
use crate::tree::{self, Tree};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

/// All that is wrong with one crate, and how large it is.
#[derive(Debug, Default)]
pub struct Report {
    pub folder: String,
    pub files: usize,
    pub floors: usize,
    pub imports: usize,
    /// The crate cannot be judged: a file without a floor, a floor without a file, code that hides its imports.
    pub errors: Vec<String>,
    /// A line for every import that runs up.
    pub upward: Vec<String>,
    /// A line for every import between strangers.
    pub strangers: Vec<String>,
    pub circles: Vec<Circle>,
}

/// Files that all import each other, directly or by way of others.
#[derive(Debug)]
pub struct Circle {
    pub files: Vec<String>,
    /// The fewest files that lead from one of them back to it, which is named at both ends.
    pub shortest: Vec<String>,
    /// A line for every pair of its files of which one imports the other.
    pub imports: Vec<String>,
}

/// Judges one crate by the table's floors for it.
pub fn check(house: &House, sources: &Sources, library: &str) -> Report {
    let mut tree = tree::build(sources, library);
    let imports = imports::find(&tree);
    let mut report = Report {
        folder: house.folder.clone(),
        files: tree.files.len(),
        floors: house.floors,
        imports: imports.len(),
        errors: std::mem::take(&mut tree.errors),
        circles: circles(&tree, &imports),
        ..Report::default()
    };
    if house.floors > 0 {
        report.compare(house, &tree, &imports);
    }
    report
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
            && self.upward.is_empty()
            && self.strangers.is_empty()
            && self.circles.is_empty()
    }

    pub fn files_in_circles(&self) -> usize {
        self.circles.iter().map(|circle| circle.files.len()).sum()
    }

    fn compare(&mut self, house: &House, tree: &Tree, imports: &Imports) {
        for room in &house.rooms {
            if !tree.files.iter().any(|file| room.holds(file)) {
                self.errors
                    .push(format!("{}: the table names this room, and no such file is there", room.name));
            }
        }
        for file in tree.files.iter().filter(|file| house.room(file).is_none()) {
            self.errors.push(format!("{file}: stands on no floor; add it to a row of the table"));
        }
        for (import, names) in imports {
            let rooms = (house.room(&tree.files[import.from]), house.room(&tree.files[import.to]));
            let (Some(from), Some(to)) = rooms else { continue };
            let said = said(tree, import, names);
            if from.is_stranger_to(to) {
                self.strangers.push(format!("{said} ({} and {} are strangers)", from.name, to.name));
            } else if from.is_below(to) {
                self.upward.push(format!("{said} (from {} up to {})", shown(from), shown(to)));
            }
        }
    }

    /// All of it for a person to read; the last line is a summary.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut part = |title: &str, lines: &[String]| {
            if !lines.is_empty() {
                _ = writeln!(text, "{}: {title}", self.folder);
                for line in lines {
                    _ = writeln!(text, "  {line}");
                }
            }
        };
        part("errors", &self.errors);
        for circle in &self.circles {
            let example = circle.shortest.join(" -> ");
            part(&format!("a circle of {} files, such as {example}", circle.files.len()), &circle.imports);
        }
        part("imports between strangers", &self.strangers);
        part("imports that run up", &self.upward);
        text + &self.summary()
    }

    fn summary(&self) -> String {
        format!(
            "{}: {} files, {} floors, {} imports: {} circles, {} imports that run up{} ({} of {} files in circles)\n",
            self.folder,
            self.files,
            self.floors,
            self.imports,
            self.circles.len(),
            self.upward.len(),
            match self.strangers.len() {
                0 => String::new(),
                count => format!(", {count} between strangers"),
            },
            self.files_in_circles(),
            self.files,
        )
    }
}

/// Floors are counted from the ground up by people, and from the roof down here.
fn shown(room: &Room) -> String {
    format!("{} in row {}", room.name, room.floor + 1)
}

fn said(tree: &Tree, import: &Import, names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let from = &tree.files[import.from];
    format!("{from}:{} -> {}: {}", import.line, tree.files[import.to], names.join(", "))
}

/// The groups of files that reach each other.
fn circles(tree: &Tree, imports: &Imports) -> Vec<Circle> {
    let mut next: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for import in imports.keys() {
        next.entry(import.from).or_default().insert(import.to);
    }
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        next.keys().map(|file| (*file, reachable(*file, &next))).collect();
    let leads = |from: usize, to: usize| reached.get(&from).is_some_and(|all| all.contains(&to));
    let mut found: Vec<Circle> = Vec::new();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    for file in next.keys().filter(|file| leads(**file, **file)) {
        if done.contains(file) {
            continue;
        }
        let members: BTreeSet<usize> =
            reached[file].iter().copied().filter(|other| leads(*other, *file)).collect();
        done.extend(&members);
        let mut circle = circle(tree, imports, &members);
        let ways = members.iter().filter_map(|file| way_back(*file, &next));
        let shortest = ways.min_by_key(Vec::len).unwrap_or_default();
        circle.shortest = shortest.into_iter().map(|file| tree.files[file].clone()).collect();
        found.push(circle);
    }
    found.sort_by(|one, other| one.files.cmp(&other.files));
    found
}

fn reachable(file: usize, next: &BTreeMap<usize, BTreeSet<usize>>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        for to in next.get(&file).into_iter().flatten() {
            if reached.insert(*to) {
                open.push(*to);
            }
        }
    }
    reached
}

/// The shortest way from a file back to itself.
fn way_back(file: usize, next: &BTreeMap<usize, BTreeSet<usize>>) -> Option<Vec<usize>> {
    let mut ways = VecDeque::from([vec![file]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for to in way.last().and_then(|last| next.get(last)).into_iter().flatten() {
            if seen.insert(*to) {
                let longer = [way.as_slice(), &[*to]].concat();
                if *to == file {
                    return Some(longer);
                }
                ways.push_back(longer);
            }
        }
    }
    None
}

fn circle(tree: &Tree, imports: &Imports, members: &BTreeSet<usize>) -> Circle {
    let mut pairs: BTreeMap<(&str, &str), (Import, BTreeSet<String>)> = BTreeMap::new();
    for (import, names) in imports {
        if members.contains(&import.from) && members.contains(&import.to) {
            let pair = (tree.files[import.from].as_str(), tree.files[import.to].as_str());
            pairs.entry(pair).or_insert((*import, BTreeSet::new())).1.extend(names.iter().cloned());
        }
    }
    let imports = pairs.values().map(|(import, names)| said(tree, import, names)).collect();
    let mut files: Vec<String> = members.iter().map(|file| tree.files[*file].clone()).collect();
    files.sort();
    Circle { files, shortest: Vec::new(), imports }
}
