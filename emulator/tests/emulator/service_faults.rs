//! B2C's own failures, ordered by their number.

use b2c_emulator::{Endpoint, Misbehaviour};

use crate::support::{Bench, SIGN_IN, assert_page, assert_redirect};

const APP: &str = "http://localhost:5000/getAToken";

fn ordered(code: u32) -> Misbehaviour {
    Misbehaviour::named(&format!("AADB2C{code}")).unwrap()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one entry per failure")]
async fn the_application_is_told() {
    let mut bench = Bench::new().await;
    for (code, error, text) in [
        (
            90035,
            "temporarily_unavailable",
            "The service is temporarily unavailable. Please retry after a few minutes.",
        ),
        (
            90037,
            "server_error",
            "An error occurred while processing the request. Please contact administrator of the site you are trying to access.",
        ),
        (
            90038,
            "server_error",
            "An error occurred while processing the request. Please try after a while, or contact administrator of the site you are trying to access if this error persists.",
        ),
        (
            90047,
            "server_error",
            "The resource 'https://pages.example/unified.html' contains script errors preventing it from being loaded.",
        ),
        (
            90048,
            "server_error",
            "An unhandled exception has occurred on the server.",
        ),
        (
            90075,
            "server_error",
            "The claims exchange 'REST-ValidateProfile' specified in step '2' returned HTTP error response with Code 'InternalServerError' and Reason 'Internal Server Error'.",
        ),
        (
            90076,
            "server_error",
            "AAD query failed with reason: 'The directory is busy.'.",
        ),
        (
            90085,
            "server_error",
            "The service has encountered an internal error. Please reauthenticate and try again.",
        ),
        (
            90162,
            "server_error",
            "The restful claims exchange 'REST-ValidateProfile' specified in step '2' has exceeded the number of allowable retries and has been canceled.",
        ),
        (
            90174,
            "server_error",
            "Received error response from identity provider server: server_error, please contact your admin.",
        ),
        (
            90175,
            "server_error",
            "The token response is missing required parameter: 'id_token', please contact your admin.",
        ),
        (
            90206,
            "server_error",
            "A time out has occurred initialization the client.",
        ),
        (
            90229,
            "temporarily_unavailable",
            "Your request is throttled temporarily. Please retry after the time specified in the additional information of the error message.",
        ),
        (
            90243,
            "server_error",
            "The IDP's client key/secret is not properly configured.",
        ),
        (
            90244,
            "temporarily_unavailable",
            "There are too many requests at this moment. Please wait for some time and try again.",
        ),
        (
            90261,
            "server_error",
            "The claims exchange 'REST-ValidateProfile' specified in step '2' returned HTTP error response that could not be parsed.",
        ),
        (
            90284,
            "server_error",
            "The application with identifier 'ProxyIdentityExperienceFramework' has not been granted consent and is unable to be used for local accounts.",
        ),
        (
            90285,
            "server_error",
            "The application with identifier 'ProxyIdentityExperienceFramework' was not found.",
        ),
        (
            90289,
            "server_error",
            "We encountered an error connecting to the identity provider. Please try again later.",
        ),
        (
            90296,
            "server_error",
            "Application has not been configured correctly. Please contact administrator of the site you are trying to access.",
        ),
        (
            99006,
            "server_error",
            "Azure AD B2C cannot find the extensions app with app id 'b2c-extensions-app'. Please visit http://go.microsoft.com/fwlink/?linkid=851224 for more information.",
        ),
    ] {
        bench.emulator.behave();
        bench.emulator.misbehave(Endpoint::Authorize, ordered(code));
        let page = bench.open(&bench.ask()).await;
        let found = assert_redirect(&page, APP, error, &format!("AADB2C{code}"));
        assert_eq!(found, text);
    }
    bench.emulator.behave();
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}

#[tokio::test]
async fn a_disabled_tenant_has_a_page() {
    let mut bench = Bench::new().await;
    bench
        .emulator
        .misbehave(Endpoint::Authorize, ordered(90245));
    let page = bench.open(&bench.ask()).await;
    assert_eq!(
        assert_page(&page, "AADB2C90245"),
        "Access to the tenant: 'b2cemulator.onmicrosoft.com' is disabled. Please contact support."
    );
}

#[tokio::test]
async fn the_token_endpoint_fails_too() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    for (number, error) in [
        (90035, "temporarily_unavailable"),
        (90048, "server_error"),
        (90085, "invalid_grant"),
    ] {
        bench.emulator.behave();
        bench.emulator.misbehave(Endpoint::Token, ordered(number));
        let (found, text) = bench.redeem(&code).await.token_error();
        assert_eq!(found, error);
        assert!(text.starts_with(&format!("AADB2C{number}: ")), "{text}");
    }
    for number in [90229, 90244] {
        bench.emulator.behave();
        bench.emulator.misbehave(Endpoint::Token, ordered(number));
        let page = bench.redeem(&code).await;
        assert_eq!((page.status, page.header("retry-after")), (429, "30"));
        assert_eq!(page.json()["error"], "temporarily_unavailable");
    }
    // One that only a browser meets does nothing here, and the code is still good.
    bench.emulator.behave();
    bench.emulator.misbehave(Endpoint::Token, ordered(90037));
    bench
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Error(1));
    let form = bench.redemption(&code);
    assert_eq!(bench.token(SIGN_IN, &form).await.status, 200);
}
