//! Those who wait on this node for the next event of their workspace's log: so many at once, and woken by commits.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::ids::WorkspaceId;
use tokio::sync::watch;

/// The most that wait at once for one workspace.
pub const PER_WORKSPACE: usize = 50;

/// The waiting readers of a node.
#[derive(Debug, Default)]
pub struct LogReaders {
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    closed: bool,
    waiting: usize,
    /// The bell of each workspace that somebody waits for.
    bells: HashMap<WorkspaceId, watch::Sender<()>>,
}

/// The reason that one more reader may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMany {
    /// [`PER_WORKSPACE`] wait for the workspace.
    Workspace,
    /// This node has its most readers, or is stopping.
    Node,
}

impl LogReaders {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of one more reader; at most `per_node` wait at once.
    pub fn enter(self: &Arc<Self>, workspace: WorkspaceId, per_node: usize) -> Result<LogReader, TooMany> {
        let mut inside = self.lock();
        if inside.closed || inside.waiting >= per_node {
            return Err(TooMany::Node);
        }
        let bell = inside.bells.entry(workspace).or_default();
        if bell.receiver_count() >= PER_WORKSPACE {
            return Err(TooMany::Workspace);
        }
        let bell = bell.subscribe();
        inside.waiting += 1;
        Ok(LogReader { readers: Arc::clone(self), workspace, bell })
    }

    /// The number of those who wait.
    pub fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// Wakes those who wait for the workspace.
    pub fn published(&self, workspace: WorkspaceId) {
        if let Some(bell) = self.lock().bells.get(&workspace) {
            bell.send_replace(());
        }
    }

    /// Has nobody wait any more: the node is stopping.
    pub fn close(&self) {
        let mut inside = self.lock();
        inside.closed = true;
        inside.bells.clear();
    }
}

/// The place of one reader, given up when dropped.
#[derive(Debug)]
pub struct LogReader {
    readers: Arc<LogReaders>,
    workspace: WorkspaceId,
    bell: watch::Receiver<()>,
}

impl LogReader {
    /// Waits until something was published since the last call. `false` once the node is stopping.
    pub async fn news(&mut self) -> bool {
        self.bell.changed().await.is_ok()
    }
}

impl Drop for LogReader {
    fn drop(&mut self) {
        let mut inside = self.readers.lock();
        inside.waiting -= 1;
        // This reader's own end is still there.
        if inside.bells.get(&self.workspace).is_some_and(|bell| bell.receiver_count() <= 1) {
            inside.bells.remove(&self.workspace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(number: u128) -> WorkspaceId {
        WorkspaceId::from_parts(1, number)
    }

    #[tokio::test]
    async fn places_are_bounded_given_back_and_end_with_the_node() {
        let readers = Arc::new(LogReaders::default());
        let mut taken: Vec<_> =
            (0..PER_WORKSPACE).map(|_| readers.enter(workspace(1), 60).expect("room")).collect();
        assert_eq!(readers.enter(workspace(1), 60).err(), Some(TooMany::Workspace));
        let mut other = readers.enter(workspace(2), 60).expect("room");
        assert_eq!(readers.enter(workspace(2), 51).err(), Some(TooMany::Node));
        readers.published(workspace(1));
        assert!(taken[0].news().await && taken[49].news().await);
        drop(taken);
        assert_eq!((readers.waiting(), readers.lock().bells.len()), (1, 1));
        readers.close();
        assert!(!other.news().await);
        assert_eq!(readers.enter(workspace(1), 60).err(), Some(TooMany::Node));
    }
}
