//! Where files are looked for.

use super::{NEXT, Project, config_of};
use crate::support::{KEY, World, own_tenant};

#[tokio::test]
async fn the_same_cookie_key_in_another_file_is_looked_for_there_from_then_on() {
    let world = World::new().await;
    let project = Project::new("", "");
    let file = project.0.join("keys");
    project.has("keys", KEY);
    let listed = format!("cookie_keys = [{{ file = '{}' }}]", file.display());
    let text = own_tenant(&world.emulator).replace("cookie_key = { env = \"KEY\" }", &listed);
    let reloaded = world
        .layer
        .reload_with(config_of(&world, &text, |file| file));
    assert!(reloaded.unwrap().changes().eq(["session.cookie_keys"]));
    project.has("keys", &format!("{NEXT}\n{KEY}\n"));
    assert!(world.layer.reload_keys().unwrap(), "it is that file's now");
}
