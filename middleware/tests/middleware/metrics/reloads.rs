//! What is shown of reloads: each that is refused, and that the old settings are in use for as long as
//! they are.

use crate::reload::Project;
use crate::support::{Heard, KEY, Op, settings};

#[tokio::test]
async fn a_refused_reload_shows_until_it_is_mended_or_the_layer_is_gone() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let failed = || heard.shown("tower_b2c_config_reload_failed{}");
    let refused = || heard.of("tower_b2c_config_reloads_total{outcome=refused}");
    let op = Op::start().await;
    let good = settings(&op, "");
    let project = Project::new(&good, &format!("KEY={KEY}\nSECRET=s3cret\n"));
    let layer = project.layer();
    let other = project.layer();
    assert_eq!((failed(), refused()), (Some(0.0), 0));

    project.has("b2c.toml", "this is = = no TOML");
    for _ in 0..2 {
        assert!(layer.reload().await.is_err());
    }
    assert_eq!((failed(), refused()), (Some(1.0), 1), "once, and lasting");
    assert!(other.reload().await.is_err());
    assert_eq!(failed(), Some(2.0), "of two layers that read it");
    drop(other);
    assert_eq!(failed(), Some(1.0));
    project.has("b2c.toml", &good);
    layer.reload().await.unwrap();
    assert_eq!((failed(), refused()), (Some(0.0), 2));
}
