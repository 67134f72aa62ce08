//! A mounted volume, whose files are links.

use std::os::unix::fs::symlink;
use std::time::Duration;

use http::StatusCode;

use super::{Project, QUICKLY, app};
use crate::support::{Browser, KEY, Op, SITE, settings};

/// Kubernetes mounts a Secret or a ConfigMap as links to a folder, and exchanges the link to that.
#[tokio::test]
async fn a_mounted_volume_whose_link_is_exchanged_is_noticed() {
    let op = Op::start().await;
    let project = Project::new("", "");
    let at = |name: &str| project.0.join(name);
    let version = |name: &str, label: &str| {
        std::fs::create_dir(at(name)).unwrap();
        let more = format!("client_secret = {{ file = \"secret\" }}\nlabel = \"{label}\"");
        project.has(&format!("{name}/b2c.toml"), &settings(&op, &more));
        project.has(&format!("{name}/secret"), label);
        // The times of files say nothing: both are as old as each other.
        let then = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for file in ["b2c.toml", "secret"] {
            let file = std::fs::File::open(at(name).join(file)).unwrap();
            file.set_modified(then).unwrap();
        }
    };
    version("..2026_01", "one");
    version("..2026_02", "two");
    symlink("..2026_01", at("..data")).unwrap();
    std::fs::remove_file(at("b2c.toml")).unwrap();
    for file in ["b2c.toml", "secret"] {
        symlink(format!("..data/{file}"), at(file)).unwrap();
    }
    project.has(".env", &format!("KEY={KEY}\n"));
    let layer = project.layer();
    layer.reload_on_change(QUICKLY);
    let secret = async || {
        let page = Browser::new(app(&layer), SITE).opens("/private").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        op.seen("/token").pop().unwrap().form["client_secret"].clone()
    };
    assert_eq!(secret().await, "one");
    symlink("..2026_02", at("..data_tmp")).unwrap();
    std::fs::rename(at("..data_tmp"), at("..data")).unwrap();
    for _ in 0..1500 {
        if secret().await == "two" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the volume that was exchanged went unnoticed");
}
