//! What a reload takes over, and what it keeps.

use std::time::Duration;

use b2c_emulator::{Client, Emulator};
use tower_b2c::{B2cLayer, Config, TokenError};

use super::{NEXT, config_of};
use crate::key_ring::begins;
use crate::providers::{customers_and_staff, side_by_side};
use crate::support::{KEY, World, own_tenant};

#[tokio::test]
async fn a_cookie_key_is_added_and_the_old_one_goes_when_nothing_is_sealed_with_it_any_more() {
    let world = World::new().await;
    let text = own_tenant(&world.emulator);
    let keys = |keys: &str| {
        let text = text.replace("cookie_key = { env = \"KEY\" }", keys);
        config_of(&world, &text, |file| file)
    };
    let mut signed_in = world.visitor();
    signed_in.signs_in("/private").await;
    let (mut begun, mut late) = (world.visitor(), world.visitor());
    let callback = begins(&mut begun).await;
    let late_callback = begins(&mut late).await;

    let both = keys("cookie_keys = [{ env = \"NEXT\" }, { env = \"KEY\" }]");
    let reloaded = world.layer.reload_with(both).unwrap();
    assert!(reloaded.changes().eq(["session.cookie_keys"]));
    let page = begun.opens(&callback).await;
    assert_eq!(
        page.app_path(),
        Some("/private?x=1"),
        "begun with the old key"
    );
    assert_eq!(signed_in.asks("/").await.body, "Hello, Ada Lovelace");

    let new = keys("cookie_key = { env = \"NEXT\" }");
    world.layer.reload_with(new).unwrap();
    let page = late.asks(&late_callback).await;
    assert!(
        page.status.is_redirection(),
        "it begins once more: {}",
        page.body
    );
    assert_eq!(signed_in.asks("/").await.body, "Hello, Ada Lovelace");
    assert_eq!(begun.asks("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_provider_is_taken_out_and_put_in_again() {
    let world = side_by_side("").build().await;
    let mut customer = world.visitor();
    let page = customer.opens("/login?provider=customers").await;
    let page = customer
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert!(page.body.starts_with("Hello, Ada"), "{}", page.body);
    let all = customers_and_staff(&world.emulator, "");
    let at = |table: &str| all.find(table).unwrap();
    let staff = &all[at("[providers.staff]")..at("[[downstream]]")];
    let without = all[..at("[providers.customers]")].to_owned() + staff;

    let reloaded = world
        .layer
        .reload_with(config_of(&world, &without, |file| file));
    let reloaded = reloaded.unwrap();
    let changes: Vec<_> = reloaded.changes().collect();
    assert_eq!(changes, ["provider customers (removed)", "downstream"]);
    assert_eq!(customer.asks("/").await.body, "Hello, stranger");
    let page = customer.asks("/login?provider=customers").await;
    assert!(!page.location().contains("b2c_1"), "{}", page.location());

    let reloaded = world
        .layer
        .reload_with(config_of(&world, &all, |file| file));
    let added = ["provider customers (added)", "downstream"];
    assert!(reloaded.unwrap().changes().eq(added));
    let mut another = world.visitor();
    let page = another.opens("/login?provider=customers").await;
    let page = another
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert!(page.body.starts_with("Hello, Ada"), "{}", page.body);
}

#[tokio::test]
async fn the_origins_for_a_policy_are_those_of_the_present_providers() {
    let world = World::new().await;
    let base = world.emulator.base_url();
    assert_eq!(world.layer.provider_origins(), [base]);
    let text = own_tenant(&world.emulator);
    let moved = text.replace(
        &format!("instance = \"{base}\""),
        "instance = \"http://127.0.0.1:1\"",
    );
    let moved = config_of(&world, &moved, |file| file);
    world.layer.reload_with(moved).unwrap();
    assert_eq!(world.layer.provider_origins(), ["http://127.0.0.1:1"]);
}

#[tokio::test]
async fn users_are_routed_by_another_rule_from_then_on() {
    let default = "default_provider = \"customers\"";
    let world = side_by_side(default).build().await;
    let leads_to = async || {
        let page = world.visitor().asks("/private").await;
        page.location().to_ascii_lowercase()
    };
    assert!(leads_to().await.contains("b2c_1_signupsignin1"));
    let rule = "\n[routing]\nto = \"staff\"\npercent = 100\n";
    let text = customers_and_staff(&world.emulator, default) + rule;
    let reloaded = world
        .layer
        .reload_with(config_of(&world, &text, |file| file));
    assert!(reloaded.unwrap().changes().eq(["routing"]));
    let staff = crate::providers::GUID.to_ascii_lowercase();
    assert!(leads_to().await.contains(&staff), "{}", leads_to().await);
}

#[tokio::test]
async fn what_is_known_of_a_provider_is_kept_and_handles_of_the_app_follow() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let tokens = world.layer.app_tokens();
    let error = tokens.token_for("other").await.unwrap_err();
    assert!(
        matches!(error, TokenError::UnknownDownstream { .. }),
        "{error}"
    );
    let fetched = |path: &str| {
        let requests = world.emulator.requests();
        requests
            .iter()
            .filter(|seen| seen.path().contains(path))
            .count()
    };
    let before = fetched("openid-configuration");

    let base = world.emulator.base_url();
    let tenant = world.emulator.tenant();
    let text = own_tenant(&world.emulator).replace("[provider]", "[provider]\nlabel = \"New\"")
        + &format!(
            "[[downstream]]\nname = \"other\"\nbase_url = \"{base}/api\"\n\
             resource = \"https://{tenant}/demo-api\"\nscopes = [\"demo.write\"]\n"
        );
    let reloaded = world
        .layer
        .reload_with(config_of(&world, &text, |file| file));
    let changes: Vec<_> = reloaded.as_ref().unwrap().changes().collect();
    assert_eq!(changes, ["provider default", "downstream"]);
    // It is known now, and it is the provider that has given the app nothing there.
    let error = tokens.token_for("other").await.unwrap_err();
    assert!(matches!(error, TokenError::Refused { .. }), "{error}");
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
    let mut another = world.visitor();
    another.signs_in("/private").await;
    assert_eq!(fetched("openid-configuration"), before);
}

#[tokio::test]
async fn how_long_sessions_last_changes_for_those_that_are_there() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let text = own_tenant(&world.emulator);
    let shorter = config_of(&world, &text, |file| file.set("session.idle_minutes", 5));
    assert!(
        world
            .layer
            .reload_with(shorter)
            .unwrap()
            .changes()
            .eq(["session"])
    );
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    // The store hears of it with a visit of the session's.
    world.wait(Duration::from_secs(31));
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    assert!(world.layer.finish(Duration::from_secs(10)).await);
    world.wait(Duration::from_secs(301));
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn tokens_of_one_tenant_are_not_the_next_ones() {
    let daemon = "22223333-cccc-4444-dddd-5555eeee6666";
    let client = Client::new(daemon, NEXT).app_roles(["demo.all"]);
    let emulator = Emulator::builder().client(client).start().await.unwrap();
    let text = own_tenant(&emulator).replace(emulator.client().client_id(), daemon);
    let load = |text: &str| {
        let file = Config::from_text(text).environment([("SECRET", NEXT), ("KEY", KEY)]);
        file.load().unwrap()
    };
    let layer = B2cLayer::new(load(&text)).unwrap();
    let tokens = layer.app_tokens();
    tokens.token_for("demo").await.unwrap();
    let tenant = format!("tenant = \"{}\"", emulator.tenant());
    let moved = text.replace(&tenant, "tenant = \"northwind\"");
    layer.reload_with(load(&moved)).unwrap();
    // The emulator has no such tenant, so that there is no token of it.
    let error = tokens.token_for("demo").await.unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { .. }), "{error:?}");
}
