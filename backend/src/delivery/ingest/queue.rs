//! The queue of what waits for the database: a line for each workspace, and each batch takes from all lines in turn. So
//! a workspace that floods the queue waits behind itself.

use std::collections::{HashMap, VecDeque};

use api_types::ids::WorkspaceId;

/// The most bytes that wait in the queue.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A queue. A workspace may have as many places as are free, and as many bytes: one alone fills half of the queue.
#[derive(Debug)]
pub struct Queue<T> {
    lines: HashMap<WorkspaceId, Line<T>>,
    /// The workspaces that have a line, each once; the first one is next.
    order: VecDeque<WorkspaceId>,
    waiting: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Line<T> {
    /// What waits, with its bytes.
    waiting: VecDeque<(usize, T)>,
    bytes: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { lines: HashMap::new(), order: VecDeque::new(), waiting: 0, bytes: 0 }
    }
}

impl<T> Queue<T> {
    pub const fn len(&self) -> usize {
        self.waiting
    }

    /// `true` if there is a place for a workspace, in a queue of this many places.
    pub fn has_room(&self, workspace: WorkspaceId, places: usize) -> bool {
        let (have, bytes) =
            self.lines.get(&workspace).map_or((0, 0), |line| (line.waiting.len(), line.bytes));
        have < places.saturating_sub(self.waiting) && bytes < MOST_BYTES.saturating_sub(self.bytes)
    }

    /// Puts something of so many bytes into the line of a workspace.
    pub fn push(&mut self, workspace: WorkspaceId, bytes: usize, value: T) {
        let line = self.lines.entry(workspace).or_insert_with(|| {
            self.order.push_back(workspace);
            Line { waiting: VecDeque::new(), bytes: 0 }
        });
        line.waiting.push_back((bytes, value));
        line.bytes += bytes;
        self.waiting += 1;
        self.bytes += bytes;
    }

    /// Takes up to `most`, one of each workspace in turn.
    pub fn take(&mut self, most: usize) -> Vec<T> {
        let mut batch = Vec::with_capacity(most.min(self.waiting));
        while batch.len() < most {
            let Some(workspace) = self.order.pop_front() else { break };
            let Some(line) = self.lines.get_mut(&workspace) else { continue };
            if let Some((bytes, value)) = line.waiting.pop_front() {
                line.bytes -= bytes;
                self.bytes -= bytes;
                self.waiting -= 1;
                batch.push(value);
            }
            if line.waiting.is_empty() {
                self.lines.remove(&workspace);
            } else {
                self.order.push_back(workspace);
            }
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: usize = 8;

    fn fill(queue: &mut Queue<u64>, number: u64, bytes: usize) -> usize {
        let workspace = WorkspaceId::from_parts(number, 1);
        let mut pushed = 0;
        while queue.has_room(workspace, PLACES) {
            queue.push(workspace, bytes, number);
            pushed += 1;
        }
        pushed
    }

    #[test]
    fn nobody_fills_the_whole_queue_and_each_has_its_turn() {
        let mut queue = Queue::default();
        assert_eq!((fill(&mut queue, 1, 1), fill(&mut queue, 2, 1), fill(&mut queue, 3, 1)), (4, 2, 1));
        assert_eq!(queue.take(4), [1, 2, 3, 1]);
        assert_eq!(queue.take(9), [2, 1, 1]);
        assert_eq!((queue.len(), queue.bytes, queue.lines.len(), queue.order.len()), (0, 0, 0, 0));
    }

    #[test]
    fn bytes_are_bounded_as_places_are() {
        let mut queue = Queue::default();
        assert_eq!((fill(&mut queue, 1, MOST_BYTES / 4), fill(&mut queue, 2, MOST_BYTES / 4)), (2, 1));
    }
}
