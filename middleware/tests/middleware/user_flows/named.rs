//! User flows by name, and passwords that are forgotten.

use b2c_emulator::{Emulator, TenantKind, UserFlow};
use http::StatusCode;

use super::{routes, settings, world};
use crate::providers::{CLIENT, GUID, tenant};
use crate::support::World;

#[tokio::test]
async fn a_flow_that_nobody_configured_is_told_to_the_operator() {
    let world = world().await;
    let page = world.visitor().opens("/nowhere").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("not set up correctly"), "{}", page.body);
}

/// Customers at B2C, staff at Entra ID, and nobody's default.
fn two_providers(emulator: &Emulator) -> String {
    let staff = format!(
        "[providers.staff]\nkind = \"entra\"\nemulator = true\n\
         authority = \"{}/{GUID}\"\nclient_id = \"{CLIENT}\"\n\
         client_secret = {{ env = \"OTHER_SECRET\" }}\n[[downstream]]\n\
         provider = \"customers\"",
        emulator.base_url()
    );
    settings(emulator)
        .replace("[provider]", "[providers.customers]")
        .replace("[provider.", "[providers.customers.")
        .replace("[[downstream]]", &staff)
}

#[tokio::test]
async fn a_flow_belongs_to_one_of_several_providers() {
    let world = World::with()
        .emulator(|emulator| {
            let flow = UserFlow::sign_up_sign_in("B2C_1A_StepUp");
            let staff = tenant(TenantKind::Entra, "/getAToken/staff");
            emulator
                .redirect_uri("http://localhost:5000/getAToken/customers")
                .user_flow(flow)
                .add_tenant(staff)
        })
        .settings(two_providers)
        .routes(routes())
        .build()
        .await;
    let signs_in = async |link: &str| {
        let mut visitor = world.visitor();
        let page = visitor.signs_in(link).await;
        assert_eq!(page.app_path(), Some("/whoami"), "{}", page.body);
        visitor
    };
    // Customers step up at their own provider, though no provider is the default one.
    let mut customer = signs_in("/login?provider=customers&return_to=/whoami").await;
    let page = customer.opens("/vault").await;
    assert!(page.body.contains("step true"), "{}", page.body);

    // Staff have no such flow, which is nobody's mistake.
    let mut staff = signs_in("/login?provider=staff&return_to=/whoami").await;
    let page = staff.opens("/vault").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.body);
    assert!(page.body.contains("not done here"), "{}", page.body);

    // A stranger chooses, and is sent to the flow then.
    let mut stranger = world.visitor();
    let page = stranger.opens("/vault").await;
    assert!(page.body.contains("provider=customers"), "{}", page.body);
    assert!(page.body.contains("user_flow=stepup"), "{}", page.body);
}

#[tokio::test]
async fn an_embedded_reset_needs_nothing_of_the_app() {
    let flow = UserFlow::sign_up_sign_in("B2C_1_signupsignin1").embedded_password_reset();
    let world = World::with()
        .emulator(|emulator| emulator.user_flow(flow))
        .settings(settings)
        .build()
        .await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let page = visitor.follows(&page, "forgotPassword").await;
    let page = visitor.resets_password(&page).await;
    assert_eq!(page.app_path(), Some("/private"), "{}", page.body);
    assert_eq!(page.body, "ada@emulator.example of B2C_1_signupsignin1");
}

#[tokio::test]
async fn a_forgotten_password_without_a_reset_flow_gets_a_kind_page() {
    let world = world().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let page = visitor.follows(&page, "forgotPassword").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        page.body.contains("cannot be reset from here"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Try again"), "{}", page.body);
}
