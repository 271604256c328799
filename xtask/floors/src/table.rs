//! The table of floors: one source folder after the other, and below a folder its rows from the roof to the ground.
//!
//! ```text
//! backend/src
//!   main.rs
//!   oauth/ -> auth/ | delivery/
//!   db/  clock.rs
//! frontend/src
//! ```
//!
//! An unindented line names a folder; an indented line is one floor and names the rooms that stand on it: files, or
//! folders with a `/` at the end. The longest room that fits a file is its room. Rooms on both sides of a `|` are
//! strangers: they import nothing of each other. A `->` is a stair within a row: rooms before it may import the rooms behind it,
//! and not the other way round. A folder without rows is checked for circles alone. `#` begins a comment.

/// One source folder and its floors.
#[derive(Debug, Default)]
pub struct House {
    /// The folder, relative to the project's root.
    pub folder: String,
    pub rooms: Vec<Room>,
    /// The number of rows.
    pub floors: usize,
}

/// A file or folder that the table names.
#[derive(Debug, PartialEq, Eq)]
pub struct Room {
    pub name: String,
    /// The row, counted from the roof, which is 0.
    pub floor: usize,
    /// The part of the row between two `|`.
    pub wing: usize,
    /// The number of `->` before the room in its part of the row.
    pub step: usize,
}

/// Reads the table; an error says which line cannot be read.
pub fn read(text: &str) -> Result<Vec<House>, String> {
    let mut houses: Vec<House> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        if line.is_empty() {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            houses.push(House { folder: line.trim_end_matches('/').to_owned(), ..House::default() });
            continue;
        }
        let Some(house) = houses.last_mut() else {
            return Err(format!("line {}: a row before any folder", number + 1));
        };
        house.add_row(line).map_err(|error| format!("line {}: {error}", number + 1))?;
    }
    Ok(houses)
}

impl House {
    fn add_row(&mut self, line: &str) -> Result<(), String> {
        for (wing, names) in line.split('|').enumerate() {
            let mut step = 0;
            for name in names.split_whitespace() {
                if name == "->" {
                    step += 1;
                    continue;
                }
                if !name.ends_with('/') && name.strip_suffix(".rs").is_none() {
                    return Err(format!("{name} is no room: a file ends in .rs, a folder in /"));
                }
                if self.rooms.iter().any(|room| room.name == name) {
                    return Err(format!("{name} stands on two floors"));
                }
                self.rooms.push(Room { name: name.to_owned(), floor: self.floors, wing, step });
            }
        }
        self.floors += 1;
        Ok(())
    }

    /// The room of a file: the longest name that fits.
    pub fn room(&self, file: &str) -> Option<&Room> {
        self.rooms.iter().filter(|room| room.holds(file)).max_by_key(|room| room.name.len())
    }
}

impl Room {
    /// True if an import from this room to the other runs up: to a higher floor, or up the stair of a row.
    pub fn is_below(&self, other: &Self) -> bool {
        (other.floor, other.step) < (self.floor, self.step)
    }

    /// True if neither room may import the other: both stand in one row, in different parts of it.
    pub fn is_stranger_to(&self, other: &Self) -> bool {
        self.floor == other.floor && self.wing != other.wing
    }

    /// True if a file lies in this room, though a smaller room may claim it.
    pub fn holds(&self, file: &str) -> bool {
        if self.name.ends_with('/') { file.starts_with(&self.name) } else { file == self.name }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_longest_room_that_fits_is_a_files_room() {
        let houses = read("a/src/\n  metrics/scrape.rs # late\n\n  metrics/\n# nothing\nb/src\n").unwrap();
        assert_eq!(houses.len(), 2);
        assert_eq!((houses[0].folder.as_str(), houses[0].floors, houses[1].floors), ("a/src", 2, 0));
        assert_eq!(houses[0].room("metrics/scrape.rs").map(|room| room.floor), Some(0));
        assert_eq!(houses[0].room("metrics/mod.rs").map(|room| room.floor), Some(1));
        assert_eq!(houses[0].room("metrics.rs"), None);
    }

    #[test]
    fn a_table_that_says_two_things_is_refused() {
        assert_eq!(read("  db/\n").unwrap_err(), "line 1: a row before any folder");
        assert_eq!(read("a\n  db/\n  auth/ db/\n").unwrap_err(), "line 3: db/ stands on two floors");
        assert!(read("a\n  db\n").unwrap_err().contains("db is no room"));
    }
}
