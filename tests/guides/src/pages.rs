//! The pages with programs on them.

macro_rules! pages {
    ($($name:ident = $path:literal,)*) => {
        $(#[doc = include_str!(concat!("../../../docs/", $path))] pub mod $name {})*
    };
}

pages! {
    axum_login = "migrate/axum-login.md",
    axum_oidc = "migrate/axum-oidc.md",
    existing_service = "existing-service.md",
    first_ten_minutes = "first-ten-minutes.md",
    grpc = "grpc.md",
    proxies = "proxies.md",
    single_page = "single-page.md",
    step_up = "step-up.md",
}
