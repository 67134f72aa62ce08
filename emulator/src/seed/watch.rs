//! Files that the emulator follows, or keeps its state in.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::time::sleep;

use super::SeedError;
use crate::world::World;

/// Plants a seed file again whenever it changes. A broken file leaves everything as it is.
pub(crate) fn follow(path: PathBuf, world: &Arc<World>) {
    let world = Arc::downgrade(world);
    let mut seen = fs::read(&path).ok();
    tokio::spawn(async move {
        loop {
            sleep(PAUSE).await;
            let Some(world) = Weak::upgrade(&world) else {
                break;
            };
            // What it says: two that are written within a moment differ in nothing else.
            let now = fs::read(&path).ok();
            if now != seen {
                seen = now;
                world.note_seed_problem(plant(&path, &world).err());
            }
        }
    });
}

/// Writes the state to a file whenever it changes.
pub(crate) fn keep(path: PathBuf, world: &Arc<World>) {
    let world = Arc::downgrade(world);
    tokio::spawn(async move {
        let mut written = String::new();
        loop {
            let Some(world) = Weak::upgrade(&world) else {
                break;
            };
            let state = world.export();
            drop(world);
            if state != written && replace(&path, &state).is_ok() {
                written = state;
            }
            sleep(PAUSE).await;
        }
    });
}

/// Writes beside the file and renames, so that a reader never meets half of it.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, text)?;
    fs::rename(&draft, path)
}

fn plant(path: &Path, world: &World) -> Result<(), SeedError> {
    let text = fs::read_to_string(path)
        .map_err(|error| SeedError::new(error.to_string()).in_file(path))?;
    world.import(&text).map_err(|error| error.in_file(path))
}

const PAUSE: Duration = Duration::from_millis(200);
