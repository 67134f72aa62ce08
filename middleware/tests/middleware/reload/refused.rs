//! What is not taken over, and who is told.

use std::time::Duration;

use http::StatusCode;
use tower_b2c::{ConfigFile, HealthStatus, ReloadError};
use tracing::Level;

use super::{Project, QUICKLY, app, config_of};
use crate::support::{APP, Browser, KEY, Log, Op, SITE, World, own_tenant, settings};

#[tokio::test]
async fn a_broken_file_keeps_the_old_settings_and_says_so_until_it_is_mended() {
    let op = Op::start().await;
    let good = settings(&op, "");
    let project = Project::new(&good, &format!("KEY={KEY}\nSECRET=s3cret\n"));
    let layer = project.layer();
    let (log, _open) = Log::open(Level::INFO);
    layer.reload_on_change(QUICKLY);
    for (broken, named) in [
        ("this is = = no TOML", "b2c.toml"),
        (
            &*good.replace("client_id", "cleint_id"),
            "provider.cleint_id",
        ),
        (
            &*good.replace("\"SECRET\"", "\"NO_SUCH_SECRET\""),
            "NO_SUCH_SECRET",
        ),
    ] {
        log.take();
        project.has("b2c.toml", broken);
        let mut told = String::new();
        for _ in 0..3000 {
            told += &log.take();
            if told.contains("old settings stay") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(told.contains(named) && told.contains("b2c.toml"), "{told}");
        // It is looked at again and again, and told of once.
        for _ in 0..3 {
            assert!(layer.reload().await.is_err());
        }
        assert!(!log.take().contains("old settings stay"));
        let report = layer.health().report().await;
        let check = report
            .checks()
            .iter()
            .find(|check| check.name() == "configuration");
        let problem = check.unwrap().problem().unwrap_or_default();
        assert!(problem.contains(named), "{problem}");
        assert_eq!(report.status(), HealthStatus::Warn, "nobody is turned away");
        let page = Browser::new(app(&layer), SITE).opens("/private").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    project.has("b2c.toml", &settings(&op, "label = \"mended\""));
    for _ in 0..3000 {
        if log.take().contains("the configuration was reloaded") {
            let report = layer.health().report().await;
            assert_eq!(report.status(), HealthStatus::Ok, "{report:?}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the mended file was not taken over");
}

#[tokio::test]
async fn what_only_a_restart_takes_over_is_named_and_nothing_else_is_taken_over_with_it() {
    let world = World::new().await;
    let text = own_tenant(&world.emulator);
    let refused = |change: &dyn Fn(ConfigFile) -> ConfigFile| -> ReloadError {
        let config = config_of(&world, &text, change);
        world.layer.reload_with(config).unwrap_err()
    };
    for (key, value, named) in [
        ("app.base_url", "http://localhost:5001", "app.base_url"),
        ("app.redirect_path", "/callback", "app.redirect_path"),
        ("app.sign_out_path", "/bye", "app.sign_out_path"),
        ("session.store", "cookie", "session.store"),
        ("session.cache_sessions", "7", "session.cache_sessions"),
    ] {
        let error = refused(&|file: ConfigFile| match value.parse::<u32>() {
            Ok(number) => file.set(key, number),
            Err(_) => file.set(key, value),
        });
        assert!(
            error
                .needs_restart()
                .iter()
                .any(|one| one.starts_with(named)),
            "{error}"
        );
        assert!(error.to_string().contains(named), "{error}");
    }
    // A change that could be made comes with one that cannot: neither is.
    let error = refused(&|file| {
        file.set("app.base_url", "http://localhost:5001")
            .set("provider.user_flows.sign_up_sign_in", "B2C_1_other")
    });
    assert_eq!(error.needs_restart().len(), 1, "{error}");
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.url, format!("{APP}/private"));
    assert!(
        world
            .layer
            .reload_with(config_of(&world, &text, |file| file))
            .unwrap()
            .is_empty()
    );
}
